// A model provider that answers as it is told, on node's own HTTP server.
import { createServer } from "node:http";

/** Answers with `provider.respond(request, body)`: `{ status, type, body }`, or `{ type, frames, hold }` to stream (frames may come in time), and never end when held. */
export async function startProvider() {
  const provider = { requests: [], respond: () => ({ status: 500, type: "application/json", body: "{}" }) };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const answer = provider.respond(request, body);
    const seen = { url: request.url, headers: request.headers, body };
    seen.left = new Promise((left) => response.once("close", () => left(!response.writableFinished)));
    provider.requests.push(seen);
    provider.arrived?.(seen);
    response.writeHead(answer.status ?? 200, { "content-type": answer.type });
    if (!answer.frames) return response.end(answer.body);
    for await (const frame of answer.frames) response.write(frame);
    if (!answer.hold) response.end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  provider.url = `http://127.0.0.1:${server.address().port}`;
  provider.cut = () => server.closeAllConnections();
  provider.next = () => new Promise((arrived) => { provider.arrived = arrived; });
  provider.stop = () => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  return provider;
}
