//! New versions of the page: when one is there, when it may take over, and when
//! the page has to be loaded again, for that or for anything else.
//!
//! A new version begins when the page is opened the next time, after every tab that
//! shows the old one has gone; browsers see to that. Earlier it begins only when the
//! person asks for it, and then as soon as nothing is under way any more.

use leptos::prelude::*;

use crate::bella::Bella;
use crate::browser::page::service_worker::{self, News};
use crate::browser::page::storage;
use crate::lab::Lab;

/// What is known of versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    #[default]
    Current,
    /// A new one is kept on the device and waits.
    Ready,
    /// A new one answers already, because another tab asked for it.
    Replaced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    News(News),
    /// The person wants the new version.
    Asked,
    /// The person wants the page opened again, for what counts only then.
    AskedToReopen,
    /// What was under way is over.
    Settled,
}

/// What the page is in the middle of, and what it could gain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// A reply, a model on its way or a measurement.
    pub is_busy: bool,
    /// Nothing would be lost if the page were loaded again.
    pub is_blank: bool,
    pub is_isolated: bool,
    /// The page was loaded again already.
    pub was_reloaded: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    TakeOver,
    Reload,
}

/// What is known, and whether the person asked for the new version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    pub stage: Stage,
    pub is_asked: bool,
    pub is_to_reopen: bool,
}

impl Course {
    /// What follows from something that happened.
    pub fn step(&mut self, happening: Happening, now: Situation) -> Option<Deed> {
        match happening {
            Happening::News(News::Waits) => {
                if self.stage == Stage::Current {
                    self.stage = Stage::Ready;
                }
                None
            }
            // The first service worker of all. What it is good for at once is
            // isolation, which a page has from its first moment or not at all.
            Happening::News(News::TakenOver { was_controlled: false }) => {
                let gains = !now.is_isolated && !now.was_reloaded;
                (gains && now.is_blank && !now.is_busy).then_some(Deed::Reload)
            }
            Happening::News(News::TakenOver { was_controlled: true }) => {
                self.stage = Stage::Replaced;
                self.is_asked |= now.is_blank;
                self.deed(now)
            }
            Happening::Asked => {
                self.is_asked = true;
                self.deed(now)
            }
            Happening::AskedToReopen => {
                self.is_to_reopen = true;
                self.deed(now)
            }
            Happening::Settled => self.deed(now),
        }
    }

    fn deed(&self, now: Situation) -> Option<Deed> {
        match self.stage {
            _ if now.is_busy => None,
            // Whoever asked for both gets both: the new version loads the page again.
            _ if !self.is_asked => self.is_to_reopen.then_some(Deed::Reload),
            Stage::Current => self.is_to_reopen.then_some(Deed::Reload),
            Stage::Ready => Some(Deed::TakeOver),
            Stage::Replaced => Some(Deed::Reload),
        }
    }
}

/// A handle to what the page knows of versions.
#[derive(Clone, Copy, Debug)]
pub struct Renewal {
    pub course: RwSignal<Course>,
    bella: Bella,
    lab: Lab,
}

impl Renewal {
    /// Begins once the engine has begun, so that what keeps the page on the device
    /// does not compete with what brings it to life.
    fn start(bella: Bella, lab: Lab) -> Self {
        let renewal = Self { course: RwSignal::default(), bella, lab };
        let is_waking = Memo::new(move |_| bella.view.phase.with(|phase| phase.name() == "waking"));
        Effect::new(move |has_begun: Option<bool>| {
            let has_begun = has_begun.unwrap_or_default();
            if !has_begun && !is_waking.get() {
                service_worker::register(move |news| renewal.hear(Happening::News(news)));
            }
            has_begun || !is_waking.get()
        });
        let is_busy = Memo::new(move |_| renewal.is_busy());
        Effect::new(move |_| {
            if !is_busy.get() {
                renewal.hear(Happening::Settled);
            }
        });
        renewal
    }

    /// The person wants the new version.
    pub fn ask(self) {
        self.hear(Happening::Asked);
    }

    /// The person wants the page opened again.
    pub fn ask_to_reopen(self) {
        self.hear(Happening::AskedToReopen);
    }

    fn hear(self, happening: Happening) {
        let now = untrack(|| self.situation());
        let mut course = self.course.get_untracked();
        let deed = course.step(happening, now);
        if course != self.course.get_untracked() {
            self.course.set(course);
        }
        match deed {
            Some(Deed::TakeOver) => leptos::task::spawn_local(async move {
                // When none waits any more, loading the page again brings what is there.
                if !service_worker::take_over().await {
                    self.reload();
                }
            }),
            Some(Deed::Reload) => self.reload(),
            None => {}
        }
    }

    fn reload(self) {
        self.bella.draft.with_untracked(|draft| storage::leave_draft(draft));
        service_worker::reload();
    }

