// Each SDK as its vendor ships it: nothing changed but the endpoint, and retries off. `stream` yields typed events, `ask` one answer.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, streamText, tool } from "ai";
import { Ollama } from "ollama";
import OpenAI from "openai";

const model = "test-model";
const prompt = "Say it";
const messages = [{ role: "user", content: prompt }];

const openai = (base) => new OpenAI({ apiKey: "test", baseURL: `${base}/v1`, maxRetries: 0 });
const claude = (base) => new Anthropic({ apiKey: "test", baseURL: base, maxRetries: 0 });
const google = (base) => new GoogleGenAI({ apiKey: "test", httpOptions: { baseUrl: base } });

// What is told of the HTTP exchange itself (header fields, the time) is not the model's.
const spoken = (value) => JSON.parse(JSON.stringify(value, (key, held) => (["headers", "timestamp", "request", "sdkHttpResponse", "responseHeaders"].includes(key) ? undefined : held)));

/** Vercel's `ai` with one of its models. */
function vercel(name, dialect, modelOf) {
  const tools = { weather: tool({ inputSchema: jsonSchema({ type: "object", properties: { city: { type: "string" } } }) }) };
  const options = (base) => ({ model: modelOf(base), prompt, tools, maxRetries: 0 });
  return {
    name, dialect, status: (error) => error.statusCode,
    async* stream(base, signal) {
      const { fullStream } = streamText({ ...options(base), abortSignal: signal, onError: () => {} });
      for await (const part of fullStream) {
        if (part.type === "error") throw part.error;
        yield spoken(part);
      }
    },
    async ask(base) {
      const { text, toolCalls, finishReason, usage } = await generateText(options(base));
      return { text, toolCalls, finishReason, usage };
    },
    text: (events) => events.filter((part) => part.type === "text-delta").map((part) => part.text).join(""),
    calls: (events) => events.filter((part) => part.type === "tool-call").map((part) => part.input),
  };
}

const joined = (events, pick) => events.map(pick).filter((part) => part !== undefined && part !== null).join("");

export const sdks = [
  {
    name: "openai chat", dialect: "chat", status: (error) => error.status,
    stream: async function* (base, signal) { yield* await openai(base).chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } }, { signal }); },
    ask: (base) => openai(base).chat.completions.create({ model, messages }),
    text: (events) => joined(events, (chunk) => chunk.choices[0]?.delta.content),
    calls: (events) => [JSON.parse(joined(events, (chunk) => chunk.choices[0]?.delta.tool_calls?.[0].function.arguments))],
  },
  {
    name: "openai responses", dialect: "responses", status: (error) => error.status,
    stream: async function* (base, signal) { yield* await openai(base).responses.create({ model, input: prompt, stream: true }, { signal }); },
    ask: (base) => openai(base).responses.create({ model, input: prompt }),
    text: (events) => joined(events, (event) => (event.type === "response.output_text.delta" ? event.delta : null)),
    calls: (events) => [JSON.parse(joined(events, (event) => (event.type === "response.function_call_arguments.delta" ? event.delta : null)))],
  },
  {
    name: "@anthropic-ai/sdk", dialect: "anthropic", status: (error) => error.status,
    stream: async function* (base, signal) { yield* await claude(base).messages.create({ model, max_tokens: 100, messages, stream: true }, { signal }); },
    ask: (base) => claude(base).messages.create({ model, max_tokens: 100, messages }),
    text: (events) => joined(events, (event) => event.delta?.text),
    calls: (events) => [JSON.parse(joined(events, (event) => event.delta?.partial_json))],
  },
  {
    name: "@google/genai", dialect: "gemini", status: (error) => error.status,
    stream: async function* (base, signal) {
      for await (const chunk of await google(base).models.generateContentStream({ model, contents: prompt, config: { abortSignal: signal } })) yield spoken(chunk);
    },
    ask: async (base) => spoken(await google(base).models.generateContent({ model, contents: prompt })),
    text: (events) => joined(events, (chunk) => chunk.candidates[0].content.parts[0].text),
    calls: (events) => events.map((chunk) => chunk.candidates[0].content.parts[0].functionCall.args),
  },
  {
    name: "ollama", dialect: "ollama", status: (error) => error.status_code,
    stream: async function* (base, signal) {
      const client = new Ollama({ host: base });
      signal?.addEventListener("abort", () => client.abort());
      yield* await client.chat({ model, messages, stream: true });
    },
    ask: (base) => new Ollama({ host: base }).chat({ model, messages }),
    text: (events) => joined(events, (part) => part.message.content),
    calls: (events) => events.flatMap((part) => part.message.tool_calls ?? []).map((call) => call.function.arguments),
  },
  vercel("ai with @ai-sdk/openai chat", "chat", (base) => createOpenAI({ apiKey: "test", baseURL: `${base}/v1` }).chat(model)),
  vercel("ai with @ai-sdk/openai responses", "responses", (base) => createOpenAI({ apiKey: "test", baseURL: `${base}/v1` }).responses(model)),
  vercel("ai with @ai-sdk/openai-compatible", "chat", (base) => createOpenAICompatible({ name: "compatible", baseURL: `${base}/v1`, includeUsage: true })(model)),
];
