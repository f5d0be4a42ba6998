// A helper of the engine's: the same module over the same memory, in a thread of
// its own. It works until it is ended, and hears nothing meanwhile.

/** A multiple of 64 KiB; as much as the engine's own thread has. */
const STACK_BYTES = 1 << 20;

addEventListener("message", async ({ data: { module, memory } }) => {
  let engine;
  try {
    engine = await import("./engine/turbo/engine.js");
    await engine.default({ module_or_path: module, memory, thread_stack_size: STACK_BYTES });
  } catch (error) {
    reportError(error);
    return;
  }
  try {
    engine.help();
  } catch (error) {
    // Whoever waits for this thread cannot hear the report.
    engine.give_up();
    reportError(error);
  }
}, { once: true });
