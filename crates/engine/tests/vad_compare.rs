//! Silero against earshot, on the same sound: why the one was chosen. It decides
//! nothing, so it runs only when asked for:
//! `cargo test -p bella-engine --test vad_compare -- --ignored --nocapture`.

mod support;

use bella_engine::tensors::{Tensor, Tensors};
use bella_engine::vad::{FRAME, Memory, Silero};
use bella_weights::{FileError, TensorEvent, read_tensors};
use support::{clips, synthetic};

/// Share of 32 ms frames above the threshold, by both.
struct Heard {
    silero: Vec<f32>,
    earshot: Vec<f32>,
}

fn hear(silero: &Silero, sound: &[f32]) -> Heard {
    let mut detector = earshot::Detector::default();
    // It panics on samples beyond one.
    let clamped: Vec<f32> = sound.iter().map(|sample| sample.clamp(-1.0, 1.0)).collect();
    // Two of its frames make one of ours; the louder opinion counts.
    let halves: Vec<f32> =
        clamped.chunks_exact(FRAME / 2).map(|half| detector.predict_f32(half)).collect();
    Heard {
        silero: silero.listen(&mut Memory::default(), sound).expect("good audio"),
        earshot: halves.chunks_exact(2).map(|halves| halves[0].max(halves[1])).collect(),
    }
}

fn share(probabilities: &[f32], wanted: impl Fn(usize) -> bool) -> f32 {
    let chosen: Vec<f32> = probabilities
        .iter()
        .enumerate()
        .filter(|(frame, _)| wanted(*frame))
        .map(|(_, p)| *p)
        .collect();
    100.0 * chosen.iter().filter(|&&p| p >= 0.5).count() as f32 / chosen.len().max(1) as f32
}

/// Frames within 30 dB of the clip's loudest: somebody surely speaks in them.
fn loud_frames(sound: &[f32]) -> Vec<bool> {
    let energy: Vec<f32> =
        sound.chunks_exact(FRAME).map(|frame| frame.iter().map(|x| x * x).sum::<f32>()).collect();
    let loudest = energy.iter().copied().fold(0.0, f32::max);
    energy.iter().map(|energy| *energy > 1e-3 * loudest).collect()
}

#[test]
#[ignore = "a comparison, not a check"]
fn silero_and_earshot_side_by_side() {
    let Some(path) = support::weights("silero-vad", "model.safetensors") else { return };
    let file = std::fs::read(path).expect("readable");
    let mut tensors = Tensors::default();
    let read = read_tensors(&file[..], file.len() as u64, |event| {
        if let TensorEvent::Tensor { info, bytes } = event {
            let shape = info.shape.clone();
            let tensor = Tensor { shape, block: info.dtype, bytes: bytes.into_owned() };
            tensors.insert(info.name.clone(), tensor);
        }
        Ok::<_, FileError>(())
    });
    read.expect("a good file");
    let silero = Silero::new(&mut tensors).expect("the network");

    let samples = 30 * 16_000;
    let noise = synthetic::noise(samples);
    eprintln!("frames taken for speech, in percent      Silero  earshot");
    for (name, sound) in [
        ("silence", vec![0.0; samples]),
        ("quiet noise", synthetic::scaled(&noise, 0.005)),
        ("loud noise", synthetic::scaled(&noise, 0.3)),
        ("rumble", synthetic::rumble(samples)),
        ("hum", synthetic::hum(120.0, samples)),
        ("a tune", synthetic::tune(samples)),
    ] {
        let heard = hear(&silero, &sound);
        eprintln!(
            "{name:40} {:6.1} {:8.1}",
            share(&heard.silero, |_| true),
            share(&heard.earshot, |_| true)
        );
    }

    let Some(clips) = clips::clips() else { return };
    for (name, background) in [
        ("", None),
        (" in noise", Some(noise.clone())),
        (" over a tune", Some(synthetic::tune(samples))),
    ] {
        for decibels in if background.is_some() { vec![10.0, 3.0] } else { vec![99.0] } {
            let (mut silero_loud, mut earshot_loud, mut silero_quiet, mut earshot_quiet) =
                (0.0, 0.0, 0.0, 0.0);
            for clip in &clips {
                let mut sound = clip.samples();
                let loud = loud_frames(&sound);
                if let Some(background) = &background {
                    let power = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32;
                    let scale =
                        (power(&sound) / power(background) / 10f32.powf(decibels / 10.0)).sqrt();
                    sound
                        .iter_mut()
                        .zip(background)
                        .for_each(|(sound, noise)| *sound += scale * noise);
                }
                let heard = hear(&silero, &sound);
                let is_loud = |frame: usize| loud.get(frame) == Some(&true);
                silero_loud += share(&heard.silero, is_loud) / clips.len() as f32;
                earshot_loud += share(&heard.earshot, is_loud) / clips.len() as f32;
                silero_quiet += share(&heard.silero, |frame| !is_loud(frame)) / clips.len() as f32;
                earshot_quiet +=
                    share(&heard.earshot, |frame| !is_loud(frame)) / clips.len() as f32;
            }
            eprintln!(
                "{:40} {silero_loud:6.1} {earshot_loud:8.1}",
                format!("loud frames{name} {decibels} dB")
            );
            eprintln!(
                "{:40} {silero_quiet:6.1} {earshot_quiet:8.1}",
                format!("frames between{name} {decibels} dB")
            );
        }
    }
}
