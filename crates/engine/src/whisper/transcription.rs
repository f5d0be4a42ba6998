//! Sound of any length to text, in windows of half a minute.

use std::collections::VecDeque;

use bella_protocol::{Language, Segment, TranscribeOptions, Transcript};

use super::Whisper;
use super::decoding::{Advance, Decoding, Hypothesis, Means};
use super::encoder::{Heard, Listening};
use super::pace::Pace;
use super::segments;
use crate::audio::SAMPLE_RATE;
use crate::audio::mel::{HOP, Spectrogram};
use crate::error::Result;

const FRAMES_PER_SECOND: usize = SAMPLE_RATE / HOP;
/// Frames of the spectrogram that are made in one step.
const FRAMES_PER_STEP: usize = 500;
/// Sound shorter than this says nothing.
const SHORTEST: usize = FRAMES_PER_SECOND / 10;
/// Nor does what is left behind the last sentence, unless it is longer.
const SHORTEST_REST: usize = 3 * FRAMES_PER_SECOND / 10;
/// So much has to be new before a preview is worth its work.
const PREVIEW_AFTER: usize = FRAMES_PER_SECOND;
/// Or so much, and behind it a pause: somebody may have said all there is to say.
const PREVIEW_OF_WORDS: usize = FRAMES_PER_SECOND / 2;
const PAUSE: usize = FRAMES_PER_SECOND / 5;
/// log₁₀ energy that what follows a voice is below it where nothing more is said: no
/// speech sound is 30 dB weaker than those around it.
const QUIETER: f32 = 3.0;
/// Frames that a key or a knock is loud at most; a syllable is longer.
const CRACK: usize = FRAMES_PER_SECOND / 10;
/// log₁₀ energy below which a window is silent without asking the model: what a
/// converter hisses with nothing connected, about 76 dB below full scale.
const SILENT: f32 = -7.0;
/// Frames of silence that are heard with the sound at least: the model was
/// trained on windows that are never cut off at their last word.
const SILENCE_AFTER: usize = 3 * FRAMES_PER_SECOND;
/// And before sound from a microphone at most: behind more of it the model hears worse,
/// and later.
const SILENCE_BEFORE: usize = 4 * FRAMES_PER_SECOND / 10;
/// Text from so high a temperature is no good context for what follows.
const UNRELIABLE: f32 = 0.5;

/// What a step brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Working,
    /// Nothing to do until more sound comes, or its end.
    Waiting,
    /// What follows the last segment seems to say this. It may still change.
    Partial(String),
    Segment(Segment),
    Done(Transcript),
}

/// One piece of sound on its way to text.
#[derive(Debug)]
pub struct Transcription {
    options: TranscribeOptions,
    spectrogram: Spectrogram,
    /// The frame at which the next window begins.
    seek: usize,
    /// Whether a window is over, and what follows is no beginning any more.
    has_moved_on: bool,
    language: Option<Language>,
    /// What was said so far, timestamps included: context for the next window.
    before: Vec<u32>,
    phase: Phase,
    pace: Pace,
    /// Found and not yet told.
    untold: VecDeque<Segment>,
    segments: Vec<Segment>,
    /// The last partial result.
    shown: String,
    /// How much sound the last preview covered, in frames.
    previewed: usize,
    /// What the last preview brought: all there is, if nothing more is said.
    foreseen: Option<Foreseen>,
}

#[derive(Debug)]
struct Foreseen {
    window: Window,
    language: Language,
    hypothesis: Hypothesis,
}

#[derive(Debug)]
enum Phase {
    /// Until there is a window to work on.
    Gathering,
    Encoding(Box<Listening>, Window),
    Detecting(Heard, Window),
    Decoding(Heard, Box<Decoding>, Window),
}

impl Phase {
    fn window_mut(&mut self) -> Option<&mut Window> {
        match self {
            Self::Gathering => None,
            Self::Encoding(_, window)
            | Self::Detecting(_, window)
            | Self::Decoding(_, _, window) => Some(window),
        }
    }
}

/// The part of the sound that is worked on.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// Frames of sound in it; silence follows.
    frames: usize,
    /// Whether more sound may still come into it.
    is_preview: bool,
    /// Whether the encoder heard little more than the sound.
    is_glance: bool,
}

