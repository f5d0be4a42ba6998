//! What language models are asked, to the token.

use bella_protocol::{ChatMessage, Role};

/// Tokens of [`asked`] once SmolLM2's chat template is around it.
pub const PROMPT_TOKENS: usize = 146;

/// Tokens of each reply that is timed.
pub const REPLY_TOKENS: usize = 96;

/// A prompt of [`PROMPT_TOKENS`] tokens whose answer is long. It begins with a
/// number of its own, so that no side finds it in a cache: digits are a token each.
pub fn asked(number: u32) -> Vec<ChatMessage> {
    // In steps that change the first digit too.
    let number = 1000 + number * 2741 % 9000;
    let system = format!("{number} is the number of this talk. You are a patient storyteller.");
    vec![ChatMessage::new(Role::System, system), ChatMessage::new(Role::User, STORY)]
}

const STORY: &str = "Tell me a long story about a lighthouse on a small island far out in the northern sea, and \
    about the keeper who has lived in it alone for thirty years with an old grey dog. One \
    night in November the lamp goes out in the middle of a storm, while a fishing boat with \
    five people is on its way home. Tell me what the keeper hears, what she thinks, what she \
    does first, and who comes to help her in the end. Use very many small details, please, and \
    do not stop before the morning has come and everybody is safe.";

/// About two thousand tokens of talk before the last question.
pub fn long_talk(number: u32) -> Vec<ChatMessage> {
    let mut messages = asked(number);
    for day in 1..=DAYS {
        messages.push(ChatMessage::new(
            Role::Assistant,
            format!(
                "On day {day} the wind came from the north and the keeper wrote into her book: \
                 the lamp was lit at dusk, two ships went by, the dog slept by the stove, and the \
                 boat from the village brought bread, oil, letters and a basket of apples."
            ),
        ));
        messages.push(ChatMessage::new(Role::User, format!("And what came on day {}?", day + 1)));
    }
    messages
}

const DAYS: usize = 24;
