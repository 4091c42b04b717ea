// What the provider says, in each dialect's spelling: { type, frames } streamed, body in a whole, error(status).
const model = "test-model";
const letters = ["Grüße ", "\"漢字\"\n", "👩‍🚀 done\\"];
const pieces = ["{\"city\":", "\"Köln\"}"];
const whole = letters.join("");
const args = pieces.join("");

const data = (value) => `data: ${JSON.stringify(value)}\n\n`;
const event = (value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const line = (value) => `${JSON.stringify(value)}\n`;

const openaiUsage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const openaiError = (status) => JSON.stringify({ error: { message: "as told", type: "scripted", param: null, code: `scripted_${status}` } });

function chat(tools, texts = letters) {
  const whole = texts.join("");
  const chunk = (delta, finish_reason = null) => data({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1700000000, model, choices: [{ index: 0, delta, finish_reason }] });
  const call = (value) => chunk({ tool_calls: [{ index: 0, ...value }] });
  const frames = [
    chunk({ role: "assistant", content: "" }),
    ...(tools
      ? [call({ id: "call_1", type: "function", function: { name: "weather", arguments: "" } }), ...pieces.map((part) => call({ function: { arguments: part } })), chunk({}, "tool_calls")]
      : [...texts.map((content) => chunk({ content })), chunk({}, "stop")]),
    data({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1700000000, model, choices: [], usage: openaiUsage }),
    "data: [DONE]\n\n",
  ];
  const message = tools
    ? { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: args } }] }
    : { role: "assistant", content: whole };
  const body = JSON.stringify({ id: "chatcmpl-1", object: "chat.completion", created: 1700000000, model, choices: [{ index: 0, message, finish_reason: tools ? "tool_calls" : "stop" }], usage: openaiUsage });
  return { type: "text/event-stream", frames, body, error: openaiError };
}

function responses(tools, texts = letters) {
  const whole = texts.join("");
  const item = tools
    ? { id: "fc_1", type: "function_call", status: "completed", call_id: "call_1", name: "weather", arguments: args }
    : { id: "msg_1", type: "message", status: "completed", role: "assistant", content: [{ type: "output_text", text: whole, annotations: [], logprobs: [] }] };
  const response = (status, output) => ({
    id: "resp_1", object: "response", created_at: 1700000000, status, model, output, parallel_tool_calls: true, tool_choice: "auto", tools: [], metadata: {},
    error: null, incomplete_details: null, instructions: null, temperature: 1, top_p: 1,
    usage: status === "completed" ? { input_tokens: 11, input_tokens_details: { cached_tokens: 0 }, output_tokens: 7, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 18 } : null,
  });
  const at = { item_id: item.id, output_index: 0 };
  const events = [
    { type: "response.created", response: response("in_progress", []) },
    { type: "response.in_progress", response: response("in_progress", []) },
    { type: "response.output_item.added", output_index: 0, item: { ...item, status: "in_progress", ...(tools ? { arguments: "" } : { content: [] }) } },
    ...(tools
      ? [...pieces.map((delta) => ({ type: "response.function_call_arguments.delta", ...at, delta })), { type: "response.function_call_arguments.done", ...at, name: "weather", arguments: args }]
      : [
        { type: "response.content_part.added", ...at, content_index: 0, part: { type: "output_text", text: "", annotations: [], logprobs: [] } },
        ...texts.map((delta) => ({ type: "response.output_text.delta", ...at, content_index: 0, delta, logprobs: [], obfuscation: "x" })),
        { type: "response.output_text.done", ...at, content_index: 0, text: whole, logprobs: [] },
        { type: "response.content_part.done", ...at, content_index: 0, part: item.content?.[0] },
      ]),
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: response("completed", [item]) },
  ];
  return { type: "text/event-stream", frames: events.map((value, sequence_number) => event({ ...value, sequence_number })), body: JSON.stringify(response("completed", [item])), error: openaiError };
}

function anthropic(tools, texts = letters) {
  const whole = texts.join("");
  const block = tools ? { type: "tool_use", id: "toolu_1", name: "weather", input: {} } : { type: "text", text: "" };
  const deltas = tools ? pieces.map((partial_json) => ({ type: "input_json_delta", partial_json })) : texts.map((text) => ({ type: "text_delta", text }));
  const stop_reason = tools ? "tool_use" : "end_turn";
  const message = (content, rest) => ({ id: "msg_1", type: "message", role: "assistant", model, content, stop_sequence: null, ...rest });
  const frames = [
    { type: "message_start", message: message([], { stop_reason: null, usage: { input_tokens: 11, output_tokens: 1 } }) },
    { type: "ping" },
    { type: "content_block_start", index: 0, content_block: block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index: 0, delta })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { input_tokens: 11, output_tokens: 7 } },
    { type: "message_stop" },
  ].map(event);
  const content = tools ? { ...block, input: JSON.parse(args) } : { type: "text", text: whole };
  return {
    type: "text/event-stream", frames, body: JSON.stringify(message([content], { stop_reason, usage: { input_tokens: 11, output_tokens: 7 } })),
    error: (status) => JSON.stringify({ type: "error", error: { type: `scripted_${status}_error`, message: "as told" } }),
  };
}

function gemini(tools, texts = letters) {
  const whole = texts.join("");
  const chunk = (parts, finishReason) => ({
    candidates: [{ content: { parts, role: "model" }, finishReason, index: 0 }], modelVersion: model, responseId: "r1",
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
  });
  const parts = tools ? [{ functionCall: { name: "weather", args: JSON.parse(args) } }] : texts.map((text) => ({ text }));
  const frames = parts.map((part, i) => `data: ${JSON.stringify(chunk([part], i === parts.length - 1 ? "STOP" : undefined))}\r\n\r\n`);
  return {
    type: "text/event-stream", frames, body: JSON.stringify(chunk(tools ? parts : [{ text: whole }], "STOP")),
    error: (status) => JSON.stringify({ error: { code: status, message: "as told", status: "SCRIPTED" } }),
  };
}

function ollama(tools, texts = letters) {
  const whole = texts.join("");
  const reply = (message, rest) => ({ model, created_at: "2024-01-01T00:00:00Z", message: { role: "assistant", content: "", ...message }, ...rest });
  const calls = { tool_calls: [{ function: { name: "weather", arguments: JSON.parse(args) } }] };
  const end = { done: true, done_reason: "stop", total_duration: 5_000_000, load_duration: 1, prompt_eval_count: 11, prompt_eval_duration: 2, eval_count: 7, eval_duration: 3 };
  const frames = [...(tools ? [reply(calls, { done: false })] : texts.map((content) => reply({ content }, { done: false }))), reply({}, end)].map(line);
  return {
    type: "application/x-ndjson", frames, body: JSON.stringify(reply(tools ? calls : { content: whole }, end)),
    error: () => JSON.stringify({ error: "as told" }),
  };
}

export const dialects = { chat, responses, anthropic, gemini, ollama };

/** A dialect's answer of these texts, each a delta. */
export const said = (dialect, texts) => dialects[dialect](false, texts);

export const text = whole;
export const toolArguments = args;
