//! Sound as it comes: in pieces, for hours, broken off.

use bella_engine::whisper::{Step, Transcription, Whisper};
use bella_protocol::{Language, TranscribeOptions};

use super::support::clips::{clips, jfk};
use super::support::synthetic::{noise, scaled};
use super::{clock, finish, transcribe, whisper};

const SECOND: usize = 16_000;

fn english() -> TranscribeOptions {
    TranscribeOptions {
        language: Some(Language::English),
        timestamps: true,
        ..TranscribeOptions::default()
    }
}

/// Sentences of one voice behind each other, two seconds apart.
fn long_speech(count: usize) -> Option<(Vec<f32>, Vec<String>)> {
    let clips: Vec<_> =
        clips()?.into_iter().filter(|clip| clip.language == "en").take(count).collect();
    let mut samples = Vec::new();
    for clip in &clips {
        samples.extend(clip.samples());
        samples.extend(vec![0.0; 2 * SECOND]);
    }
    Some((samples, clips.into_iter().map(|clip| clip.text.to_lowercase()).collect()))
}

#[test]
fn a_minute_is_heard_to_its_end_in_order() {
    let (Some(whisper), Some((samples, texts))) = (whisper("whisper-tiny"), long_speech(6)) else {
        return;
    };
    let heard = transcribe(&whisper, &samples, english());
    let text = heard.transcript.text.to_lowercase();
    assert!(samples.len() > 45 * SECOND, "more than one window");
    let mut at = 0;
    for said in
        ["potatoes", "belly", "quarter of the brothels", "bertie", "husband", "companionless"]
    {
        assert!(texts.iter().any(|text| text.contains(said)), "{said} is in the recordings");
        let found = text[at..].find(said);
        at += found.unwrap_or_else(|| panic!("\"{said}\" is missing or misplaced in: {text}"));
    }
    let segments = &heard.segments;
    assert_eq!(heard.transcript.segments, *segments, "told one by one and all together");
    assert!(segments.len() >= 6, "{segments:?}");
    let duration = samples.len() as f64 / SECOND as f64;
    for (index, segment) in segments.iter().enumerate() {
        assert!(segment.start < segment.end && segment.end <= duration, "{segment:?}");
        let after = index.checked_sub(1).map_or(0.0, |before| segments[before].end);
        assert!(segment.start >= after - 0.01, "{segment:?} begins before {after}");
    }
}

#[test]
fn pieces_of_sound_give_what_the_whole_gives() {
    let (Some(whisper), Some((samples, _))) = (whisper("whisper-tiny"), long_speech(4)) else {
        return;
    };
    let whole = transcribe(&whisper, &samples, english());
    let mut transcription = Transcription::new(&whisper, english()).expect("English");
    let clock = clock();
    let mut segments = Vec::new();
    for piece in samples.chunks(1_234) {
        transcription.push_audio(piece).expect("good audio");
        loop {
            match transcription.step(&whisper, &clock).expect("works") {
                Step::Waiting => break,
                Step::Segment(segment) => segments.push(segment),
                Step::Working => {}
                other => panic!("{other:?} before the end, and nobody asked for partials"),
            }
        }
    }
    assert!(!segments.is_empty(), "the first window is told before the end");
    transcription.end_audio();
    let rest = finish(&whisper, transcription);
    assert_eq!(rest.transcript, whole.transcript);
    segments.extend(rest.segments);
    assert_eq!(segments, whole.segments);
}

#[test]
fn what_is_said_shows_while_it_is_said() {
    let (Some(whisper), Some(jfk)) = (whisper("whisper-tiny"), jfk()) else { return };
    let mut transcription =
        Transcription::new(&whisper, TranscribeOptions { partials: true, ..english() })
            .expect("English");
    let clock = clock();
    let mut partials = Vec::new();
    for piece in jfk.samples().chunks(4 * SECOND) {
        transcription.push_audio(piece).expect("good audio");
        loop {
            match transcription.step(&whisper, &clock).expect("works") {
                Step::Waiting => break,
                Step::Partial(text) => partials.push(text),
                Step::Working => {}
                other => panic!("{other:?} before the end"),
            }
        }
    }
    assert!(partials.iter().any(|text| text.contains("fellow Americans")), "{partials:?}");
    let before_the_end = partials.len();
    transcription.end_audio();
    let heard = finish(&whisper, transcription);
    assert!(
        before_the_end >= 2 && heard.transcript.text.ends_with("for your country."),
        "{}",
        heard.transcript.text
    );
    let lengths: Vec<usize> = partials.iter().map(|text| text.chars().count()).collect();
    assert!(lengths.iter().all(|length| *length > 0), "{partials:?}");
}

