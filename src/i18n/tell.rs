//! What the companion knows as data, in words: troubles, with what the person
//! can do next, and the engine.

mod history;

use bella_companion::mouth::NotSaid;
use bella_companion::{Fit, Language, Loading, Tier, Trouble};
use bella_measure::Skipped;
use bella_protocol::{Build, BuildName, Failure, Fallback, NotKept};

use super::{Messages, units};
use crate::in_app::App;
use crate::own_server::address::Unfit;
use crate::own_server::verdict::Verdict;
use crate::own_server::{Outcome, UnfitKey};
use crate::shared::Note;

pub use history::history;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub what: String,
    pub next: String,
    /// For a report or a curious person; in English, as the engine said it.
    pub detail: Option<String>,
}

/// Why something was not said aloud.
pub fn not_said(messages: &'static Messages, why: &NotSaid) -> Told {
    let t = &messages.speaking;
    let name = |language: &Language| match language {
        Language::Korean => messages.words.korean,
        Language::English => messages.words.english,
    };
    let (what, next) = match why {
        NotSaid::NoVoices => (t.no_voices.to_owned(), t.no_voices_next),
        NotSaid::NoVoiceFor(language) => ((t.no_voice_for)(name(language)), t.no_voice_for_next),
        NotSaid::OnlyRemote(language) => ((t.remote_only)(name(language)), t.remote_only_next),
        NotSaid::NotAllowed => (t.not_allowed.to_owned(), t.not_allowed_next),
        NotSaid::NeverStarted => (t.never_started.to_owned(), t.never_started_next),
        NotSaid::NeverEnded => (t.never_ended.to_owned(), t.never_ended_next),
        NotSaid::Failed { .. } => (t.failed.to_owned(), t.failed_next),
    };
    let detail = match why {
        NotSaid::Failed { error } => Some(error.clone()),
        _ => None,
    };
    Told { what, next: next.to_owned(), detail }
}

pub fn trouble(messages: &'static Messages, trouble: &Trouble) -> Told {
    let t = &messages.trouble;
    let (what, next, detail) = match trouble {
        Trouble::EngineNotStarted { detail } => {
            (t.engine_not_started, t.engine_not_started_next, detail)
        }
        Trouble::EngineLost { detail } => (t.engine_lost, t.engine_lost_next, detail),
        Trouble::EngineKeepsDying { detail } => {
            (t.engine_keeps_dying, t.engine_keeps_dying_next, detail)
        }
        Trouble::LoadKilledTab { model } => {
            let what = (t.load_killed_tab)(model);
            return Told { what, next: t.load_killed_tab_next.to_owned(), detail: None };
        }
        Trouble::Failed(failure) => return self::failure(messages, failure),
    };
    let detail = Some(detail.clone()).filter(|detail| !detail.is_empty());
    Told { what: what.to_owned(), next: next.to_owned(), detail }
}

pub fn failure(messages: &'static Messages, failure: &Failure) -> Told {
    let t = &messages.trouble;
    let (what, next) = match failure {
        Failure::NotLoaded { .. } => (t.not_loaded.to_owned(), t.not_loaded_next),
        Failure::Unreachable { file, .. } => ((t.unreachable)(file), t.unreachable_next),
        Failure::Forbidden { file } => ((t.forbidden)(file), t.forbidden_next),
        Failure::NotInFile { file } => ((t.not_in_file)(file), t.not_in_file_next),
        Failure::NotKept(why) => {
            let told = not_kept(messages, why);
            return match why {
                NotKept::Full { needed_bytes, fit_bytes, .. } => {
                    let (needed, fit) = (units::bytes(*needed_bytes), units::bytes(*fit_bytes));
                    Told { what: (messages.keeping.no_room)(&needed, &fit), ..told }
                }
                _ => told,
            };
        }
        Failure::BadStatus { file, status } => {
            ((t.bad_status)(file, &status.to_string()), t.bad_status_next)
        }
        Failure::ShortFile { file, got, expected } => {
            let (got, expected) = (units::bytes(*got), units::bytes(*expected));
            ((t.short_file)(file, &got, &expected), t.short_file_next)
        }
        Failure::WrongHash { file, .. } => ((t.wrong_hash)(file), t.wrong_hash_next),
        Failure::BadModel { file, .. } => ((t.bad_model)(file), t.bad_model_next),
        Failure::TooLarge { needed_bytes, free_bytes, .. } => {
            let (needed, free) = (units::bytes(*needed_bytes), units::bytes(*free_bytes));
            ((t.too_large)(&needed, &free), t.too_large_next)
        }
        Failure::TooLong { tokens, limit } => {
            ((t.too_long)(&tokens.to_string(), &limit.to_string()), t.too_long_next)
        }
        Failure::WrongTask { .. } => (t.wrong_task.to_owned(), t.wrong_task_next),
        Failure::BadRequest { .. } => (t.bad_request.to_owned(), t.bad_request_next),
        Failure::Crashed { .. } => (t.crashed.to_owned(), t.crashed_next),
    };
    Told { what, next: next.to_owned(), detail: Some(failure.to_string()) }
}

