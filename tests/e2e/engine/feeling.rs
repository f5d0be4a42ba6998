//! Feelings, as the native engine reads them: that one is held to thousands of
//! rows people have judged.

use bella_engine::{Host, Model, Said};
use bella_protocol::{Failure, ModelSpec, Mood, Outcome, Reply, Request, RequestId};

use crate::models::{natively, stage_with};
use bella_tests::engine::Engine;

const TEXTS: [&str; 6] = [
    "정말 행복했어!",
    "진짜 짜증나 최악이야",
    "This is wonderful, thank you!",
    "I failed my exam",
    "불 켜 줘",
    "",
];

fn feel(model: &str, text: &str) -> Request {
    Request::Feel { model: model.to_owned(), text: text.to_owned() }
}

#[track_caller]
fn mood(outcome: Outcome) -> Mood {
    match outcome {
        Outcome::Mood(mood) => mood,
        other => panic!("no feeling: {other:?}"),
    }
}

fn felt_natively(host: &mut Host, model: &str, text: &str) -> Mood {
    host.submit(RequestId(1), feel(model, text), Vec::new(), 0);
    loop {
        host.step();
        if let Some(Said { reply, .. }) = host.take_replies().next() {
            match reply {
                Reply::Done(outcome) => return mood(outcome),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn feelings_are_read_as_natively() {
    let models = ["multilingual-e5-small", "sentiment-ko-en"];
    let Some((stage, [base, feeling])) = stage_with(models) else { return };
    let mut host = Host::new(Box::new(|| 0.0));
    let add = |host: &mut Host, spec: &ModelSpec, model: Model| {
        host.add(&spec.id, model, 0.0);
    };
    add(&mut host, &base, natively(&base));
    add(&mut host, &feeling, natively(&feeling));
    stage.play(|visit| {
        let engine = Engine::with(visit, &feeling);
        let alone = engine.ask(feel(&feeling.id, TEXTS[0])).failure();
        assert_eq!(alone, Failure::NotLoaded { model: base.id.clone() });

        engine.load(&base);
        for text in TEXTS {
            let here = mood(engine.ask(feel(&feeling.id, text)).outcome());
            let there = felt_natively(&mut host, &feeling.id, text);
            assert!((here.positive - there.positive).abs() < 0.02, "{text}: {here:?}, {there:?}");
            assert!((here.positive + here.negative - 1.0).abs() < 1e-6, "{text}: {here:?}");
        }
    });
}
