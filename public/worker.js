// The engine's worker. It speaks for the engine while there is none: when the
// module cannot be loaded, and when it has died in the middle of something.
// Messages are those of crates/protocol, as JSON under `m`.

function lastWords(error) {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  postMessage({ m: JSON.stringify({ Crashed: { detail } }) });
}

// A trap inside an asynchronous step ends up here and nowhere else.
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  lastWords(event.reason);
});

try {
  const engine = await import("./engine/baseline/engine.js");
  const module = new URL("./engine/baseline/engine_bg.wasm", import.meta.url);
  // The engine says that it is ready; the page asks nothing before that.
  await engine.default({ module_or_path: module });
} catch (error) {
  lastWords(error);
}
