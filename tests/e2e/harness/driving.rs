//! Keys, languages, devices, servers and disks as a test wants them.

use bella_tests::emulation::Theme;
use bella_tests::{Stage, Trouble};
use xtask::server::{Exchange, Fault};

use crate::{EMPTY, scripted};

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
fn a_press_meets_its_button_or_nothing_even_while_the_page_moves() {
    scripted(
        "document.body.insertAdjacentHTML('beforeend',
             '<button data-testid=other>other</button><br><button data-testid=button>b</button>');
         window.seen = [];
         const button = document.querySelector('[data-testid=button]');
         for (const kind of ['pointerdown', 'pointerup', 'click'])
             addEventListener(kind, e => seen.push(`${kind} on ${e.target.textContent}`));
         // As what is known late pushes down what stands below it: so far that the
         // other button comes to where this one was.
         const push = () => document.body.prepend(Object.assign(
             document.createElement('div'), { style: `height: ${button.offsetHeight}px` }));
         window.pushOnce = kind => button.addEventListener(kind, push, { once: true });",
    )
    .play(|visit| {
        visit.open("");
        let seen = || visit.page.eval::<Vec<String>>("seen.splice(0)");
        // The first press misses, and nobody hears of it.
        visit.page.eval::<()>("pushOnce('mousemove')");
        visit.page.click("button");
        assert_eq!(seen(), ["pointerdown on b", "pointerup on b", "click on b"]);
        visit.page.eval::<()>("pushOnce('mousemove')");
        let held = visit.page.hold("button");
        assert_eq!(seen(), ["pointerdown on b"]);
        held.release();
        assert_eq!(seen(), ["pointerup on b", "click on b"]);
        // The first meets it, and then the button goes from under it.
        visit.page.eval::<()>("pushOnce('mousedown')");
        visit.page.click("button");
        let all = seen();
        assert_eq!(all.iter().filter(|what| what.starts_with("click")).count(), 1, "{all:?}");
        assert_eq!(all[2..], ["pointerdown on b", "pointerup on b", "click on b"]);
        // What comes after the gesture is nobody's business.
        visit.page.eval::<()>("document.querySelector('[data-testid=other]').click()");
        assert_eq!(seen(), ["click on other"]);
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
