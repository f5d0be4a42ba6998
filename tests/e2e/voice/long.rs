//! A thousand turns of one conversation: nothing piles up.

use bella_tests::conversation::{reply, said};
use bella_tests::testid::*;
use bella_tests::{Stage, Visit};

use crate::is_long;

/// What the tab may grow by after the first hundred turns, in per cent.
const MOST_GROWTH: f64 = 5.0;

/// Half of the turns that the page draws at once.
const MOST_SHOWN: usize = 30;

/// What the engine holds at least, all the time: the file of the model that answers.
const MODEL_BYTES: f64 = 98_362_432.0;

/// Bytes of the tab: what of the page is still reached by somebody, and the model.
fn memory(visit: &Visit) -> f64 {
    visit.page.command("HeapProfiler.collectGarbage", serde_json::json!({}));
    let usage = visit.page.command("Runtime.getHeapUsage", serde_json::json!({}));
    let parts = ["usedSize", "embedderHeapUsedSize", "backingStorageSize"];
    let parts = parts.map(|part| usage[part].as_f64().unwrap_or_default());
    let page: f64 = parts.iter().sum();
    eprintln!("the page holds {:.2} MB: {:.2?}", page / 1e6, parts.map(|part| part / 1e6));
    page + MODEL_BYTES
}

#[test]
fn a_long_conversation_takes_no_more_memory_than_a_short_one() {
    let Some(stage) = Stage::bella() else { return };
    let (warm, turns) = if is_long() { (100, 1000) } else { (40, 60) };
    stage.play(|visit| {
        visit.wake();
        let mut at_first = 0.0;
        for turn in 1..=turns {
            let question = format!("Say the number {turn} and nothing else.");
            visit.say(&question);
            // The page shows the last of a long conversation only, so counting is no help.
            visit.page.wait_until("the question to be asked", || {
                visit.page.text(said().last().inner(MESSAGE_TEXT)) == question
            });
            let answer = visit.reply();
            assert_eq!(answer.state, "done", "turn {turn}: {answer:?}");
            if turn == warm {
                at_first = memory(visit);
            }
        }
        let shown = visit.page.count(reply());
        let grown = 100.0 * (memory(visit) / at_first - 1.0);
        eprintln!("{turns} turns, {shown} of them on the page: {grown:+.1} % since turn {warm}");
        assert!(grown < MOST_GROWTH, "{grown:.1} % more memory");
        assert!(shown <= MOST_SHOWN, "{shown} answers are drawn");
        assert!(!visit.page.shows(TROUBLE));
    });
}
