//! The results, as they are written down.

use bella_protocol::Failure;
use serde::{Deserialize, Serialize};

use crate::median;

/// Everything that one run found out. A page fills in what it can know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub machine: Machine,
    /// One for every build, number of threads and model.
    pub runs: Vec<Run>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub engine_files: Vec<EngineFiles>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text_errors: Vec<TextError>,
    /// How long a person waits who spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

/// From the moment the talk button is let go, in milliseconds; one of each a round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Waits {
    /// Until what was said is on the page.
    pub transcript_ms: Vec<f64>,
    /// Until the first word of the reply is.
    pub first_word_ms: Vec<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// ISO 8601.
    pub date: String,
    /// As the browser names itself, or as it is named from outside.
    pub browser: String,
    /// Threads the processor offers.
    pub cores: usize,
    /// What a browser tells: a power of two, and never much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_gib: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// How busy the machine was when the run began, as the system tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineBuild {
    pub name: String,
    pub threads: usize,
}

/// One model in an engine of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub build: EngineBuild,
    pub model: String,
    /// Of its files, and of the model it leans on.
    pub weights_bytes: u64,
    /// What the engine says its models hold at the end.
    #[serde(default)]
    pub held_bytes: u64,
    /// Of that, what they did not hold when they were loaded: keys and values of all
    /// they have in view.
    #[serde(default)]
    pub cache_bytes: u64,
    /// Of the engine's module at the end: it never gives any back.
    pub peak_wasm_bytes: Option<u64>,
    pub figures: Vec<Figure>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

impl Run {
    pub fn figure(&self, kind: Kind) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.kind == kind)
    }

    /// How much memory it takes for every byte that has to be there: the weights as
    /// they lie in their files, and the cache.
    pub fn peak_over_needed(&self) -> Option<f64> {
        let needed = self.weights_bytes.saturating_add(self.cache_bytes);
        let peak = self.peak_wasm_bytes.filter(|_| needed > 0)?;
        Some(peak as f64 / needed as f64)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub kind: Kind,
    pub unit: Unit,
    pub median: f64,
    /// In the order in which they were taken.
    pub samples: Vec<f64>,
}

impl Figure {
    /// `None` without samples.
    pub fn of(kind: Kind, samples: Vec<f64>) -> Option<Self> {
        Some(Self { kind, unit: kind.unit(), median: median(&samples)?, samples })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// From the first byte asked for to a model that is ready.
    Load,
    /// Reading a prompt of some hundred tokens.
    Prefill,
    /// Writing with little in view.
    Decode,
    /// Reading two thousand tokens.
    #[serde(rename = "prefill_2k")]
    PrefillLong,
    /// Writing with two thousand tokens in view.
    #[serde(rename = "decode_2k")]
    DecodeLong,
    #[serde(rename = "transcribe_2s")]
    TranscribeShort,
    #[serde(rename = "transcribe_11s")]
    TranscribeMiddle,
    #[serde(rename = "transcribe_30s")]
    TranscribeLong,
    Embed,
    Feel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    #[serde(rename = "tokens/s")]
    TokensPerSecond,
    #[serde(rename = "ms")]
    Milliseconds,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Load,
        Self::Prefill,
        Self::Decode,
        Self::PrefillLong,
        Self::DecodeLong,
        Self::TranscribeShort,
        Self::TranscribeMiddle,
        Self::TranscribeLong,
        Self::Embed,
        Self::Feel,
    ];

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::Prefill | Self::Decode | Self::PrefillLong | Self::DecodeLong => {
                Unit::TokensPerSecond
            }
            _ => Unit::Milliseconds,
        }
    }

    /// As it is written down.
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Prefill => "prefill",
            Self::Decode => "decode",
            Self::PrefillLong => "prefill_2k",
            Self::DecodeLong => "decode_2k",
            Self::TranscribeShort => "transcribe_2s",
            Self::TranscribeMiddle => "transcribe_11s",
            Self::TranscribeLong => "transcribe_30s",
            Self::Embed => "embed",
            Self::Feel => "feel",
        }
    }
}

impl Unit {
    pub fn name(self) -> &'static str {
        match self {
            Self::TokensPerSecond => "tokens/s",
            Self::Milliseconds => "ms",
        }
    }
}

/// What a visitor has to fetch to have this build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineFiles {
    pub build: String,
    pub raw_bytes: u64,
    pub brotli_bytes: u64,
}

/// Of what was heard on recordings, in per cent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextError {
    pub model: String,
    pub recordings: String,
    pub word_error: f64,
    pub letter_error: f64,
}

/// What was not measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Skipped {
    pub what: String,
    pub why: String,
    /// The same as data, where the engine said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl Skipped {
    pub fn because(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), failure: None }
    }

    pub fn failed(what: &str, failure: &Failure) -> Self {
        let why = failure.to_string();
        Self { what: what.to_owned(), why, failure: Some(failure.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_written_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_name(kind.name()), Some(kind));
            let written = serde_json::to_value(kind).expect("writes");
            assert_eq!(written, kind.name());
            let unit = serde_json::to_value(kind.unit()).expect("writes");
            assert_eq!(unit, kind.unit().name());
        }
    }

    /// Somebody may hold a file of a run that knew less.
    #[test]
    fn a_report_of_a_page_reads_without_what_a_page_cannot_know() {
        let json = r#"{
            "machine": { "date": "2026-01-01T00:00:00Z", "browser": "B/1", "cores": 2 },
            "runs": [{
                "build": { "name": "baseline", "threads": 1 },
                "model": "m", "weights_bytes": 10,
                "peak_wasm_bytes": 14,
                "figures": [{ "kind": "decode_2k", "unit": "tokens/s", "median": 2.0, "samples": [2.0] }]
            }]
        }"#;
        let report: Report = serde_json::from_str(json).expect("reads");
        let [run] = report.runs.as_slice() else { panic!("{report:?}") };
        assert_eq!(run.figure(Kind::DecodeLong).map(|figure| figure.median), Some(2.0));
        assert_eq!(run.figure(Kind::Decode), None);
        assert_eq!(run.peak_over_needed(), Some(1.4));
    }
}
