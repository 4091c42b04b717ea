// Starts the sidecar as its users do: the binary of SIDECAR_BINARY, else the assembly built beside these tests.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

function command() {
  if (process.env.SIDECAR_BINARY) return [resolve(process.env.SIDECAR_BINARY)];
  const built = ["Release", "Debug"]
    .map((configuration) => join(root, "src/Sidecar/bin", configuration, "net10.0/sidecar.dll"))
    .find(existsSync);
  if (!built) throw new Error("no sidecar: set SIDECAR_BINARY, or build src/Sidecar");
  return ["dotnet", "exec", built];
}

/** Rules that redact, mask and end. */
export const policy = [
  "moderation:", "  policies:", "    default:", "      rules:",
  "        - { id: pii, detect: [email, phone, credit_card, api_key], action: redact }",
  "        - { id: phrase, terms: [ \"forbidden phrase\" ], action: terminate }",
  "        - { id: project, pattern: \"PRJ-[0-9]{4,8}\", action: mask, keep_last: 2 }",
];

/** A sidecar that sends each provider's paths to one address, under a policy when one is given, on free ports unless they are given. */
export async function startSidecar(provider, rules = [], { data: dataPort = 0, admin: adminPort = 0, settings = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "sidecar-npm-"));
  const file = join(folder, "sidecar.yaml");
  const upstream = (name) => `  ${name}: { url: "${provider}", provider: ${name} }`;
  const route = (name, path) => `  - { name: ${name}, match: { path: "${path}" }, upstreams: [ { name: ${name} } ], moderation: ${rules.length > 0 ? "default" : "off"} }`;
  writeFileSync(file, [
    `listen: 127.0.0.1:${dataPort}`,
    `admin: { listen: 127.0.0.1:${adminPort} }`,
    "upstreams:", ...["openai", "anthropic", "gemini", "ollama"].map(upstream),
    "routes:", route("anthropic", "/v1/messages*"), route("gemini", "/v1beta/*"), route("ollama", "/api/*"), route("openai", "/*"), ...rules, ...settings, "",
  ].join("\n"));

  const [program, ...first] = command();
  const child = spawn(program, [...first, "serve", "--config", file], { stdio: ["ignore", "pipe", "pipe"] });
  const errors = [];
  createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
  const exited = new Promise((done) => child.once("exit", done));
  const { data, admin } = await new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("the sidecar does not listen")), 20_000);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const match = /^listening data=(\S+) admin=(\S+)$/.exec(line);
      if (!match) return;
      clearTimeout(late);
      done({ data: `http://${match[1]}`, admin: `http://${match[2]}` });
    });
    exited.then((code) => fail(new Error(`the sidecar ended with ${code}: ${errors.join("\n")}`)));
  });

  return {
    data, admin, errors,
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
      const code = await exited;
      clearTimeout(late);
      rmSync(folder, { recursive: true });
      return code;
    },
  };
}
