//! What is in the engine's modules. A module with a single instruction that a
//! browser does not know is refused whole, so baseline must run without any that
//! only turbo may use.

use std::{fs, thread};

use bella_protocol::BuildName;
use bella_tests::download::{Effort, engine_files};
use bella_tests::host::Serving;
use bella_tests::stage::skip;
use wasmparser::{Validator, WasmFeatures};

/// What baseline may use: that which all supported browsers know.
fn everywhere() -> WasmFeatures {
    WasmFeatures::MVP
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SIMD
}

/// Why a browser that knows only these features would refuse a module.
fn refusal(module: &[u8], features: WasmFeatures) -> Option<String> {
    let checked = Validator::new_with_features(features).validate_all(module);
    checked.err().map(|error| error.message().to_owned())
}

fn module(build: BuildName) -> Option<Vec<u8>> {
    let serving = Serving::bella().map_err(|why| skip::<()>(&why)).ok()?;
    let path = serving.page.join("engine").join(build.name()).join("engine_bg.wasm");
    Some(fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

#[test]
fn baseline_has_no_instruction_and_no_memory_that_only_some_browsers_know() {
    let Some(module) = module(BuildName::Baseline) else { return };
    assert_eq!(refusal(&module, everywhere()), None);
}

/// So the test above would have noticed.
#[test]
fn turbo_has_relaxed_instructions_and_shared_memory() {
    let Some(module) = module(BuildName::Turbo) else { return };
    let (relaxed, threads) = (WasmFeatures::RELAXED_SIMD, WasmFeatures::THREADS);
    assert_eq!(refusal(&module, everywhere() | relaxed | threads), None);
    for (features, missing) in [(relaxed, "thread"), (threads, "relaxed")] {
        let why = refusal(&module, everywhere() | features).unwrap_or_default();
        assert!(why.to_lowercase().contains(missing), "{why}");
    }
}

/// Both are fetched over slow lines too.
#[test]
fn an_engine_is_a_download_of_at_most_a_megabyte_and_a_half() {
    let Ok(serving) = Serving::bella().map_err(|why| skip::<()>(&why)) else { return };
    let page = serving.page.as_path();
    // Compressing takes seconds where nothing is optimised: side by side.
    thread::scope(|scope| {
        for build in BuildName::ALL {
            scope.spawn(move || {
                let files = engine_files(page, build.name(), Effort::Quick)
                    .unwrap_or_else(|error| panic!("{}: {error}", build.name()));
                assert!(files.raw_bytes > 500_000, "models and tokenizers are in there: {files:?}");
                assert!(files.brotli_bytes <= 1_500_000, "{files:?}");
            });
        }
    });
}