impl Transcription {
    pub fn new(model: &Whisper, options: TranscribeOptions) -> Result<Self> {
        if let Some(language) = options.language {
            // Fails for a language that the model does not know.
            model.tokens.beginning(language, options.timestamps)?;
        }
        Ok(Self {
            spectrogram: Spectrogram::new(model.filters.clone())?,
            language: options.language,
            options,
            seek: 0,
            has_moved_on: false,
            before: Vec::new(),
            phase: Phase::Gathering,
            pace: Pace::new(),
            untold: VecDeque::new(),
            segments: Vec::new(),
            shown: String::new(),
            previewed: 0,
            foreseen: None,
        })
    }

    /// More sound: one channel at [`SAMPLE_RATE`], from −1 to 1.
    pub fn push_audio(&mut self, samples: &[f32]) -> Result<()> {
        self.spectrogram.push(samples)
    }

    /// No more sound comes.
    pub fn end_audio(&mut self) {
        self.spectrogram.end();
    }

    /// Whether there is less sound than the next window holds: hours of it need
    /// not be handed over at once.
    pub fn wants_audio(&self, model: &Whisper) -> bool {
        !self.spectrogram.has_ended()
            && self.spectrogram.content() < self.seek + 2 * model.sizes.window_frames()
    }

    /// Works for some tens of milliseconds. `clock` tells milliseconds.
    pub fn step(&mut self, model: &Whisper, clock: &dyn Fn() -> f64) -> Result<Step> {
        if let Some(segment) = self.untold.pop_front() {
            return Ok(Step::Segment(segment));
        }
        let started = clock();
        let mut phase = std::mem::replace(&mut self.phase, Phase::Gathering);
        if let Some(window) = phase.window_mut()
            && window.is_preview
            && self.spectrogram.has_ended()
        {
            // What was meant to be shown meanwhile may turn out to be all there is.
            if self.spectrogram.advance(FRAMES_PER_STEP) > 0 {
                self.phase = phase;
            } else if self.is_quiet_behind(window.frames) {
                window.frames = self.rest(model);
                window.is_preview = false;
                self.phase = phase;
            }
            return Ok(Step::Working);
        }
        match phase {
            Phase::Gathering => self.gather(model),
            Phase::Encoding(mut listening, window) => {
                let done = listening.advance(&model.encoder, &model.decoder, self.pace.budget());
                self.phase = match done {
                    Some(multiplications) => {
                        self.pace.learn(multiplications, clock() - started);
                        Phase::Encoding(listening, window)
                    }
                    None => self.encoded(model, listening.into_heard(), window)?,
                };
                Ok(Step::Working)
            }
            Phase::Detecting(heard, window) => {
                let language = model.detect_language(&heard);
                self.phase = self.decode(model, heard, window, language)?;
                Ok(Step::Working)
            }
            Phase::Decoding(heard, decoding, window) => {
                self.advance(model, heard, decoding, window)
            }
        }
    }

    /// Makes frames of what came; begins a window when there is one.
    fn gather(&mut self, model: &Whisper) -> Result<Step> {
        if self.spectrogram.advance(FRAMES_PER_STEP) > 0 {
            return Ok(Step::Working);
        }
        let (content, ended) = (self.spectrogram.content(), self.spectrogram.has_ended());
        let rest = content.saturating_sub(self.seek);
        let shortest = if self.has_moved_on { SHORTEST_REST } else { SHORTEST };
        if ended && rest < shortest {
            return Ok(Step::Done(self.transcript()));
        }
        let full = self.spectrogram.made() >= self.seek + model.sizes.window_frames();
        let is_preview = !full && !ended;
        if is_preview && !self.wants_preview() {
            return Ok(Step::Waiting);
        }
        let foreseen = self.foreseen.take();
        if is_preview {
            self.previewed = content;
        }
        let frames = self.rest(model);
        let window = Window { frames, is_preview, is_glance: true };
        if let Some(Foreseen { window: before, language, hypothesis }) = foreseen
            && ended
            && self.is_quiet_behind(before.frames)
        {
            self.conclude(model, window, language, hypothesis);
            return Ok(Step::Working);
        }
        if self.spectrogram.loudest(self.seek, window.frames) < SILENT {
            if !is_preview {
                self.move_on(window.frames);
            }
            return Ok(Step::Working);
        }
        if self.options.partials && self.skip_quiet(window.frames) && full {
            // What it begins later by is room for more.
            return Ok(Step::Working);
        }
        self.listen(model, Window { frames: self.rest(model), ..window })
    }

