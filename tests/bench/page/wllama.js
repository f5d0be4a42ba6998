// wllama, asked through its own API. It is JavaScript's, so what times it is too:
// from outside the browser the way there and back would count as its own.
import { Wllama } from "@wllama/wllama";

const WASM = new URL("../rivals/node_modules/@wllama/wllama/esm/wasm/wllama.wasm", import.meta.url);

let wllama = null;

export async function load(file, threads, context) {
  await unload();
  const blob = await (await fetch(file)).blob();
  wllama = new Wllama({ default: WASM.href }, { suppressNativeLog: true });
  // Its second build would come from another host.
  wllama.setCompat(null);
  const began = performance.now();
  await wllama.loadModel([blob], {
    n_ctx: context,
    n_gpu_layers: 0,
    n_parallel: 1,
    n_threads: threads,
  });
  return performance.now() - began;
}

export async function unload() {
  await wllama?.exit();
  wllama = null;
}

// Greedy, without any memory of earlier prompts, and with so many tokens whether
// the model would end before them or not.
export async function chat(messages, tokens) {
  const asked = performance.now();
  const texts = [];
  let usage = null;
  await wllama.createChatCompletion({
    messages,
    cache_prompt: false,
    ignore_eos: true,
    max_tokens: tokens,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0,
    onData(chunk) {
      if (chunk.choices[0]?.delta.content) texts.push(performance.now());
      usage = chunk.usage ?? usage;
    },
  });
  return {
    prompt_tokens: usage.prompt_tokens,
    cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    reply_tokens: usage.completion_tokens,
    first_ms: texts[0] - asked,
    last_ms: texts.at(-1) - asked,
  };
}
