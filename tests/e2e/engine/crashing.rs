//! A module that has no memory left, although no budget foresaw it. What the page
//! makes of that is told with its other faults.

use bella_protocol::Request;
use bella_tests::Trouble;

use crate::models::stage_with;
use crate::talking::must_talk;
use bella_tests::engine::Engine;

#[test]
fn a_module_that_traps_says_so_and_another_takes_over() {
    let Some((stage, [small, large])) = stage_with(["silero-vad", "smollm2-135m-instruct"]) else {
        return;
    };
    stage.play(|visit| {
        visit.forgive("the test takes the engine's memory away", |one| {
            matches!(one, Trouble::Uncaught { from, .. } | Trouble::Complaint { from, .. }
                if from.kind == "worker" || from.kind == "page")
        });
        let engine = Engine::with(visit, &small);
        let bytes = engine.take_all_memory();
        assert!(bytes > 1 << 31, "only {bytes} bytes could be had");
        engine.send(Request::Load { spec: large.clone() });
        let told = engine.last_words();
        assert!(told.contains("RuntimeError"), "{told}");

        let engine = Engine::with(visit, &large);
        must_talk(&engine, &large.id);
    });
}
