// Runs a tool to its end; its output arrives as it comes.
import { spawn } from "node:child_process";

export function run(program, args, input) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const job = { output: Buffer.alloc(0), error: "" };
  let waiting = [];
  const check = () => { waiting = waiting.filter(({ text, done }) => (job.output.includes(text) ? done() : true)); };
  child.stdout.on("data", (bytes) => {
    job.output = Buffer.concat([job.output, bytes]);
    check();
  });
  child.stderr.on("data", (bytes) => { job.error += bytes; });
  job.until = (text) => new Promise((done, fail) => {
    waiting.push({ text, done });
    child.once("close", () => fail(new Error(`${program} ended before it printed ${text}: ${job.output}${job.error}`)));
    check();
  });
  job.ended = new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) => done(code));
  });
  job.stop = () => child.kill("SIGTERM");
  // A tool that has heard enough closes its input early.
  child.stdin.on("error", (error) => { if (error.code !== "EPIPE") throw error; });
  child.stdin.end(input);
  return job;
}
