// The engine's worker: finds out which build of the engine runs here, and begins
// it. It speaks for the engine while there is none: when no module can be
// loaded, and when one has died in the middle of something. Messages are those
// of crates/protocol, as JSON under `m`.
//
// Wishes come with the address: `?build=baseline`, `?build=turbo`, `?threads=2`.

import "./trusted.js";

const wishes = new URL(import.meta.url).searchParams;

/** (v128, v128, v128) → v128: i32x4.relaxed_dot_i8x16_i7x16_add_s */
const RELAXED_DOT = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123,
  3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 147, 2, 11,
);

/** Pages of 64 KiB: what turbo begins with and may grow to; see xtask/src/build.rs. */
const FIRST_PAGES = 40;
const MOST_PAGES = [65536, 32768, 16384];

function lastWords(error) {
  const detail = inWords(error);
  postMessage({ m: JSON.stringify({ Crashed: { detail } }) });
}

const inWords = (error) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

// A trap inside an asynchronous step ends up here and in no catch.
let trapped = lastWords;
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  trapped(event.reason);
});
addEventListener("error", (event) => {
  event.preventDefault();
  trapped(event.error ?? event.message);
});

/** The largest memory that threads can share here; `null` when there is none. */
function sharedMemory() {
  // Without it a task that waits is woken by a worker made from a string, which
  // the page's policy forbids.
  if (!Atomics.waitAsync) return null;
  for (const maximum of MOST_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum, shared: true });
    } catch {
      // Too large for this device, or sharing is unknown here.
    }
  }
  return null;
}

/** Begins a build; gives why it must not be used, if it must not. */
async function begin(build, threads, memory, fallback) {
  const engine = await import(`./engine/${build}/engine.js`);
  const module = new URL(`./engine/${build}/engine_bg.wasm`, import.meta.url);
  await engine.default({ module_or_path: module, memory });
  const trap = new Promise((_, reject) => { trapped = reject; });
  try {
    // The engine says that it is ready; the page asks nothing before that.
    return await Promise.race([engine.begin(threads, JSON.stringify(fallback)), trap]);
  } catch (error) {
    engine.dismiss_helpers();
    throw error;
  } finally {
    trapped = lastWords;
  }
}

/** Why turbo does not run, as a `Fallback`; `null` when it does. */
async function tryTurbo() {
  if (wishes.get("build") === "baseline") return "Asked";
  if (!globalThis.crossOriginIsolated) return "NotIsolated";
  if (!WebAssembly.validate(RELAXED_DOT)) return "NoRelaxedSimd";
  const memory = sharedMemory();
  if (!memory) return "NoSharedMemory";
  const wished = Number(wishes.get("threads") ?? Math.min(navigator.hardwareConcurrency ?? 1, 4));
  try {
    const why = await begin("turbo", wished, memory, null);
    return why ? JSON.parse(why) : null;
  } catch (error) {
    return { Failed: { detail: inWords(error) } };
  }
}

try {
  const fallback = await tryTurbo();
  if (fallback) {
    const why = await begin("baseline", 1, undefined, fallback);
    if (why) throw new Error(`this device computes wrong: ${why}`);
  }
} catch (error) {
  lastWords(error);
}