    /// Begins shortly before the first sound of the next frames; whether that is later.
    fn skip_quiet(&mut self, frames: usize) -> bool {
        let quiet = self.spectrogram.reached_by(CRACK, self.seek, frames) - QUIETER;
        let sound = self.spectrogram.first_above(quiet, self.seek, frames).unwrap_or(self.seek);
        let begins = self.seek.max(sound.saturating_sub(SILENCE_BEFORE));
        std::mem::replace(&mut self.seek, begins) < begins
    }

    /// Frames of sound in the next window.
    fn rest(&self, model: &Whisper) -> usize {
        (self.spectrogram.content().saturating_sub(self.seek)).min(model.sizes.window_frames())
    }

    /// Whether there is enough new sound to look at: a second of it, or less, if
    /// somebody seems to be done.
    fn wants_preview(&self) -> bool {
        let content = self.spectrogram.content();
        let rest = content.saturating_sub(self.seek);
        if !self.options.partials || rest < PREVIEW_OF_WORDS {
            return false;
        }
        let is_long = rest >= PREVIEW_AFTER && content >= self.previewed + PREVIEW_AFTER;
        let known = self.previewed.saturating_sub(self.seek);
        is_long || (self.is_quiet_behind(rest - PAUSE) && !self.is_quiet_behind(known))
    }

    /// Whether nothing more is said from `frames` after the last segment on.
    fn is_quiet_behind(&self, frames: usize) -> bool {
        let voice = self.spectrogram.reached_by(CRACK, self.seek, frames);
        let behind = self.spectrogram.made().saturating_sub(self.seek + frames);
        frames > 0
            && (behind == 0
                || self.spectrogram.loudest(self.seek + frames, behind) < voice - QUIETER)
    }

    /// Begins to hear a window: a glance at no more than the sound itself, or all of
    /// what the model is used to.
    fn listen(&mut self, model: &Whisper, window: Window) -> Result<Step> {
        let full = model.sizes.window_frames();
        let frames = match window.is_glance {
            true => full.min((window.frames + SILENCE_AFTER).next_multiple_of(2)),
            false => full,
        };
        let window = Window { is_glance: frames < full, ..window };
        let mel = self.spectrogram.window(self.seek, frames);
        let listening = Listening::new(&model.encoder, &model.decoder, mel)?;
        self.phase = Phase::Encoding(Box::new(listening), window);
        Ok(Step::Working)
    }

    fn encoded(&mut self, model: &Whisper, heard: Heard, window: Window) -> Result<Phase> {
        match (self.language, model.tokens.languages()) {
            (Some(language), _) => self.decode(model, heard, window, language),
            (None, None) => self.decode(model, heard, window, Language::English),
            (None, Some(_)) => Ok(Phase::Detecting(heard, window)),
        }
    }

    fn decode(
        &mut self,
        model: &Whisper,
        heard: Heard,
        window: Window,
        language: Language,
    ) -> Result<Phase> {
        let fits = !self.has_moved_on && (self.spectrogram.has_ended() || window.is_preview);
        let timestamps =
            self.options.timestamps || !fits || window.frames == model.sizes.window_frames();
        let beginning = model.tokens.beginning(language, timestamps)?;
        let seed = self.options.seed.wrapping_add(self.seek as u64);
        let mut decoding =
            Decoding::new(&model.decoder, &model.tokens, &self.before, &beginning, language, seed);
        if window.is_glance {
            decoding = decoding.only_once();
        }
        Ok(Phase::Decoding(heard, Box::new(decoding), window))
    }

