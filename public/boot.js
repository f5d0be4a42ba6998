// Starts the page. A file of its own because the content security policy allows
// no inline script.
const root = document.documentElement;

function report(kind, error) {
  root.setAttribute("data-boot", kind);
  console.error(error);
}

if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
  report("unsupported", "WebAssembly and workers are needed");
} else {
  try {
    const page = await import("./bella.js");
    await page.default({ module_or_path: new URL("./bella_bg.wasm", import.meta.url) });
  } catch (error) {
    // A module this browser cannot compile uses instructions it does not know.
    report(error instanceof WebAssembly.CompileError ? "unsupported" : "broken", error);
  }
}
