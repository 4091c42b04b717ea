// wrk through the sidecar: many connections, no error, every exchange counted.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startProvider } from "../sdk-npm/provider.mjs";
import { startSidecar } from "../sdk-npm/sidecar.mjs";
import { run } from "./run.mjs";

const stream = ["data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n", "data: [DONE]\n\n"];
const cases = {
  "small answers": { lua: "", respond: () => ({ type: "application/json", body: "[]" }) },
  "streams": {
    lua: "wrk.method = \"POST\"\nwrk.path = \"/v1/chat/completions\"\nwrk.body = '{\"model\":\"m\",\"stream\":true}'\nwrk.headers[\"content-type\"] = \"application/json\"\n",
    respond: () => ({ type: "text/event-stream", frames: stream }),
  },
};

for (const [name, { lua, respond }] of Object.entries(cases)) {
  test(`wrk sees no error in ${name}`, async () => {
    const provider = await startProvider();
    const sidecar = await startSidecar(provider.url);
    const folder = mkdtempSync(join(tmpdir(), "sidecar-wrk-"));
    const script = join(folder, "wrk.lua");
    try {
      provider.respond = respond;
      writeFileSync(script, `${lua}done = function(summary)
        local e = summary.errors
        print(string.format("RESULT %d %d %d %d %d %d", summary.requests, e.connect, e.read, e.write, e.status, e.timeout))
      end\n`);
      const job = run("wrk", ["-t1", "-c32", "-d3s", "--timeout", "10s", "-s", script, `${sidecar.data}/v1/models`]);
      assert.equal(await job.ended, 0, job.error);
      const [, requests, ...errors] = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(job.output.toString()).map(Number);
      assert.deepEqual(errors, [0, 0, 0, 0, 0], "connect, read, write, status, timeout");
      assert.ok(requests > 100, `${requests} requests`);
      const metrics = await (await fetch(`${sidecar.admin}/metrics`)).text();
      const counted = [...metrics.matchAll(/^llm_sidecar_streams_total\{[^}]*outcome="completed"[^}]*\} (\S+)/gm)].reduce((sum, [, value]) => sum + Number(value), 0);
      // Those that were under way when wrk stopped are aborted, and answered too late for wrk to count.
      assert.ok(counted >= requests && counted <= requests + 32, `${counted} completed of ${requests}`);
    } finally {
      rmSync(folder, { recursive: true });
      await sidecar.stop();
      await provider.stop();
    }
  });
}