    fn advance(
        &mut self,
        model: &Whisper,
        heard: Heard,
        mut decoding: Box<Decoding>,
        window: Window,
    ) -> Result<Step> {
        let per_token = model.decoder.multiplications_per_token(&heard);
        let block = (self.pace.budget() / per_token) as usize;
        let means = Means {
            decoder: &model.decoder,
            tokens: &model.tokens,
            tokenizer: &model.tokenizer,
            heard: &heard,
        };
        Ok(match decoding.advance(means, block) {
            Advance::Done(hypothesis) if window.is_glance && !hypothesis.is_sure() => {
                self.listen(model, Window { is_glance: false, ..window })?
            }
            Advance::Done(hypothesis) if window.is_preview => {
                if hypothesis.is_speech() {
                    let text = model.text_of(&hypothesis.said);
                    let language = decoding.language();
                    self.foreseen = Some(Foreseen { window, language, hypothesis });
                    self.partial(&text, true)
                } else {
                    Step::Working
                }
            }
            Advance::Done(hypothesis) => {
                self.conclude(model, window, decoding.language(), hypothesis);
                Step::Working
            }
            advance => {
                let step = match advance {
                    Advance::Text if decoding.is_promising() => {
                        self.partial(decoding.text().trim(), false)
                    }
                    _ => Step::Working,
                };
                self.phase = Phase::Decoding(heard, decoding, window);
                step
            }
        })
    }

    /// Tells what seems to be said, if it is more than what was told, or
    /// `certain` to be all of it: text on its way must not shrink and grow again
    /// each time the sound is heard anew.
    fn partial(&mut self, text: &str, certain: bool) -> Step {
        let more = text.chars().count() > self.shown.chars().count() || certain;
        if !self.options.partials || !more || text == self.shown {
            return Step::Working;
        }
        self.shown = text.to_owned();
        Step::Partial(self.shown.clone())
    }

    /// Keeps what was found in a window, and moves on behind it.
    fn conclude(
        &mut self,
        model: &Whisper,
        window: Window,
        language: Language,
        hypothesis: Hypothesis,
    ) {
        let duration = window.frames as f64 / FRAMES_PER_SECOND as f64;
        let offset = self.seek as f64 / FRAMES_PER_SECOND as f64;
        let mut done = duration;
        self.shown.clear();
        if hypothesis.is_speech() {
            let (stretches, until) = segments::cut(&model.tokens, &hypothesis.said, duration);
            done = until;
            for stretch in stretches {
                let text = model.text_of(stretch.said);
                if text.is_empty() || stretch.start >= stretch.end {
                    continue;
                }
                self.language = Some(language);
                self.before.extend_from_slice(stretch.said);
                let (start, end) = (stretch.start.min(duration), stretch.end.min(duration));
                let segment = Segment { start: offset + start, end: offset + end, text };
                self.segments.push(segment.clone());
                self.untold.push_back(segment);
            }
            if hypothesis.temperature > UNRELIABLE {
                self.before.clear();
            }
        }
        let frames = (done * FRAMES_PER_SECOND as f64).round() as usize;
        // A window that brought nothing to an end is over all the same.
        self.move_on(if frames == 0 { window.frames } else { frames.min(window.frames) });
        let unused = self.before.len().saturating_sub(model.decoder.context());
        self.before.drain(..unused);
    }

    /// Is done with this many frames.
    fn move_on(&mut self, frames: usize) {
        self.has_moved_on = true;
        self.seek += frames;
        self.spectrogram.forget_before(self.seek);
    }

    fn transcript(&self) -> Transcript {
        let texts: Vec<&str> = self.segments.iter().map(|segment| segment.text.as_str()).collect();
        Transcript {
            text: texts.join(" "),
            language: self.language,
            segments: self.segments.clone(),
        }
    }
}

impl Whisper {
    /// The likelier of the languages that are listened for.
    fn detect_language(&self, heard: &Heard) -> Language {
        let state =
            self.decoder.forward(&[self.tokens.start], &mut self.decoder.new_written(), heard);
        let logits = self.decoder.logits(&state);
        let score = |token: u32| logits.get(token as usize).copied().unwrap_or(f32::NEG_INFINITY);
        match self.tokens.languages() {
            Some([(first, first_token), (second, second_token)]) => {
                if score(first_token) > score(second_token) { first } else { second }
            }
            None => Language::English,
        }
    }
}
