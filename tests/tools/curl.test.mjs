// curl through the sidecar.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startProvider } from "../sdk-npm/provider.mjs";
import { startSidecar } from "../sdk-npm/sidecar.mjs";
import { run } from "./run.mjs";

const chat = "/v1/chat/completions";
const json = ["-H", "content-type: application/json", "-d", "{\"model\":\"m\",\"stream\":true}"];
let provider;
let sidecar;

before(async () => {
  provider = await startProvider();
  sidecar = await startSidecar(provider.url);
});

after(async () => {
  await sidecar?.stop();
  await provider?.stop();
});

const curl = (args, input) => run("curl", ["--silent", "--show-error", "--max-time", "30", ...args], input);

for (const version of ["--http1.1", "--http1.0"]) {
  test(`curl ${version} -N shows each event while the rest is withheld`, async () => {
    let release;
    const withheld = new Promise((done) => { release = done; });
    provider.respond = () => ({
      type: "text/event-stream",
      frames: (async function* () {
        yield "data: one\n\n";
        await withheld;
        yield "data: two\n\ndata: [DONE]\n\n";
      })(),
    });
    const job = curl([version, "-N", ...json, sidecar.data + chat]);
    await job.until("data: one\n\n");
    assert.equal(job.output.toString(), "data: one\n\n");
    release();
    assert.equal(await job.ended, 0, job.error);
    assert.equal(job.output.toString(), "data: one\n\ndata: two\n\ndata: [DONE]\n\n");
  });
}

test("curl -T uploads in chunks and with 100 (Continue), byte for byte", async () => {
  const upload = randomBytes(3_000_000).toString("hex");
  provider.respond = (request, body) => ({ type: "text/plain", body: createHash("sha256").update(body).digest("hex") });
  const expected = createHash("sha256").update(upload).digest("hex");
  const folder = mkdtempSync(join(tmpdir(), "sidecar-curl-"));
  const file = join(folder, "upload");
  writeFileSync(file, upload);
  // Of standard input curl cannot know the length: it sends chunks.
  for (const [source, ...headers] of [["-"], ["-", "-H", "expect: 100-continue"], [file, "-H", "transfer-encoding: chunked"], [file, "-H", "expect: 100-continue"], [file, "-H", "expect:"]]) {
    const job = curl(["--http1.1", "-T", source, ...headers, `${sidecar.data}/v1/files`], source === "-" ? upload : "");
    assert.equal(await job.ended, 0, job.error);
    assert.equal(job.output.toString(), expected);
  }
  rmSync(folder, { recursive: true });
});

test("curl reuses its connection for one request after the other", async () => {
  provider.respond = () => ({ type: "text/plain", body: "ok" });
  const job = curl(["--http1.1", "-w", "%{num_connects}\n", `${sidecar.data}/v1/a`, `${sidecar.data}/v1/b`, `${sidecar.data}/v1/c`]);
  assert.equal(await job.ended, 0, job.error);
  assert.equal(job.output.toString(), "ok1\nok0\nok0\n");
});

test("curl -I gets a head and no body", async () => {
  provider.respond = () => ({ type: "text/plain", body: "12345" });
  const job = curl(["--http1.1", "-I", `${sidecar.data}/v1/models`]);
  assert.equal(await job.ended, 0, job.error);
  assert.match(job.output.toString(), /^HTTP\/1.1 200 /);
});

test("curl notices a cut stream and still shows the error event", async () => {
  provider.respond = () => ({ type: "text/event-stream", frames: ["data: one\n\n"], hold: true });
  const job = curl(["--http1.1", "-N", ...json, sidecar.data + chat]);
  await job.until("data: one\n\n");
  provider.cut();
  assert.equal(await job.ended, 18, "a partial file");
  assert.match(job.output.toString(), /upstream_truncated/);
});

test("curl that is stopped frees the provider", async () => {
  provider.respond = () => ({ type: "text/event-stream", frames: ["data: one\n\n"], hold: true });
  const arrival = provider.next();
  const job = curl(["--http1.1", "-N", "--max-time", "1", ...json, sidecar.data + chat]);
  const request = await arrival;
  assert.equal(await request.left, true);
  assert.equal(await job.ended, 28, "curl's own time-out");
});
