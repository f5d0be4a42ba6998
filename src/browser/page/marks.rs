//! Marks on the browser's own timeline, for the profiler.

/// Shows up in `performance.getEntriesByType("mark")` as `bella:<name>`, the latest of
/// each name: a browser keeps marks until they are cleared, and a page may be open for
/// weeks.
pub fn mark(name: &str) {
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        let name = format!("bella:{name}");
        performance.clear_marks_with_mark_name(&name);
        // Fails only for names the specification reserves; ours carry a prefix.
        let _ = performance.mark(&name);
    }
}