    fn is_busy(self) -> bool {
        let view = self.bella.view;
        let at_work = |phase: &bella_companion::Phase| {
            phase.is_replying() || matches!(phase, bella_companion::Phase::Loading(_))
        };
        view.phase.with(at_work)
            || view.waiting.with(Option::is_some)
            || self.lab.stage.with(crate::lab::Stage::is_measuring)
    }

    fn situation(self) -> Situation {
        let view = self.bella.view;
        Situation {
            is_busy: self.is_busy(),
            is_blank: view.is_blank()
                && !view.phase.with(bella_companion::Phase::has_model)
                && self.lab.report.with(Option::is_none),
            is_isolated: service_worker::is_isolated(),
            was_reloaded: service_worker::was_reloaded(),
        }
    }
}

pub fn provide_renewal(bella: Bella, lab: Lab) {
    provide_context(Renewal::start(bella, lab));
}

pub fn use_renewal() -> Renewal {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAITS: Happening = Happening::News(News::Waits);
    const FIRST: Happening = Happening::News(News::TakenOver { was_controlled: false });
    const NEXT: Happening = Happening::News(News::TakenOver { was_controlled: true });

    const IDLE: Situation =
        Situation { is_busy: false, is_blank: false, is_isolated: true, was_reloaded: false };
    const BUSY: Situation = Situation { is_busy: true, ..IDLE };
    const BLANK: Situation = Situation { is_blank: true, ..IDLE };
    const BARE: Situation = Situation { is_isolated: false, ..BLANK };

    /// Plays happenings one after another, and tells every deed and where it ends.
    #[track_caller]
    fn check(happenings: &[(Happening, Situation)], expected: (Stage, &[Deed])) {
        let mut course = Course::default();
        let deeds: Vec<Deed> =
            happenings.iter().filter_map(|&(happening, now)| course.step(happening, now)).collect();
        assert_eq!((course.stage, deeds.as_slice()), expected, "{happenings:?}");
    }

    #[test]
    fn a_new_version_waits_until_it_is_asked_for() {
        check(&[(WAITS, IDLE)], (Stage::Ready, &[]));
        check(&[(WAITS, BLANK), (Happening::Settled, BLANK)], (Stage::Ready, &[]));
        check(&[(WAITS, IDLE), (Happening::Asked, IDLE)], (Stage::Ready, &[Deed::TakeOver]));
        check(
            &[(WAITS, IDLE), (Happening::Asked, IDLE), (NEXT, IDLE)],
            (Stage::Replaced, &[Deed::TakeOver, Deed::Reload]),
        );
    }

    #[test]
    fn nothing_under_way_is_cut_short() {
        check(&[(WAITS, BUSY), (Happening::Asked, BUSY)], (Stage::Ready, &[]));
        check(
            &[(WAITS, BUSY), (Happening::Asked, BUSY), (Happening::Settled, IDLE)],
            (Stage::Ready, &[Deed::TakeOver]),
        );
        // Somebody wrote on while the new version was taking over.
        check(
            &[(WAITS, IDLE), (Happening::Asked, IDLE), (NEXT, BUSY), (Happening::Settled, IDLE)],
            (Stage::Replaced, &[Deed::TakeOver, Deed::Reload]),
        );
    }

    #[test]
    fn what_another_tab_asked_for_takes_no_conversation_away() {
        check(&[(WAITS, IDLE), (NEXT, IDLE), (Happening::Settled, IDLE)], (Stage::Replaced, &[]));
        check(&[(NEXT, IDLE), (Happening::Asked, IDLE)], (Stage::Replaced, &[Deed::Reload]));
        check(&[(NEXT, BLANK)], (Stage::Replaced, &[Deed::Reload]));
    }

    #[test]
    fn opening_the_page_again_waits_like_a_new_version() {
        const REOPEN: Happening = Happening::AskedToReopen;
        check(&[(REOPEN, IDLE)], (Stage::Current, &[Deed::Reload]));
        check(&[(REOPEN, BUSY)], (Stage::Current, &[]));
        check(&[(REOPEN, BUSY), (Happening::Settled, IDLE)], (Stage::Current, &[Deed::Reload]));
        // It is no wish for the new version.
        check(&[(WAITS, IDLE), (REOPEN, IDLE)], (Stage::Ready, &[Deed::Reload]));
        check(
            &[(WAITS, BUSY), (REOPEN, BUSY), (Happening::Asked, BUSY), (Happening::Settled, IDLE)],
            (Stage::Ready, &[Deed::TakeOver]),
        );
    }

    #[test]
    fn a_page_that_is_not_isolated_is_loaded_again_at_most_once() {
        check(&[(FIRST, BARE)], (Stage::Current, &[Deed::Reload]));
        check(&[(FIRST, Situation { was_reloaded: true, ..BARE })], (Stage::Current, &[]));
        check(&[(FIRST, Situation { is_blank: false, ..BARE })], (Stage::Current, &[]));
        check(&[(FIRST, Situation { is_busy: true, ..BARE })], (Stage::Current, &[]));
        check(&[(FIRST, BLANK)], (Stage::Current, &[]));
    }
}
