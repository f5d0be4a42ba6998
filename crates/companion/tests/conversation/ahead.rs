//! What the next question will come after is read before it comes.

use bella_companion::{Companion, Effect, Event, Language, Now};
use bella_protocol::{Request, Stop};

use crate::story::{ended, fresh, loaded, qwen, read_ahead, ready, said, smol, text, up};

/// All that is to be read ahead, one line for each time: what stands in it after the
/// system prompt.
fn read(bella: &mut Companion, story: Vec<Event>) -> Vec<String> {
    let mut told = Vec::new();
    for event in story {
        let effects = bella.step(event, Now::default());
        told.extend(effects.iter().filter_map(read_ahead).map(|messages| {
            messages[1..].iter().map(|it| &it.content[..]).collect::<Vec<_>>().join(" / ")
        }));
    }
    told
}

#[test]
fn a_model_reads_who_it_is_as_soon_as_it_is_there() {
    let mut bella = fresh();
    let told = read(&mut bella, vec![Event::ModelChosen(smol()), up(), loaded(0, "smol")]);
    assert_eq!(told, [""]);
    // And again only when that is something else.
    assert_eq!(read(&mut bella, vec![Event::Beat, Event::TroubleDismissed]), [""; 0]);
}

#[test]
fn an_exchange_is_read_once_it_is_over() {
    let mut bella = ready();
    let story = vec![said("hi"), text(1, " Hello"), text(1, " there."), ended(1, Stop::Finished)];
    assert_eq!(read(&mut bella, story), ["hi / Hello there."]);
    assert_eq!(read(&mut bella, vec![Event::Cleared]), [""]);
    assert_eq!(read(&mut bella, vec![Event::ClearUndone]), ["hi / Hello there."]);
}

#[test]
fn nothing_is_read_ahead_of_a_message_that_waits() {
    let mut bella = ready();
    let story = vec![said("hi"), text(1, "Hello."), said("and?"), ended(1, Stop::Finished)];
    assert_eq!(read(&mut bella, story), [""; 0]);
}

#[test]
fn another_language_makes_another_beginning() {
    let mut bella = fresh();
    let beginning = vec![Event::ModelChosen(qwen()), up(), loaded(0, "qwen")];
    assert_eq!(read(&mut bella, beginning), [""]);
    assert_eq!(read(&mut bella, vec![Event::LanguageChosen(Language::Korean)]), [""]);
    // One that it does not speak changes nothing.
    let mut bella = ready();
    assert_eq!(read(&mut bella, vec![Event::LanguageChosen(Language::Korean)]), [""; 0]);
}

#[test]
fn whoever_saves_power_reads_nothing_in_vain() {
    let mut bella = fresh();
    let story = vec![
        Event::PowerSavingChosen(true),
        Event::ModelChosen(smol()),
        up(),
        // After the number of threads.
        loaded(1, "smol"),
    ];
    assert_eq!(read(&mut bella, story), [""; 0]);
    assert!(bella.state().phase.has_model());
}

/// Nobody waits for it, so a message does not either.
#[test]
fn a_message_is_asked_while_something_is_read_ahead() {
    let mut bella = ready();
    let effects = bella.step(said("hi"), Now::default());
    let asks = |effect: &Effect| matches!(effect, Effect::Send(sent) if matches!(sent.request, Request::Chat { .. }));
    assert!(effects.iter().any(asks), "{effects:?}");
}
