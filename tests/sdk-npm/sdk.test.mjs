// Official npm SDKs yield through the sidecar what they yield straight from the provider.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { dialects, text, toolArguments } from "./dialects.mjs";
import { startProvider } from "./provider.mjs";
import { sdks } from "./sdks.mjs";
import { startSidecar } from "./sidecar.mjs";

let provider;
let sidecar;

before(async () => {
  provider = await startProvider();
  sidecar = await startSidecar(provider.url);
});

after(async () => {
  const code = await sidecar?.stop();
  await provider?.stop();
  assert.equal(code, 0);
});

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return JSON.parse(JSON.stringify(events));
}

async function failure(run) {
  const nothing = Symbol("no failure");
  const error = await run().then(() => nothing, (raised) => raised);
  assert.notEqual(error, nothing, "an exception was expected");
  return error;
}

/** Streamed or in a whole, as the request asks; Gemini asks by its path, Ollama streams unless told not to. */
function answering(said) {
  return (request, body) => {
    const asked = JSON.parse(body).stream;
    const streams = request.url.includes(":streamGenerateContent") || (request.url.startsWith("/api/") ? asked !== false : asked === true);
    return streams ? said : { type: "application/json", body: said.body };
  };
}

for (const sdk of sdks) {
  describe(sdk.name, () => {
    for (const tools of [false, true]) {
      test(tools ? "streams the same tool calls" : "streams the same typed events", async () => {
        provider.respond = answering(dialects[sdk.dialect](tools));
        const straight = await collect(sdk.stream(provider.url));
        const through = await collect(sdk.stream(sidecar.data));
        assert.deepEqual(through, straight);
        if (tools) assert.deepEqual(sdk.calls(through), [JSON.parse(toolArguments)]);
        else assert.equal(sdk.text(through), text);
      });

      test(tools ? "answers the same tool calls in a whole" : "answers the same in a whole", async () => {
        provider.respond = answering(dialects[sdk.dialect](tools));
        const straight = JSON.parse(JSON.stringify(await sdk.ask(provider.url)));
        const through = JSON.parse(JSON.stringify(await sdk.ask(sidecar.data)));
        assert.deepEqual(through, straight);
        assert.ok(JSON.stringify(through).includes(tools ? "Köln" : "漢字"));
      });
    }

    test("raises the provider's errors with their status", async () => {
      for (const status of [401, 429, 500]) {
        provider.respond = () => ({ status, type: "application/json", body: dialects[sdk.dialect](false).error(status) });
        for (const ask of [(base) => collect(sdk.stream(base)), sdk.ask]) {
          const straight = await failure(() => ask(provider.url));
          const through = await failure(() => ask(sidecar.data));
          assert.equal(through.constructor, straight.constructor);
          assert.equal(through.message, straight.message);
          assert.equal(sdk.status(through), status);
        }
      }
    });

    test("raises when a stream is cut", async () => {
      const said = dialects[sdk.dialect](false);
      provider.respond = () => ({ type: said.type, frames: said.frames.slice(0, -1), hold: true });
      assert.ok(await failure(async () => {
        for await (const event of sdk.stream(sidecar.data)) {
          if (sdk.text([event]).length > 0) provider.cut();
        }
      }));
    });

    test("aborts, and the provider sees it", async () => {
      const said = dialects[sdk.dialect](false);
      const frames = said.frames.slice(0, said.type === "application/x-ndjson" || sdk.dialect === "gemini" ? 1 : -3);
      provider.respond = () => ({ type: said.type, frames, hold: true });
      const arrival = provider.next();
      const controller = new AbortController();
      const heard = [];
      const stream = (async () => {
        for await (const event of sdk.stream(sidecar.data, controller.signal)) {
          heard.push(event);
          if (sdk.text([event]).length > 0) controller.abort();
        }
      })();
      const ended = stream.catch(() => {});
      const request = await arrival;
      assert.equal(await request.left, true, "the provider's response was closed before its end");
      await ended;
      assert.ok(heard.length > 0);
    });
  });
}

test("what the provider saw is what the SDKs sent", () => {
  for (const { headers, url } of provider.requests) {
    assert.equal(headers.host, new URL(provider.url).host);
    assert.ok(/^\/(v1|v1beta|api)\//.test(url), url);
  }
});

test("every exchange has one access line and none failed inside the sidecar", () => {
  const lines = sidecar.errors.map((line) => JSON.parse(line)).filter((line) => "outcome" in line);
  assert.equal(new Set(lines.map((line) => line.stream)).size, lines.length);
  assert.deepEqual(lines.filter((line) => line.outcome === "internal_error"), []);
});
