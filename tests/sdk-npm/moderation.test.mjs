// Under a policy the official npm SDKs, their helpers too, finish normally: redacted with the same text however it was split, ended with the dialect's moderated reason.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { said } from "./dialects.mjs";
import { helpers } from "./helpers.mjs";
import { startProvider } from "./provider.mjs";
import { sdks } from "./sdks.mjs";
import { policy, startSidecar } from "./sidecar.mjs";

const secret = "Write to john.doe@example.com, order PRJ-123456 now.";
const shown = "Write to [email], order ********56 now.";
const forbidden = "This is a forbidden phrase, and more.";
const shownOfForbidden = "This is a";
const reasons = { chat: "content_filter", responses: "content_filter", anthropic: "refusal", gemini: /^(SAFETY|BLOCKLIST|SPII|PROHIBITED_CONTENT)$/, ollama: "content_filter" };

let provider;
let sidecar;

before(async () => {
  provider = await startProvider();
  sidecar = await startSidecar(provider.url, policy);
});

after(async () => {
  const code = await sidecar?.stop();
  await provider?.stop();
  assert.equal(code, 0);
});

const pieces = (text, length) => text.match(new RegExp(`.{1,${length}}`, "gs"));

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return JSON.parse(JSON.stringify(events));
}

function tells(text) {
  for (const part of ["john", "doe", "1234", "forbidden"]) assert.ok(!text.includes(part), `${part} in ${text}`);
}

for (const sdk of sdks) {
  describe(sdk.name, () => {
    test("streams the redacted text, however it was split", async () => {
      for (const length of [1, 3, 7, 100]) {
        provider.respond = () => said(sdk.dialect, pieces(secret, length));
        const events = await collect(sdk.stream(sidecar.data));
        assert.equal(sdk.text(events), shown);
        tells(JSON.stringify(events));
      }
    });

    test("answers the redacted text in a whole", async () => {
      provider.respond = () => ({ type: "application/json", body: said(sdk.dialect, [secret]).body });
      const answer = JSON.stringify(await sdk.ask(sidecar.data));
      assert.ok(answer.includes(shown), answer);
      tells(answer);
    });

    test("finishes a stream that a rule ends, and raises nothing", async () => {
      for (const length of [1, 5, 100]) {
        provider.respond = () => said(sdk.dialect, pieces(forbidden, length));
        const events = await collect(sdk.stream(sidecar.data));
        assert.equal(sdk.text(events.filter((event) => event.candidates?.[0].content?.parts || !event.candidates)).trimEnd(), shownOfForbidden);
        tells(JSON.stringify(events));
      }
    });

    test("answers what a rule ends, and raises nothing", async () => {
      provider.respond = () => ({ type: "application/json", body: said(sdk.dialect, [forbidden]).body });
      tells(JSON.stringify(await sdk.ask(sidecar.data)));
    });
  });
}

for (const helper of helpers) {
  describe(helper.name, () => {
    test("has the redacted text at its end", async () => {
      for (const length of [1, 7]) {
        provider.respond = () => said(helper.dialect, pieces(secret, length));
        assert.deepEqual((await helper.run(sidecar.data)).text, shown);
      }
    });

    test("finishes with the moderated reason", async () => {
      for (const length of [1, 5, 100]) {
        provider.respond = () => said(helper.dialect, pieces(forbidden, length));
        const { text, reason } = await helper.run(sidecar.data);
        assert.equal(text.trimEnd(), shownOfForbidden);
        if (helper.reason) assert.equal(reason, helper.reason);
        else assert.match(reason, new RegExp(reasons[helper.dialect]));
      }
    });
  });
}

test("every answer that a rule ended has the outcome moderated, and none failed inside the sidecar", () => {
  const lines = sidecar.errors.map((line) => JSON.parse(line)).filter((line) => "outcome" in line);
  assert.ok(lines.some((line) => line.outcome === "moderated"));
  assert.deepEqual(lines.filter((line) => !["moderated", "completed"].includes(line.outcome)), []);
});
