// A fleet of two behind HAProxy, replaced one after the other under load: no request is lost, and no stream is cut.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { startProvider } from "../sdk-npm/provider.mjs";
import { startSidecar } from "../sdk-npm/sidecar.mjs";
import { run } from "./run.mjs";

const settings = ["drain: { min_delay: 1s, deadline: 15s }"];
const workers = 12;
const body = JSON.stringify({ model: "m", stream: true, messages: [] });
const event = (n) => `data: {"choices":[{"index":0,"delta":{"content":"${n} "}}]}\n\n`;
const expected = Array.from({ length: 10 }, (_, n) => event(n)).join("") + "data: [DONE]\n\n";

async function* paced() {
  for (let n = 0; n < 10; n++) {
    yield event(n);
    await after(30);
  }
  yield "data: [DONE]\n\n";
}

/** A port that is free now. */
async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

function configuration(port, ports) {
  const server = ({ data, admin }, n) => `  server s${n} 127.0.0.1:${data} check port ${admin} inter 100ms fall 1 rise 1`;
  return [
    "defaults", "  mode http", "  timeout connect 2s", "  timeout client 30s", "  timeout server 30s", "  retries 3", "  option redispatch",
    "frontend in", `  bind 127.0.0.1:${port}`, "  default_backend sidecars",
    "backend sidecars", "  balance roundrobin", "  option httpchk GET /readyz", ...ports.map(server), "",
  ].join("\n");
}

function ask(port, agent) {
  return new Promise((done, fail) => {
    const sent = request({ port, host: "127.0.0.1", agent, method: "POST", path: "/v1/chat/completions", headers: { "content-type": "application/json", "content-length": body.length } });
    sent.on("error", fail);
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => { text += part; });
      response.on("error", fail);
      response.on("end", () => done({ status: response.statusCode, text }));
    });
    sent.end(body);
  });
}

test("a rolling restart behind HAProxy loses no request", { timeout: 90_000 }, async () => {
  const provider = await startProvider();
  provider.respond = () => ({ type: "text/event-stream", frames: paced() });
  const ports = [];
  for (let n = 0; n < 2; n++) ports.push({ data: await freePort(), admin: await freePort() });
  const fleet = await Promise.all(ports.map((at) => startSidecar(provider.url, [], { ...at, settings })));
  const folder = mkdtempSync(join(tmpdir(), "sidecar-haproxy-"));
  const file = join(folder, "haproxy.cfg");
  const port = await freePort();
  writeFileSync(file, configuration(port, ports));
  const haproxy = run("haproxy", ["-W", "-db", "-f", file]);
  const agent = new Agent({ keepAlive: true });
  let running = true;
  let answered = 0;
  try {
    for (let tries = 0; tries < 100 && !(await ask(port, agent).catch(() => null)); tries++) await after(50);
    const load = Array.from({ length: workers }, async () => {
      while (running) {
        assert.deepEqual(await ask(port, agent), { status: 200, text: expected });
        answered++;
      }
    });
    const restarts = (async () => {
      for (let n = 0; n < fleet.length; n++) {
        await after(500);
        assert.equal(await fleet[n].stop(), 0);
        fleet[n] = await startSidecar(provider.url, [], { ...ports[n], settings });
        await after(500);
      }
      running = false;
    })();
    await Promise.all([restarts, ...load]);
    assert.ok(answered > workers * 4, `${answered} streams`);
  } finally {
    running = false;
    agent.destroy();
    haproxy.stop();
    await haproxy.ended;
    await Promise.all(fleet.map((sidecar) => sidecar.stop()));
    await provider.stop();
    rmSync(folder, { recursive: true });
  }
});
