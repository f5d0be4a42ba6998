//! Models on their way onto the device, told as sequences of what happens.

use bella_companion::queue::Step;
use bella_companion::{ItemState, Queue};
use bella_protocol::{
    Failure, ModelFile, ModelSpec, NotKept, Notice, Origin, Outcome, Progress, Reply, Request,
    RequestId, Task, ToEngine,
};

fn spec(id: &str) -> ModelSpec {
    let file = |name: &str| ModelFile {
        name: name.into(),
        url: String::new(),
        mirror: None,
        bytes: 50,
        sha256: None,
    };
    ModelSpec { id: id.into(), task: Task::Chat, files: vec![file("a"), file("b")], base: None }
}

/// What happens, in a word.
#[derive(Clone, Copy, Debug)]
enum Now {
    Ready,
    Lost,
    Add(&'static str),
    Import(&'static str),
    Pause(&'static str),
    Resume(&'static str),
    Cancel(&'static str),
    /// It is loaded into the engine instead.
    Load(&'static str),
    /// The request that was sent as the so-many-th is over.
    Home(u32),
    Full(u32),
}

fn play(queue: &mut Queue, now: Now) -> Vec<Step> {
    let first = 1 << 30;
    match now {
        Now::Ready => queue.engine_is_ready(),
        Now::Lost => {
            queue.engine_is_lost();
            Vec::new()
        }
        Now::Add(model) => queue.add(spec(model), Origin::Network),
        Now::Import(model) => queue.add(spec(model), Origin::Files),
        Now::Pause(model) => queue.pause(model),
        Now::Resume(model) => queue.resume(model),
        Now::Cancel(model) => queue.cancel(model),
        Now::Load(model) => queue.take_out(model),
        Now::Home(n) => {
            let id = RequestId(first + n);
            assert!(Queue::owns(id));
            queue.hear(id, Reply::Done(Outcome::Kept(Vec::new())))
        }
        Now::Full(n) => {
            let full = NotKept::Full { needed_bytes: 100, fit_bytes: 10, others_bytes: 50 };
            queue.hear(RequestId(first + n), Reply::Failed(Failure::NotKept(full)))
        }
    }
}

fn tell(step: &Step) -> String {
    match step {
        Step::Send(ToEngine { request: Request::Keep { spec, from }, .. }) => {
            format!("{} from {}", spec.id, format!("{from:?}").to_lowercase())
        }
        Step::Send(ToEngine { request: Request::Cancel { target }, .. }) => {
            format!("stop {}", target.0 - (1 << 30))
        }
        Step::Send(other) => format!("{other:?}"),
        Step::Forget(model) => format!("forget {model}"),
        Step::Look => "look".into(),
    }
}

/// After each happening: what is to be done, and what stands in the queue.
#[track_caller]
fn plays(story: &[(Now, &str, &str)]) -> Queue {
    let mut queue = Queue::default();
    for &(now, steps, items) in story {
        let told: Vec<String> = play(&mut queue, now).iter().map(tell).collect();
        let state =
            |item: &bella_companion::queue::Item| format!("{} {}", item.spec.id, item.state.name());
        let stands: Vec<String> = queue.items.iter().map(state).collect();
        assert_eq!(
            (told.join("; ").as_str(), stands.join(", ").as_str()),
            (steps, items),
            "{now:?}"
        );
    }
    queue
}

#[test]
fn one_comes_after_the_other() {
    plays(&[
        (Now::Add("a"), "", "a waiting"),
        (Now::Ready, "a from network", "a coming"),
        (Now::Add("b"), "", "a coming, b waiting"),
        (Now::Import("c"), "", "a coming, b waiting, c waiting"),
        (Now::Home(0), "look; b from network", "b coming, c waiting"),
        (Now::Home(1), "look; c from files", "c coming"),
        // Said twice, it does no harm.
        (Now::Home(1), "", "c coming"),
        (Now::Home(2), "look", ""),
    ]);
}

#[test]
fn each_can_be_paused_and_resumed_and_cancelled() {
    plays(&[
        (Now::Ready, "", ""),
        (Now::Add("a"), "a from network", "a coming"),
        (Now::Add("b"), "", "a coming, b waiting"),
        (Now::Pause("a"), "stop 0; look; b from network", "a paused, b coming"),
        // The end of what was stopped is no news.
        (Now::Home(0), "", "a paused, b coming"),
        (Now::Resume("a"), "", "a waiting, b coming"),
        (Now::Pause("b"), "stop 2; look; a from network", "a coming, b paused"),
        (Now::Cancel("a"), "stop 4; look; forget a", "b paused"),
        (Now::Cancel("b"), "look; forget b", ""),
        (Now::Cancel("unheard-of"), "forget unheard-of", ""),
    ]);
}

#[test]
fn what_fails_lets_the_next_one_come_and_can_be_tried_again() {
    let queue = plays(&[
        (Now::Ready, "", ""),
        (Now::Add("a"), "a from network", "a coming"),
        (Now::Add("b"), "", "a coming, b waiting"),
        (Now::Full(0), "look; b from network", "a failed, b coming"),
        (Now::Home(1), "look", "a failed"),
        (Now::Resume("a"), "a from network", "a coming"),
        (Now::Full(2), "look", "a failed"),
    ]);
    assert!(matches!(queue.of("a").map(|it| &it.state), Some(ItemState::Failed(_))));
}

#[test]
fn a_new_engine_takes_it_up_again() {
    plays(&[
        (Now::Ready, "", ""),
        (Now::Add("a"), "a from network", "a coming"),
        (Now::Add("b"), "", "a coming, b waiting"),
        (Now::Lost, "", "a waiting, b waiting"),
        (Now::Pause("a"), "look", "a paused, b waiting"),
        (Now::Ready, "b from network", "a paused, b coming"),
    ]);
}

#[test]
fn what_is_loaded_meanwhile_need_not_come_twice() {
    plays(&[
        (Now::Ready, "", ""),
        (Now::Add("a"), "a from network", "a coming"),
        (Now::Add("b"), "", "a coming, b waiting"),
        (Now::Load("a"), "stop 0; look; b from network", "b coming"),
        (Now::Load("c"), "", "b coming"),
    ]);
}

#[test]
fn a_reload_goes_on_with_all_but_what_was_paused() {
    let mut queue = plays(&[
        (Now::Ready, "", ""),
        (Now::Add("a"), "a from network", "a coming"),
        (Now::Add("b"), "", "a coming, b waiting"),
        (Now::Import("c"), "", "a coming, b waiting, c waiting"),
        (Now::Pause("a"), "stop 0; look; b from network", "a paused, b coming, c waiting"),
    ]);
    let remembered = queue.remembered();
    assert_eq!(remembered, [("a".to_owned(), true), ("b".to_owned(), false)]);
    queue = Queue::default();
    for (model, is_paused) in remembered {
        assert_eq!(queue.recall(spec(&model), is_paused), []);
    }
    let steps: Vec<_> = queue.engine_is_ready().iter().map(tell).collect();
    assert_eq!(steps, ["b from network"]);
}

#[test]
fn it_is_told_how_far_one_has_come() {
    let mut queue = plays(&[(Now::Ready, "", ""), (Now::Add("a"), "a from network", "a coming")]);
    let id = RequestId(1 << 30);
    let retrying = Notice::Retrying { file: "a".into(), attempt: 1, wait_ms: 400 };
    queue.hear(id, Reply::Notice(retrying));
    let loading = |queue: &Queue| match &queue.of("a").expect("it is there").state {
        ItemState::Coming(loading) => loading.clone(),
        other => panic!("{other:?}"),
    };
    assert!(loading(&queue).retrying);
    let progress =
        Progress { file: "b".into(), done_bytes: 20, total_bytes: 50, bytes_per_second: Some(7) };
    queue.hear(id, Reply::Progress(progress));
    let loading = loading(&queue);
    assert_eq!((loading.done_bytes, loading.total_bytes, loading.retrying), (70, 100, false));
    assert_eq!(loading.bytes_per_second, Some(7));
}
