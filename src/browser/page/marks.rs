//! Marks on the browser's own timeline, for the benches and the profiler.

/// Shows up in `performance.getEntriesByType("mark")` as `bella:<name>`.
pub fn mark(name: &str) {
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        // Fails only for names the specification reserves; ours carry a prefix.
        let _ = performance.mark(&format!("bella:{name}"));
    }
}
