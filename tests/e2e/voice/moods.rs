//! What is said moves her: her mood, her face, and what the model is told.

use std::fs;

use bella_protocol::{Request, Role};
use bella_tests::testid::*;
use bella_tests::{Stage, Visit};
use serde::Deserialize;

use crate::{give, is_long, sounds};

#[derive(Deserialize)]
struct Row {
    text: String,
    label: u8,
}

/// As many of each feeling from each file, in the order in which they stand there.
fn rows(each: usize) -> Option<Vec<Row>> {
    let eval = sounds::shared()?.join("eval");
    let mut rows = Vec::new();
    for file in ["nsmc-dev.jsonl", "sst2-dev.jsonl"] {
        let text = fs::read_to_string(eval.join(file)).expect("sentences that people judged");
        let all = text.lines().map(|line| serde_json::from_str(line).expect("a row"));
        let all: Vec<Row> = all.collect();
        for label in [0, 1] {
            let those = all.iter().filter(|row| row.label == label);
            let short = those.filter(|row| (12..120).contains(&row.text.chars().count()));
            rows.extend(short.take(each).map(|row| Row { text: row.text.clone(), label }));
        }
    }
    Some(rows)
}

fn mood(visit: &Visit) -> (String, String) {
    let read = |name| visit.page.attribute(MOOD, name).unwrap_or_default();
    (read("data-mood"), read("data-tone"))
}

fn valence(visit: &Visit) -> f64 {
    let valence = visit.page.attribute(MOOD, "data-valence");
    valence.and_then(|valence| valence.parse().ok()).expect("a number")
}

/// What the model was told last, without the question.
fn told(visit: &Visit) -> String {
    let requests: Vec<String> = visit.page.eval("__sent");
    let read = |sent: &String| match serde_json::from_str(sent) {
        Ok(bella_protocol::ToEngine { request: Request::Chat { messages, .. }, .. }) => {
            let told = messages.iter().filter(|message| message.role == Role::System);
            Some(told.map(|message| message.content.as_str()).collect::<Vec<_>>().join(" "))
        }
        _ => None,
    };
    requests.iter().rev().find_map(read).expect("something was asked")
}

/// Writes down what the page sends to its workers.
const KEEP_SENT: &str = "(() => {
    globalThis.__sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...rest) {
        if (typeof message?.m === 'string') __sent.push(message.m);
        return post.call(this, message, ...rest);
    };
})()";

#[test]
fn a_sad_sentence_and_a_happy_one_move_mood_face_and_prompt() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.page.before_every_document(KEEP_SENT);
        visit.wake();
        give(visit, "feeling");
        visit.page.click(NAV_TALK);
        let plain = mood(visit);
        visit.ask("오늘 정말 행복하고 신나는 하루였어!");
        let (glad, joy) = mood(visit);
        assert_eq!(joy, "share-joy", "{glad}");
        assert_ne!(glad, plain.0, "her face says nothing of it");
        let happy_prompt = told(visit);

        for _ in 0..2 {
            visit.ask("너무 슬프고 외로워서 눈물이 나.");
        }
        let (gentle, comfort) = mood(visit);
        assert_eq!(comfort, "comfort", "{gentle}");
        assert_ne!(gentle, glad);
        let sad_prompt = told(visit);
        assert_ne!(happy_prompt, sad_prompt);
    });
}

/// Each sentence on a page whose mood is that of the one before, so that a turn has to
/// move her in its own direction.
#[test]
fn her_mood_goes_the_way_people_judged_the_sentences() {
    let Some(stage) = Stage::bella() else { return };
    let each = if is_long() { 50 } else { 8 };
    let Some(rows) = rows(each) else { return };
    stage.play(|visit| {
        visit.wake();
        give(visit, "feeling");
        visit.page.click(NAV_TALK);
        let mut agreed = 0;
        // One of each in turn, or a mood at its end could go no further.
        let (sad, glad): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.label == 0);
        let turns: Vec<_> = sad.into_iter().zip(glad).flat_map(|(sad, glad)| [sad, glad]).collect();
        for row in &turns {
            let before = valence(visit);
            visit.ask(&row.text.replace('\n', " "));
            visit.page.click(CLEAR);
            let moved = valence(visit) - before;
            agreed += usize::from((moved > 0.0) == (row.label == 1));
        }
        let share = 100.0 * agreed as f64 / turns.len() as f64;
        eprintln!("{agreed} of {} sentences moved her the right way: {share:.1} %", turns.len());
        assert!(share >= 75.0, "{share:.1} %");
    });
}
