//! What the page and the engine's worker say to each other.
//!
//! Every message is one [`ToEngine`] or one [`FromEngine`], written as JSON and
//! posted between the two threads. A request carries an id chosen by the page;
//! everything the engine says about it carries the same id and ends with exactly
//! one [`Reply::Done`] or [`Reply::Failed`]. Long rows of numbers (sound in,
//! vectors out) travel beside the JSON as a transferred array buffer of 32-bit
//! floats, never inside it.
//!
//! - [`request`]: what the page may ask
//! - [`reply`]: what the engine answers, piece by piece
//! - [`speech`]: sound, the voices and the words in it
//! - [`meaning`]: what a text means, and how it feels
//! - [`keeping`]: what the device keeps of models
//! - [`build`]: which build of the engine it is that answers
//! - [`failure`]: every way a request can fail, as data the page can put into words

pub mod build;
pub mod failure;
pub mod keeping;
pub mod meaning;
pub mod reply;
pub mod request;
pub mod speech;

pub use build::{Build, BuildName, Fallback};
pub use failure::Failure;
pub use keeping::{Kept, NotKept, Notice, Origin};
pub use meaning::{Mood, Purpose, TextRead};
pub use reply::{EngineStatus, FromEngine, LoadedModel, Outcome, Progress, Reply, Stop, Usage};
pub use request::{
    ChatMessage, ChatOptions, ModelFile, ModelSpec, Request, RequestId, Role, Task, ToEngine,
    Urgency,
};
pub use speech::{
    Language, Patience, Segment, SoundFormat, Stretch, TranscribeOptions, Transcript, Turn,
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ends are built from this crate, but a page and a worker of two
    /// releases can meet in one browser cache: unknown words must be an error
    /// and not a guess.
    #[test]
    fn an_unknown_request_is_refused() {
        let unknown = r#"{"id":1,"request":{"Dance":{}}}"#;
        assert!(serde_json::from_str::<ToEngine>(unknown).is_err());
    }

    #[test]
    fn a_chat_request_survives_the_crossing() {
        let sent = ToEngine {
            id: RequestId(7),
            request: Request::Chat {
                model: "smollm2".into(),
                messages: vec![ChatMessage::new(Role::User, "안녕 \u{1F44B} \"quoted\"\n")],
                options: ChatOptions::default(),
            },
        };
        let crossed: ToEngine =
            serde_json::from_str(&serde_json::to_string(&sent).expect("writes")).expect("reads");
        assert_eq!(crossed, sent);
    }

    #[test]
    fn listening_goes_before_talking_before_indexing() {
        assert!(Urgency::Listening < Urgency::Talking);
        assert!(Urgency::Talking < Urgency::Indexing);
    }
}
