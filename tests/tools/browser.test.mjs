// Chromium through the sidecar: EventSource and fetch, on a page that came through it too, so that everything is of one origin.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startProvider } from "../sdk-npm/provider.mjs";
import { startSidecar } from "../sdk-npm/sidecar.mjs";

let provider;
let sidecar;
let browser;
let page;
let release;
let lastEventId;

/** Streams the first frame, and the others when the page has asked for /release. */
function withheld(first, ...others) {
  const released = new Promise((done) => { release = done; });
  return {
    type: "text/event-stream",
    frames: (async function* () {
      yield first;
      await released;
      yield* others;
    })(),
  };
}

function respond(request) {
  const path = new URL(request.url, provider.url).pathname;
  switch (path) {
    case "/": return { type: "text/html", body: "<!doctype html><title>page</title>" };
    case "/release":
      release();
      return { type: "text/plain", body: "released" };
    case "/events":
      lastEventId = request.headers["last-event-id"];
      if (lastEventId) return { type: "text/event-stream", frames: ["event: end\ndata: again\n\n"], hold: true };
      return withheld(": hello\nretry: 50\n\n", "id: 7\nevent: token\ndata: grüß\ndata: 漢字\n\n");
    case "/v1/chat/completions": return withheld("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one 漢\"}}]}\n\n", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" two\"}}]}\n\n", "data: [DONE]\n\n");
    case "/v1/endless": return { type: "text/event-stream", frames: ["data: one\n\n"], hold: true };
    default: return { status: 404, type: "text/plain", body: "" };
  }
}

before(async () => {
  provider = await startProvider();
  provider.respond = respond;
  sidecar = await startSidecar(provider.url);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage();
  await page.goto(sidecar.data);
});

after(async () => {
  await browser?.close();
  await sidecar?.stop();
  await provider?.stop();
});

test("the page itself comes through the sidecar", async () => {
  assert.equal(await page.title(), "page");
});

test("fetch reads the first token while the rest is withheld", async () => {
  const parts = await page.evaluate(async () => {
    const response = await fetch("/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: "m", stream: true }) });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader.read()).value;
    await fetch("/release");
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
    return { first, rest, type: response.headers.get("content-type"), stream: response.headers.get("x-sidecar-stream") };
  });
  assert.equal(parts.first, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one 漢\"}}]}\n\n");
  assert.match(parts.rest, / two.*\[DONE\]\n\n$/s);
  assert.equal(parts.type, "text/event-stream");
  assert.ok(parts.stream);
});

test("an aborted fetch frees the provider", async () => {
  const arrival = provider.next();
  const aborting = page.evaluate(async () => {
    const controller = new AbortController();
    const response = await fetch("/v1/endless", { method: "POST", body: "{}", signal: controller.signal });
    await response.body.getReader().read();
    controller.abort();
  });
  const request = await arrival;
  assert.equal(await request.left, true);
  await aborting;
});

test("EventSource opens before the first event, reads events, and comes back with its last id", async () => {
  const heard = await page.evaluate(() => new Promise((done, fail) => {
    const heard = [];
    const source = new EventSource("/events");
    source.onopen = () => {
      heard.push("open");
      if (heard.length === 1) fetch("/release");
    };
    source.addEventListener("token", (event) => heard.push(`${event.lastEventId}: ${event.data}`));
    source.addEventListener("end", (event) => {
      heard.push(event.data);
      source.close();
      done(heard);
    });
    setTimeout(() => fail(new Error(`so far: ${heard}`)), 15000);
  }));
  assert.deepEqual(heard, ["open", "7: grüß\n漢字", "open", "again"]);
  assert.equal(lastEventId, "7");
});
