// transformers.js, asked through its own API; timed here for the same reason as
// wllama.
import { env, pipeline } from "@huggingface/transformers";

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.useBrowserCache = false;
env.localModelPath = "./models/";
env.backends.onnx.wasm.wasmPaths = new URL(
  "../rivals/node_modules/onnxruntime-web/dist/",
  import.meta.url,
).href;

let recogniser = null;
const sounds = new Map();

export async function load(model, threads) {
  await unload();
  env.backends.onnx.wasm.numThreads = threads;
  const began = performance.now();
  recogniser = await pipeline("automatic-speech-recognition", model, {
    device: "wasm",
    dtype: "q8",
  });
  return performance.now() - began;
}

export async function unload() {
  await recogniser?.dispose();
  recogniser = null;
}

// Handed over ahead, so that unpacking it is not timed.
export function keep(name, base64) {
  sounds.set(name, new Float32Array(Uint8Array.fromBase64(base64).buffer));
}

export async function transcribe(name, language) {
  const sound = sounds.get(name);
  const began = performance.now();
  const { text } = await recogniser(sound, { language, task: "transcribe" });
  return { ms: performance.now() - began, text };
}