/// jfk says "And so, my fellow Americans" until here, and is silent for a second.
const BREATH: usize = 22 * SECOND / 10;

fn shown_meanwhile() -> TranscribeOptions {
    TranscribeOptions { partials: true, timestamps: false, ..english() }
}

/// Sound that comes as from a microphone, `steps` of work for each piece, or all.
fn hear(whisper: &Whisper, transcription: &mut Transcription, samples: &[f32], steps: usize) {
    let clock = clock();
    for piece in samples.chunks(SECOND / 10) {
        transcription.push_audio(piece).expect("good audio");
        for _ in 0..steps {
            if transcription.step(whisper, &clock).expect("works") == Step::Waiting {
                break;
            }
        }
    }
}

/// A tenth of a second of silence more or less makes a full stop of an exclamation mark,
/// and no other words.
fn words(text: &str) -> String {
    text.chars().filter(|it| it.is_alphanumeric() || *it == ' ').collect::<String>().to_lowercase()
}

#[test]
fn what_was_said_before_a_pause_is_known_at_its_end() {
    let (Some(whisper), Some(jfk)) = (whisper("whisper-tiny"), jfk()) else { return };
    let samples = &jfk.samples()[..BREATH + SECOND / 2];
    let whole = transcribe(&whisper, samples, shown_meanwhile());
    let mut transcription = Transcription::new(&whisper, shown_meanwhile()).expect("English");
    let (before, last) = samples.split_at(samples.len() - SECOND / 10);
    hear(&whisper, &mut transcription, before, usize::MAX);
    transcription.push_audio(last).expect("good audio");
    transcription.end_audio();
    let (clock, mut steps) = (clock(), 1);
    let heard = loop {
        match transcription.step(&whisper, &clock).expect("works") {
            Step::Done(heard) => break heard,
            _ => steps += 1,
        }
    };
    assert!(steps < 8, "it took {steps} steps: it was heard once more");
    assert!(heard.text.contains("fellow Americans"), "{}", heard.text);
    assert_eq!(words(&heard.text), words(&whole.transcript.text));
}

#[test]
fn a_look_that_is_under_way_at_the_end_is_the_last_one() {
    let (Some(whisper), Some(jfk)) = (whisper("whisper-tiny"), jfk()) else { return };
    // However far it has come.
    must_hear_as_at_once(&whisper, &jfk.samples()[..BREATH + SECOND / 2], &[1, 2, 3, 5, 8]);
}

#[test]
fn what_is_said_behind_a_pause_is_not_forgotten() {
    let (Some(whisper), Some(jfk)) = (whisper("whisper-tiny"), jfk()) else { return };
    must_hear_as_at_once(&whisper, &jfk.samples()[..8 * SECOND], &[3, usize::MAX]);
}

/// Sound that comes bit by bit, with time for so many steps between two bits, comes to
/// the words of the same sound heard at once.
#[track_caller]
fn must_hear_as_at_once(whisper: &Whisper, samples: &[f32], steps: &[usize]) {
    let whole = transcribe(whisper, samples, shown_meanwhile());
    for &steps in steps {
        let mut transcription = Transcription::new(whisper, shown_meanwhile()).expect("English");
        hear(whisper, &mut transcription, samples, steps);
        transcription.end_audio();
        let heard = finish(whisper, transcription).transcript;
        let (heard, whole) = (words(&heard.text), words(&whole.transcript.text));
        assert_eq!(heard, whole, "{steps} steps for a tenth of a second");
    }
}

