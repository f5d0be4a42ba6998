//! What must also hold in the browser: the kernels, whose Wasm vector code no
//! native test reaches, and every family of models on small weights. The large
//! ones are asked by the end-to-end tests.

#![cfg(target_arch = "wasm32")]

#[path = "kernels.rs"]
mod kernels;
#[path = "llm_random.rs"]
mod llm_random;
#[path = "planes.rs"]
mod planes;
#[path = "whisper/random.rs"]
mod whisper_random;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
