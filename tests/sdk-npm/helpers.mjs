// The interfaces of the SDKs that put a stream together: `run` gives the whole text and why it ended, and throws what the SDK raises.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { createOpenAI } from "@ai-sdk/openai";
import { streamText } from "ai";
import { Ollama } from "ollama";
import OpenAI from "openai";

const model = "test-model";
const prompt = "Say it";
const messages = [{ role: "user", content: prompt }];

const openai = (base) => new OpenAI({ apiKey: "test", baseURL: `${base}/v1`, maxRetries: 0 });

async function vercel(languageModel) {
  let raised;
  const result = streamText({ model: languageModel, prompt, maxRetries: 0, onError: ({ error }) => { raised = error; } });
  const [text, reason] = [await result.text, await result.finishReason];
  if (raised) throw raised;
  return { text, reason };
}

export const helpers = [
  {
    name: "openai chat.completions.stream", dialect: "chat",
    async run(base) {
      const { choices: [choice] } = await openai(base).chat.completions.stream({ model, messages }).finalChatCompletion();
      return { text: choice.message.content, reason: choice.finish_reason };
    },
  },
  {
    name: "openai responses.stream", dialect: "responses",
    async run(base) {
      const response = await openai(base).responses.stream({ model, input: prompt }).finalResponse();
      return { text: response.output_text, reason: response.incomplete_details?.reason };
    },
  },
  {
    name: "@anthropic-ai/sdk messages.stream", dialect: "anthropic",
    async run(base) {
      const message = await new Anthropic({ apiKey: "test", baseURL: base, maxRetries: 0 }).messages.stream({ model, max_tokens: 100, messages }).finalMessage();
      return { text: message.content.map((block) => block.text).join(""), reason: message.stop_reason };
    },
  },
  {
    name: "@google/genai chat", dialect: "gemini",
    async run(base) {
      const chat = new GoogleGenAI({ apiKey: "test", httpOptions: { baseUrl: base } }).chats.create({ model });
      let text = "";
      let reason;
      for await (const chunk of await chat.sendMessageStream({ message: prompt })) {
        text += chunk.text ?? "";
        reason = chunk.candidates?.[0].finishReason ?? reason;
      }
      return { text, reason };
    },
  },
  {
    name: "ollama chat", dialect: "ollama",
    async run(base) {
      let text = "";
      let reason;
      for await (const part of await new Ollama({ host: base }).chat({ model, messages, stream: true })) {
        text += part.message.content;
        reason = part.done_reason ?? reason;
      }
      return { text, reason };
    },
  },
  { name: "ai streamText with chat", dialect: "chat", reason: "content-filter", run: (base) => vercel(createOpenAI({ apiKey: "test", baseURL: `${base}/v1` }).chat(model)) },
  { name: "ai streamText with responses", dialect: "responses", reason: "content-filter", run: (base) => vercel(createOpenAI({ apiKey: "test", baseURL: `${base}/v1` }).responses(model)) },
];
