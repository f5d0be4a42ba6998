//! The harness put to the proof on small pages of its own: each test here is a
//! promise that the tests of the product lean on.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bella_tests::emulation::Theme;
use bella_tests::host::Serving;
use bella_tests::record::AnsweredBy;
use bella_tests::stage::chromium_is_there;
use bella_tests::{Browser, Microphone, Profile, Stage, Trouble, Visit, css};
use xtask::server::{Exchange, Fault};

const EMPTY: (&str, &str) = (
    "index.html",
    "<!doctype html><meta name=viewport content='width=device-width'><title>empty</title>",
);

/// A page that is nothing but a script of its own file, as the policy wants it.
fn scripted(script: &str) -> Stage {
    Stage::of_files(&[
        (
            "index.html",
            "<!doctype html><title>scripted</title><body><script src=\"page.js\"></script>",
        ),
        ("page.js", script),
    ])
}

/// What a test panicked with, where it should have.
fn complaint(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(test).expect_err("the harness let it pass");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn requests_of_a_page_its_workers_and_their_workers_are_recorded() {
    let stage = Stage::of_files(&[
        ("index.html", "<!doctype html><title>all</title><script src=\"page.js\"></script>"),
        ("page.js", "fetch('from-page.txt'); new Worker('outer.js');"),
        ("outer.js", "fetch('from-worker.txt'); new Worker('inner.js');"),
        ("inner.js", "fetch('from-inner.txt');"),
        ("from-page.txt", ""),
        ("from-worker.txt", ""),
        ("from-inner.txt", ""),
    ]);
    stage.play(|visit| {
        visit.open("");
        for (file, kind) in
            [("from-page.txt", "page"), ("from-worker.txt", "worker"), ("from-inner.txt", "worker")]
        {
            let url = visit.host.url_of(file);
            visit.page.wait_until(format!("{file} on record"), || {
                let requests = visit.page.requests();
                requests
                    .iter()
                    .any(|one| one.url == url && one.from.kind == kind && one.status == Some(200))
            });
        }
    });
}

#[test]
fn requests_of_a_service_worker_are_recorded_apart_from_what_it_answers() {
    let stage = Stage::of_files(&[
        ("index.html", "<!doctype html><title>sw</title><script src=\"page.js\"></script>"),
        (
            "page.js",
            "navigator.serviceWorker.register('service.js');
             navigator.serviceWorker.ready.then(() => document.title = 'ready');",
        ),
        (
            "service.js",
            "addEventListener('install', () => skipWaiting());
             addEventListener('activate', e => e.waitUntil(fetch('own.txt').then(() => clients.claim())));
             addEventListener('fetch', e => {
                 if (e.request.url.endsWith('made-up.txt')) e.respondWith(new Response('made up'));
             });",
        ),
        ("own.txt", ""),
    ]);
    stage.play(|visit| {
        visit.open("");
        visit.page.wait_until("the service worker to take over", || {
            visit.page.eval("!!navigator.serviceWorker.controller")
        });
        let answer: String = visit.page.eval("fetch('made-up.txt').then(r => r.text())");
        assert_eq!(answer, "made up");

        let requests = visit.page.requests();
        let own =
            requests.iter().find(|one| one.url.ends_with("own.txt")).expect("its own request");
        assert_eq!(own.from.kind, "service_worker");
        let made_up =
            requests.iter().find(|one| one.url.ends_with("made-up.txt")).expect("the page's");
        assert_eq!(made_up.from.kind, "page");
        assert_eq!(made_up.answered_by, AnsweredBy::ServiceWorker);
        assert!(visit.host.exchanges().iter().all(|one| one.path != "/made-up.txt"));
    });
}

#[test]
fn a_request_to_another_host_fails_the_test() {
    let told = complaint(|| {
        scripted("new Worker('worker.js')").serving(bare).play(|visit| {
            visit.open("");
            // Not even a name server may hear of it.
            visit.page.eval::<()>("fetch('https://example.org/pixel').catch(() => {})");
            visit.forgive("it fails, as it should", |one| matches!(one, Trouble::Complaint { .. }));
        });
    });
    assert!(told.contains("the page asked https://example.org/pixel"), "{told}");
}

#[test]
fn an_uncaught_exception_fails_the_test() {
    let told = complaint(|| {
        scripted("setTimeout(() => { throw new Error('nobody catches this') })")
            .play(open_and_wait);
    });
    assert!(told.contains("nobody catches this"), "{told}");
}

#[test]
fn a_rejected_promise_in_a_worker_fails_the_test() {
    let files = [EMPTY, ("worker.js", "Promise.reject(new Error('nobody waits for this'))")];
    let told = complaint(|| {
        Stage::of_files(&files).play(|visit| {
            visit.open("");
            visit.page.eval::<()>("void new Worker('worker.js')");
            visit.page.wait_until("the rejection", || !visit.troubles().is_empty());
        });
    });
    assert!(
        told.contains("uncaught in the worker") && told.contains("nobody waits for this"),
        "{told}"
    );
}

#[test]
fn a_breach_of_the_policy_fails_the_test() {
    let told = complaint(|| {
        Stage::of_files(&[(
            "index.html",
            "<!doctype html><title>x</title><p style='color: red'>red</p>",
        )])
        .play(open_and_wait);
    });
    assert!(told.contains("style-src"), "{told}");
}

#[test]
fn a_script_that_is_not_what_it_should_be_fails_the_test() {
    let told = complaint(|| {
        let page =
            "<!doctype html><title>x</title><script src=page.js integrity=sha256-AAAA></script>";
        Stage::of_files(&[("index.html", page), ("page.js", "")]).play(open_and_wait);
    });
    assert!(told.contains("integrity"), "{told}");
}

#[test]
fn what_is_not_there_is_named_with_the_time_it_was_waited_for() {
    let told = complaint(|| {
        Stage::of_files(&[EMPTY]).play(|visit| {
            visit.open("");
            visit.page.wait_for_within(Duration::from_millis(100), "composer");
        });
    });
    assert_eq!(told, "waited 100ms for [data-testid=\"composer\"] to be seen");
}

#[test]
fn a_click_on_something_covered_says_what_covers_it() {
    let stage = Stage::of_files(&[
        (
            "index.html",
            "<!doctype html><title>x</title><link rel=stylesheet href=page.css>
             <button data-testid=send>send</button><div id=veil></div>",
        ),
        ("page.css", "#veil { position: fixed; inset: 0 }"),
    ]);
    let told = complaint(|| {
        stage.play(|visit| {
            visit.open("");
            visit.page.with_patience(Duration::from_millis(300)).click("send");
        });
    });
    assert!(told.contains("covered by <div id=\"veil\">"), "{told}");
}

#[test]
fn keys_arrive_as_from_a_keyboard() {
    scripted(
        "document.body.insertAdjacentHTML('beforeend', '<textarea data-testid=field></textarea><button>b</button>');
         window.seen = [];
         addEventListener('keydown', e => seen.push([e.shiftKey, e.ctrlKey, e.code, e.key].join(' ')));",
    )
    .play(|visit| {
        visit.open("");
        visit.page.type_into("field", "one");
        visit.page.press("Enter");
        visit.page.press("a");
        visit.page.press("Control+a");
        visit.page.press("Tab");
        assert_eq!(visit.page.value("field"), "one\na");
        assert_eq!(visit.page.eval::<String>("document.activeElement.tagName"), "BUTTON");
        visit.page.press("Shift+Tab");
        assert_eq!(visit.page.eval::<String>("document.activeElement.tagName"), "TEXTAREA");
        assert_eq!(
            visit.page.eval::<Vec<String>>("seen"),
            [
                "false false Enter Enter",
                "false false KeyA a",
                "false true KeyA a",
                "false false Tab Tab",
                "true false Tab Tab",
            ]
        );
    });
}

#[test]
fn korean_is_composed_letter_by_letter() {
    scripted(
        "document.body.insertAdjacentHTML('beforeend', '<textarea data-testid=field></textarea>');
         window.seen = [];
         addEventListener('compositionupdate', e => seen.push(e.data));
         addEventListener('keydown', e => e.key == 'Enter' && seen.push('Enter composing: ' + e.isComposing));",
    )
    .play(|visit| {
        visit.open("");
        visit.page.click("field");
        let open = visit.page.compose("안녕");
        open.press_enter();
        open.commit();
        assert_eq!(visit.page.value("field"), "안녕");
        assert_eq!(
            visit.page.eval::<Vec<String>>("seen").join(" "),
            "ㅇ 아 안 안 ㄴ 녀 녕 Enter composing: true 녕"
        );
    });
}

#[test]
fn a_page_can_be_shown_to_another_person_on_another_device() {
    Stage::of_files(&[EMPTY]).play(|visit| {
        let page = &visit.page;
        page.set_viewport(360, 740);
        page.set_taste(Theme::Dark, true);
        page.set_language("ko-KR");
        visit.open("");
        assert_eq!(page.eval::<(u32, f64)>("[innerWidth, devicePixelRatio]"), (360, 2.0));
        for media in
            ["prefers-color-scheme: dark", "prefers-reduced-motion: reduce", "pointer: coarse"]
        {
            assert!(page.eval::<bool>(&format!("matchMedia('({media})').matches")), "{media}");
        }
        assert_eq!(page.eval::<String>("navigator.language"), "ko-KR");
        assert_eq!(
            page.eval::<String>("new Date(0).toLocaleDateString(undefined, { timeZone: 'UTC' })"),
            "1970. 1. 1."
        );
        let asked = page.requests();
        assert_eq!(asked[0].header("accept-language"), Some("ko-KR"));
    });
}

#[test]
fn a_server_that_was_stopped_listens_again_at_the_same_address() {
    Stage::of_files(&[EMPTY]).play(|visit| {
        visit.open("");
        let asks = || {
            visit.page.eval::<bool>(
                "fetch('index.html', { cache: 'no-store' }).then(() => true, () => false)",
            )
        };
        visit.forgive("the server is off", |one| matches!(one, Trouble::Complaint { .. }));
        assert!(asks());
        visit.host.stop();
        assert!(!asks());
        visit.host.start_again();
        assert!(asks());
        visit.host.misbehave(|_| Fault { hang_up: true, ..Fault::none() });
        assert!(!asks());
        visit.host.behave();
        assert!(asks());
        // The one before the stop is remembered after it.
        let answered = |one: &&Exchange| one.path == "/index.html" && one.status == 200;
        assert_eq!(visit.host.exchanges().iter().filter(answered).count(), 3);
    });
}

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
fn a_task_that_holds_up_the_page_is_seen() {
    Stage::of_files(&[EMPTY]).play(|visit| {
        visit.open("");
        let longest = |milliseconds: u32| {
            let work = format!(
                "new Promise(done => setTimeout(() => {{
                    const end = performance.now() + {milliseconds};
                    while (performance.now() < end);
                    done();
                }}))"
            );
            let tasks = visit.page.trace(|| visit.page.eval::<()>(&work));
            tasks.into_iter().map(|task| task.wall_ms).fold(0.0, f64::max)
        };
        assert!(longest(1) < 150.0);
        assert!(longest(200) >= 195.0);
    });
}

#[test]
fn a_full_disk_can_be_had() {
    Stage::of_files(&[EMPTY]).play(|visit| {
        visit.open("");
        visit.page.set_quota(Some(100_000));
        let stored =
            "caches.open('big').then(c => c.put('/big', new Response(new Uint8Array(1e6))))
            .then(() => 'stored', e => e.name)";
        assert_eq!(visit.page.eval::<String>(stored), "QuotaExceededError");
        visit.page.set_quota(None);
        assert_eq!(visit.page.eval::<String>(stored), "stored");
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
    if !chromium_is_there() {
        return;
    }
    let browser = Browser::launch().start().expect("a browser");
    let group = browser.process_id();
    let profile = profile_of(group);
    assert!(profile.exists() && processes_in(group) > 2);
    drop(browser);
    // The kernel takes a moment to clear away what was killed.
    let cleared = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        processes_in(group) == 0
    });
    assert!(cleared, "{} processes are left", processes_in(group));
    assert!(!profile.exists());
}

fn bare(serving: &mut Serving) {
    serving.headers = xtask::server::Headers::Bare;
}

fn open_and_wait(visit: &Visit) {
    visit.open("");
    visit.page.wait_until("trouble", || !visit.troubles().is_empty());
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
