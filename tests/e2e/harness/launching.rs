//! Microphones, namespaces, profiles, and nothing left behind.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use bella_tests::chromium::Launch;
use bella_tests::stage::{chromium_is_there, voices_are_there};
use bella_tests::{Browser, Microphone, Profile, Stage, Visit, css};

use crate::EMPTY;

#[test]
fn a_context_finds_nothing_of_the_one_before() {
    let keep = |visit: &Visit| {
        visit.open("");
        let seen: Option<String> = visit.page.eval("localStorage.getItem('kept')");
        visit.page.eval::<()>("localStorage.setItem('kept', 'yes')");
        assert_eq!(seen, None);
        let other = visit.context.page().expect("a second tab");
        other.goto(&visit.host.url_of(""));
        assert_eq!(
            other.eval::<Option<String>>("localStorage.getItem('kept')").as_deref(),
            Some("yes")
        );
    };
    Stage::of_files(&[EMPTY]).play(keep);
    Stage::of_files(&[EMPTY]).play(keep);
}

#[test]
fn a_profile_outlives_a_browser_that_was_killed() {
    if !chromium_is_there() {
        return;
    }
    Stage::of_files(&[EMPTY]).play(|visit| {
        let profile = Profile::new().expect("a folder");
        let start = || Browser::launch().profile(&profile).start().expect("a browser");
        let store = "new Promise(done => {
            const open = indexedDB.open('kept', 1);
            open.onupgradeneeded = () => open.result.createObjectStore('things');
            open.onsuccess = () => {
                const change = open.result.transaction('things', 'readwrite', { durability: 'strict' });
                change.objectStore('things').put('still here', 'first');
                change.oncomplete = () => done();
            };
        })";
        let look = "new Promise(done => {
            const open = indexedDB.open('kept', 1);
            open.onsuccess = () => {
                const got = open.result.transaction('things').objectStore('things').get('first');
                got.onsuccess = () => done(got.result);
            };
        })";
        let browser = start();
        let page = browser.lasting_context().page().expect("a tab");
        page.goto(&visit.host.url_of(""));
        page.eval::<()>(store);
        page.crash();
        browser.kill();
        assert!(!browser.is_running());

        let browser = start();
        let page = browser.lasting_context().page().expect("a tab");
        page.goto(&visit.host.url_of(""));
        assert_eq!(page.eval::<String>(look), "still here");
        browser.close();
    });
}

#[test]
fn the_microphone_plays_the_file_it_was_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = folder.path().join("tone.wav");
    fs::write(&clip, tone(440.0, 3.0)).expect("a clip");
    let microphone = Microphone::Plays(clip);
    Stage::of_files(&[EMPTY]).launch(Browser::launch().microphone(microphone)).play(|visit| {
        visit.open("");
        let loudest: f64 = visit.page.eval(LOUDEST_PITCH);
        assert!((loudest - 440.0).abs() < 15.0, "heard {loudest} Hz");
    });
}

#[test]
fn the_microphone_can_be_refused() {
    Stage::of_files(&[EMPTY]).play(|visit| {
        visit.open("");
        let refused =
            "navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'heard', e => e.name)";
        assert_eq!(visit.page.eval::<String>(refused), "NotAllowedError");
    });
}

#[test]
fn a_browser_in_a_mount_namespace_sees_what_others_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (outside, inside) = (folder.path().join("outside.txt"), folder.path().join("inside.txt"));
    fs::write(&outside, "outside").expect("a file");
    fs::write(&inside, "inside").expect("a file");
    let mount = format!("mount --bind {} {}", inside.display(), outside.display());
    let read = |visit: &Visit| {
        visit.page.goto(&format!("file://{}", outside.display()));
        visit.page.text(css("body"))
    };
    let namespaced = Browser::launch().in_mount_namespace(&mount);
    Stage::of_files(&[EMPTY]).launch(namespaced).play(|visit| assert_eq!(read(visit), "inside"));
    Stage::of_files(&[EMPTY]).play(|visit| assert_eq!(read(visit), "outside"));
}

#[test]
fn a_browser_leaves_neither_processes_nor_files_behind() {
    if chromium_is_there() {
        leaves_nothing_behind(Browser::launch());
    }
}

#[test]
fn a_browser_with_voices_takes_them_along() {
    if chromium_is_there() && voices_are_there() {
        leaves_nothing_behind(Browser::launch().with_voices());
    }
}

fn leaves_nothing_behind(launch: Launch) {
    let browser = launch.start().expect("a browser");
    let group = browser.process_id();
    let profile = profile_of(group);
    assert!(profile.exists() && processes_in(group) > 2);
    drop(browser);
    // The kernel takes a moment to clear away what was killed.
    let cleared = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(50));
        processes_in(group) == 0
    });
    assert!(cleared, "{} processes are left", processes_in(group));
    assert!(!profile.exists());
}

/// The processes of a group that have not ended yet.
fn processes_in(group: u32) -> usize {
    let group = group.to_string();
    let belongs = |stat: String| {
        // `pid (name) state parent group …`, and a name may hold anything.
        let mut after_name = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let state = after_name.next();
        after_name.nth(1) == Some(group.as_str()) && state != Some("Z")
    };
    let entries = fs::read_dir("/proc").expect("the list of processes").flatten();
    let stats = entries.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    stats.filter(|stat| belongs(stat.clone())).count()
}

fn profile_of(process: u32) -> std::path::PathBuf {
    let line = fs::read(format!("/proc/{process}/cmdline")).expect("its command line");
    let line = String::from_utf8_lossy(&line);
    let data =
        line.split('\0').find_map(|word| word.strip_prefix("--user-data-dir=")).expect("a profile");
    Path::new(data).parent().expect("its folder").to_owned()
}

/// A sine wave as a mono 16-bit WAV file.
fn tone(hertz: f64, seconds: f64) -> Vec<u8> {
    const RATE: u32 = 44_100;
    let count = (f64::from(RATE) * seconds) as u32;
    let sample = |at: u32| {
        let phase = f64::from(at) / f64::from(RATE) * hertz * std::f64::consts::TAU;
        (phase.sin() * 16_000.0) as i16
    };
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + count * 2).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(RATE.to_le_bytes());
    wav.extend((RATE * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend((count * 2).to_le_bytes());
    wav.extend((0..count).flat_map(|at| sample(at).to_le_bytes()));
    wav
}

/// Listens until something is heard, and answers its strongest frequency.
const LOUDEST_PITCH: &str = "(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: {
        echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaStreamSource(stream).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    for (let tries = 0; tries < 100; tries++) {
        await new Promise(done => setTimeout(done, 50));
        analyser.getFloatFrequencyData(bins);
        const top = bins.indexOf(Math.max(...bins));
        if (bins[top] > -40) return top * context.sampleRate / analyser.fftSize;
    }
    return 0;
})()";