/// Why a model is in memory only.
pub fn not_kept(messages: &'static Messages, why: &NotKept) -> Told {
    let t = &messages.keeping;
    let (what, next, detail) = match why {
        NotKept::Refused { detail } => {
            (t.refused.to_owned(), t.refused_next.to_owned(), Some(detail.clone()))
        }
        NotKept::Full { needed_bytes, fit_bytes, others_bytes } => {
            let next = match others_bytes {
                0 => t.full_next.to_owned(),
                bytes => (t.full_others_next)(&units::bytes(*bytes)),
            };
            ((t.full)(&units::bytes(*needed_bytes), &units::bytes(*fit_bytes)), next, None)
        }
        NotKept::OverLimit { needed_bytes, limit_bytes, others_bytes } => {
            let what = (t.over_limit)(&units::bytes(*needed_bytes), &units::bytes(*limit_bytes));
            (what, (t.over_limit_next)(&units::bytes(*others_bytes)), None)
        }
        NotKept::Unreliable => (t.unreliable.to_owned(), t.unreliable_next.to_owned(), None),
    };
    Told { what, next, detail }
}

/// What came of adding, trying or changing a server of one's own, and what to do next
/// where that does not go without saying.
pub fn own_server(messages: &'static Messages, outcome: &Outcome) -> Told {
    let t = &messages.own_server;
    let (what, next) = match outcome {
        Outcome::UnfitAddress(unfit) => (unfit_address(messages, *unfit), ""),
        Outcome::UnfitKey(UnfitKey::Empty) => (t.key_empty, ""),
        Outcome::UnfitKey(UnfitKey::TooLong) => (t.key_too_long, ""),
        Outcome::UnfitKey(UnfitKey::Signs) => (t.key_signs, ""),
        Outcome::NotTaken => (t.not_taken, ""),
        Outcome::NoServiceWorker => (t.cannot_be, ""),
        Outcome::TooEarly => (t.too_early, ""),
        Outcome::NotKept => (t.not_kept, t.not_kept_next),
        Outcome::NotSealed { detail } => {
            let (what, next) = (t.not_sealed.to_owned(), t.not_sealed_next.to_owned());
            return Told { what, next, detail: Some(detail.clone()) };
        }
        Outcome::KeyLost => (t.key_lost, ""),
        Outcome::KeyStored => (t.now_stored, ""),
        Outcome::KeyDeleted => (t.now_no_key, ""),
        Outcome::Deleted => (t.now_deleted, ""),
        Outcome::Tried(Verdict::Answered { models: 0 }) => (t.answered_none, ""),
        Outcome::Tried(Verdict::Answered { models }) => {
            return plainly((t.answered)(&models.to_string()), "");
        }
        Outcome::Tried(Verdict::Status(status)) => {
            return plainly((t.status)(&status.to_string()), t.status_next);
        }
        Outcome::Tried(Verdict::OtherAnswer) => (t.other_answer, t.other_answer_next),
        Outcome::Tried(Verdict::KeyRefused) => (t.key_refused, t.key_refused_next),
        Outcome::Tried(Verdict::KeyWanted) => (t.key_wanted, t.key_wanted_next),
        Outcome::Tried(Verdict::SentOn) => (t.sent_on, t.sent_on_next),
        Outcome::Tried(Verdict::NotYet) => (t.not_yet, t.not_yet_next),
        Outcome::Tried(Verdict::NetworkDenied) => (t.network_denied, t.network_denied_next),
        Outcome::Tried(Verdict::NotForPages) => (t.not_for_pages, t.not_for_pages_next),
        Outcome::Tried(Verdict::Silent) => (t.silent, t.silent_next),
        Outcome::Tried(Verdict::NotEncrypted) => (t.not_encrypted, t.not_encrypted_next),
        Outcome::Tried(Verdict::Broke) => (t.broke, t.broke_next),
    };
    plainly(what.to_owned(), next)
}

fn plainly(what: String, next: &str) -> Told {
    Told { what, next: next.to_owned(), detail: None }
}

