//! What is said about the meaning of a text, and the feeling in it.

use serde::{Deserialize, Serialize};

/// What a text is to be compared as. Models of the E5 family were trained with
/// the one or the other written before it; to others it is all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A question, or either side of a comparison between equals.
    Query,
    /// Something to be found by a question.
    Passage,
}

/// How much of a text went into its vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextRead {
    /// Tokens of the text, marks and prefix included.
    pub tokens: usize,
    /// How many of them were read: fewer, if it is longer than the model can see.
    pub read: usize,
}

/// A calibrated distribution: of texts given 0.8, about four in five are so.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mood {
    pub negative: f32,
    pub positive: f32,
}