#[test]
fn a_silence_before_the_first_word_is_not_listened_to() {
    let (Some(whisper), Some(jfk)) = (whisper("whisper-tiny"), jfk()) else { return };
    let heard_after = |silence: usize| {
        let samples = [&vec![0.0; silence], &jfk.samples()[..]].concat();
        let live = TranscribeOptions { partials: true, ..english() };
        transcribe(&whisper, &samples, live).transcript.segments
    };
    let begins = heard_after(2 * SECOND);
    for more in [SECOND / 10, 7 * SECOND] {
        let later = heard_after(2 * SECOND + more);
        assert_eq!(begins.len(), later.len(), "{later:?}");
        for (one, other) in begins.iter().zip(&later) {
            assert_eq!(one.text, other.text);
            let apart = other.start - one.start - more as f64 / SECOND as f64;
            assert!(apart.abs() < 1e-9, "{one:?} and {other:?}");
        }
    }
    assert!(begins[0].start > 1.6, "{:?}", begins[0]);
}

#[test]
fn a_knock_much_louder_than_a_voice_hides_none_of_it() {
    let (Some(whisper), Some(jfk)) = (whisper("whisper-tiny"), jfk()) else { return };
    let voice = scaled(&jfk.samples()[..8 * SECOND], 0.006);
    let knock = noise(3 * SECOND / 100);
    let pause = vec![0.0; SECOND];
    let mut ends = [&voice[..], &pause, &knock, &pause].concat();
    for (name, samples) in [
        ("behind", ends.clone()),
        ("before", [&knock[..], &pause, &voice, &pause].concat()),
        ("both", {
            ends.splice(..0, [&knock[..], &pause].concat());
            ends
        }),
    ] {
        // Heard while it comes, as that is when it is thought to be over.
        let mut transcription = Transcription::new(&whisper, shown_meanwhile()).expect("English");
        hear(&whisper, &mut transcription, &samples, usize::MAX);
        transcription.end_audio();
        let heard = finish(&whisper, transcription).transcript.text;
        let all = heard.contains("fellow Americans") && heard.contains("country can do");
        assert!(all, "{name}: {heard}");
    }
}

#[test]
fn the_language_is_found_out() {
    let (Some(whisper), Some(clips)) = (whisper("whisper-tiny"), clips()) else { return };
    for language in Language::ALL {
        let of_language: Vec<_> =
            clips.iter().filter(|clip| clip.language == language.code()).collect();
        for clip in &of_language[..3] {
            let heard = transcribe(&whisper, &clip.samples(), TranscribeOptions::default());
            assert_eq!(heard.transcript.language, Some(language), "{}", clip.name);
        }
    }
}

#[test]
fn a_tenth_of_a_second_is_enough_to_ask() {
    let (Some(whisper), Some(jfk)) = (whisper("whisper-tiny"), jfk()) else { return };
    let samples = jfk.samples();
    for length in [0, 1, 159, 1_599, 1_600, SECOND / 2] {
        // Whatever it makes of it: it ends, without a word out of a loop.
        let heard = transcribe(&whisper, &samples[SECOND..SECOND + length], english());
        assert!(heard.transcript.text.len() < 60, "{length}: {}", heard.transcript.text);
        if length < 1_600 {
            assert_eq!(heard.transcript.text, "", "{length} samples");
        }
    }
}

/// A step ends soon, so that stopping, which is not to take another, is quick.
#[test]
fn no_step_is_long() {
    let (Some(whisper), Some(jfk)) = (whisper("whisper-tiny"), jfk()) else { return };
    let mut transcription = Transcription::new(&whisper, english()).expect("English");
    transcription.push_audio(&jfk.samples()).expect("good audio");
    transcription.end_audio();
    let clock = clock();
    let mut steps = Vec::new();
    loop {
        let started = clock();
        let step = transcription.step(&whisper, &clock).expect("works");
        steps.push(clock() - started);
        if matches!(step, Step::Done(_)) {
            break;
        }
    }
    // Single ones are longer when other programs want the processor too.
    steps.sort_by(f64::total_cmp);
    let most = steps[steps.len() * 95 / 100];
    assert!(most < 100.0, "one in twenty steps takes more than {most:.0} ms");
}
