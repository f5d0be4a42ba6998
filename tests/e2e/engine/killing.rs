//! Tabs and browsers that are killed while a model arrives.

use std::collections::BTreeMap;
use std::env;
use std::thread;
use std::time::Duration;

use bella_protocol::{Outcome, Request};
use bella_tests::engine::Engine;
use bella_tests::{Browser, Page, Profile, Visit};
use xtask::server::Fault;

use crate::keeping::{CHUNK, about_weights, first_byte, forget, kept};
use crate::models::stage_with;
use crate::talking::must_talk;

/// How many there are to be; a few, unless this says otherwise.
const KILLS_VARIABLE: &str = "BELLA_KILLS";
const FEW: usize = 6;
/// A chunk a second. What is sent is taken for what arrived, and the buffers between
/// hold a second of it at most, as long as the browser is not slower than that.
const BYTES_PER_SECOND: u64 = 8_000_000;
const LONGEST_MS: u64 = 5_000;

/// Of hundreds of visits one comes at a bad moment of the machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Numbers that come out the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn wanted_kills() -> usize {
    let asked = env::var(KILLS_VARIABLE).ok();
    asked.map_or(FEW, |kills| kills.parse().unwrap_or_else(|_| panic!("{KILLS_VARIABLE}={kills}")))
}

/// The chunks whose last byte an exchange sent, and those that were sent before.
fn sent_again(visit: &Visit, from: usize) -> Vec<usize> {
    let mut times = BTreeMap::new();
    let mut again = Vec::new();
    for exchange in &about_weights(visit)[from..] {
        let (start, end) = (first_byte(exchange), first_byte(exchange) + exchange.sent);
        let mut count = 0;
        for chunk in start / CHUNK..end / CHUNK {
            let times = times.entry((exchange.path.clone(), chunk)).or_insert(0);
            count += usize::from(*times > 0);
            *times += 1;
        }
        again.push(count);
    }
    again
}

/// How a visit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The browser goes on without the process of the tab and of its workers.
    Tab,
    /// As when the power fails.
    Browser,
}

impl End {
    fn by(dice: &mut Dice) -> Self {
        if dice.below(2) == 0 { Self::Tab } else { Self::Browser }
    }
}

/// A browser with a tab in which a model arrives.
struct Visitor<'a> {
    visit: &'a Visit,
    profile: Profile,
    browser: Option<Browser>,
    tab: Option<Page>,
}

impl Visitor<'_> {
    fn open(&mut self) -> Engine {
        let browser = self.browser.get_or_insert_with(|| {
            Browser::launch().profile(&self.profile).start().expect("a browser")
        });
        let tab = browser.lasting_context().page().expect("a tab").with_patience(PATIENCE);
        // The page itself always comes from the server: this is about its weights.
        tab.before_every_document("delete Navigator.prototype.serviceWorker");
        tab.goto(&self.visit.host.url_of(""));
        let engine = Engine::beside(&tab, "engine under test", "./worker.js");
        self.tab = Some(tab);
        engine
    }

    fn end(&mut self, end: End) {
        let (tab, browser) = (self.tab.take(), &mut self.browser);
        match end {
            End::Tab => tab.iter().for_each(Page::crash),
            End::Browser => browser.take().iter().for_each(Browser::kill),
        }
    }
}

#[test]
fn whatever_is_killed_at_any_moment_costs_one_chunk() {
    let Some((stage, [spec])) = stage_with(["smollm2-135m-instruct"]) else { return };
    stage.play(|visit| {
        visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
            true => Fault::slow(BYTES_PER_SECOND),
            false => Fault::none(),
        });
        let profile = Profile::new().expect("a folder");
        let mut visitor = Visitor { visit, profile, browser: None, tab: None };
        let mut dice = Dice(20_261_121);
        let (mut kills, mut models, mut from) = (Vec::new(), 0, 0);
        loop {
            let engine = visitor.open();
            let held: u64 = kept(&engine).iter().map(|kept| kept.held_bytes).sum();
            let load = engine.send(Request::Load { spec: spec.clone() });
            let ends = kills.len() == wanted_kills();
            if !ends {
                thread::sleep(Duration::from_millis(dice.below(LONGEST_MS)));
            }
            let is_over = ends || kept(&engine).iter().any(|kept| kept.complete);
            if !is_over {
                let end = End::by(&mut dice);
                visitor.end(end);
                kills.push(end);
                continue;
            }
            assert!(matches!(engine.wait(load).outcome(), Outcome::Loaded(_)));
            must_talk(&engine, &spec.id);
            let told = kept(&engine);
            assert!(told.len() == 1 && told[0].complete, "{told:?}");
            let again = sent_again(visit, from);
            assert!(again.iter().all(|&chunks| chunks <= 1), "{again:?}, {held} bytes were held");
            let twice: usize = again.iter().sum();
            (models, from) = (models + 1, about_weights(visit).len());
            eprintln!("model {models} came home after {} kills, {twice} chunks twice", kills.len());
            forget(&engine, &spec.id);
            visitor.tab.take().into_iter().for_each(Page::close);
            if ends {
                break;
            }
        }
        let tabs = kills.iter().filter(|&&end| end == End::Tab).count();
        eprintln!(
            "{tabs} tabs and {} browsers killed, {models} models came home",
            kills.len() - tabs
        );
    });
}
