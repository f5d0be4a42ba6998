//! What must also hold in the browser: the kernels, whose Wasm vector code no
//! native test reaches.

#![cfg(target_arch = "wasm32")]

#[path = "kernels.rs"]
mod kernels;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
