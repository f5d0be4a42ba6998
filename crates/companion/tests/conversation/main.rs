//! What Bella does, told as sequences of events.
//!
//! Each story is a list of lines `event -> phase; effects`. A test plays the
//! events against a fresh companion, and the told lines must come out.
//!
//! - [`talking`]: questions and answers; [`acting`]: what is done without a model;
//!   [`feeling`]: moods; [`voice`]: what is heard and said; [`ahead`]: what is read
//!   before a question comes
//! - [`loading`]: models; [`losing`]: engines that are gone
//! - [`story`]: how it is played and told

mod acting;
mod ahead;
mod feeling;
mod loading;
mod losing;
mod story;
mod talking;
mod voice;