fn unfit_address(messages: &'static Messages, unfit: Unfit) -> &'static str {
    let t = &messages.own_server;
    match unfit {
        Unfit::Empty => t.empty,
        Unfit::TooLong => t.too_long,
        Unfit::NoScheme => t.no_scheme,
        Unfit::Unreadable => t.unreadable,
        Unfit::Credentials => t.credentials,
        Unfit::Query => t.query,
        Unfit::Host => t.host,
        Unfit::NotNear => t.not_near,
    }
}

/// Why the lab could not measure something. Some next steps of a conversation make
/// no sense there.
pub fn not_measured(messages: &'static Messages, skipped: &Skipped) -> Told {
    let t = &messages.lab;
    let detail = Some(skipped.why.clone()).filter(|why| !why.is_empty());
    match &skipped.failure {
        // The engine is gone and could say nothing any more.
        None | Some(Failure::Crashed { .. }) => {
            Told { what: t.lost.to_owned(), next: t.lost_next.to_owned(), detail }
        }
        Some(
            failure @ (Failure::NotLoaded { .. }
            | Failure::TooLong { .. }
            | Failure::WrongTask { .. }
            | Failure::BadRequest { .. }),
        ) => Told { next: t.missing_next.to_owned(), ..self::failure(messages, failure) },
        Some(failure) => self::failure(messages, failure),
    }
}

/// How fast a model comes and how long that will take, or why it does not come.
pub fn pace(messages: &'static Messages, loading: &Loading) -> Option<String> {
    let t = &messages.load;
    if loading.retrying {
        return Some(t.retrying.to_owned());
    }
    let speed = loading.bytes_per_second?;
    let pace = (t.pace)(&units::bytes(speed));
    let left = match loading.total_bytes.saturating_sub(loading.done_bytes).checked_div(speed) {
        None | Some(0) => return Some(pace),
        Some(seconds @ ..100) => (t.seconds_left)(&seconds.to_string()),
        Some(seconds) => (t.minutes_left)(&seconds.div_ceil(60).to_string()),
    };
    Some([pace, left].join(" · "))
}

/// Whether a model runs here, and why.
pub fn fit(messages: &'static Messages, fit: Fit) -> String {
    let t = &messages.fit;
    let (words, needed, had) = match fit {
        Fit::Unknown => return t.unknown.to_owned(),
        Fit::Fits { needed_bytes, had_bytes } => (t.fits, needed_bytes, had_bytes),
        Fit::Slow { needed_bytes, had_bytes } => (t.slow, needed_bytes, had_bytes),
        Fit::TooLarge { needed_bytes, had_bytes } => (t.too_large, needed_bytes, had_bytes),
    };
    words(&units::bytes(needed), &units::bytes(had))
}

/// How many tokens a second a model writes, or can be expected to.
pub fn speed(messages: &'static Messages, rate: f64, was_measured: bool) -> String {
    let words = if was_measured { messages.fit.measured } else { messages.fit.expected };
    words(&units::rate(rate))
}

/// What Bella can be on this device.
pub fn tier(messages: &'static Messages, tier: Option<Tier>) -> &'static str {
    let t = &messages.fit;
    match tier {
        None => t.tier_unknown,
        Some(Tier::Commands) => t.commands,
        Some(Tier::Tiny) => t.tiny,
        Some(Tier::Standard) => t.standard,
        Some(Tier::Large) => t.large,
    }
}

/// What there is to know of the engine, a sentence each.
pub fn engine(
    messages: &'static Messages,
    build: Option<&Build>,
    saves_power: bool,
) -> Vec<String> {
    let t = &messages.engine;
    let Some(build) = build else {
        return vec![t.not_yet.to_owned()];
    };
    let name = match build.name {
        BuildName::Baseline => t.baseline,
        BuildName::Turbo => t.turbo,
    };
    let threads = match build.threads {
        0 | 1 => t.one_thread.to_owned(),
        count if saves_power => (t.saving)(&count.to_string()),
        count => (t.threads)(&count.to_string()),
    };
    let mut facts = vec![name.to_owned(), threads];
    facts.extend(build.fallback.as_ref().map(|why| fallback(messages, why)));
    facts
}

fn fallback(messages: &'static Messages, why: &Fallback) -> String {
    let t = &messages.engine;
    match why {
        Fallback::NotIsolated => t.not_isolated.to_owned(),
        Fallback::NoSharedMemory => t.no_shared_memory.to_owned(),
        Fallback::NoRelaxedSimd => t.no_relaxed_simd.to_owned(),
        Fallback::WrongResult => t.wrong_result.to_owned(),
        Fallback::Asked => t.asked.to_owned(),
        Fallback::Failed { detail } => (t.failed)(detail),
    }
}

/// Somebody wanted to be heard, and nothing was said that could be understood.
pub fn heard_nothing(messages: &'static Messages) -> Told {
    let t = &messages.talk_control;
    Told { what: t.nothing.to_owned(), next: t.nothing_next.to_owned(), detail: None }
}

/// What became of something that was shared.
pub fn shared(messages: &'static Messages, note: &Note) -> String {
    let t = &messages.sharing;
    match note {
        Note::InDraft => t.in_draft.to_owned(),
        Note::Cut => t.cut.to_owned(),
        Note::NotText { name } => (t.not_text)(name),
        Note::TooMuch => t.too_much.to_owned(),
    }
}

/// What an app is called.
pub fn app(messages: &'static Messages, app: App) -> &'static str {
    let t = &messages.in_app;
    match app {
        App::KakaoTalk => t.kakaotalk,
        App::Line => t.line,
        App::Instagram => t.instagram,
        App::Threads => t.threads,
        App::Facebook => t.facebook,
        App::Messenger => t.messenger,
        App::Naver => t.naver,
        App::Band => t.band,
        App::Daum => t.daum,
        App::TikTok => t.tiktok,
        App::WeChat => t.wechat,
        App::X => t.x,
        App::LinkedIn => t.linkedin,
        App::Snapchat => t.snapchat,
        App::Another => t.another,
    }
}
