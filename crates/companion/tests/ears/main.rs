//! What the ears do, told as sequences of events.
//!
//! Each story is a list of lines `what happens -> phase; effects`.
//!
//! - [`talking`]: the button; [`hands_free`]: the room; [`calling`]: her name;
//!   [`interrupting`]: while she speaks; [`losing`]: microphones, models and engines
//!   that fail
//! - [`random`]: whatever happens in whatever order
//! - [`story`]: how it is played and told

mod calling;
mod hands_free;
mod interrupting;
mod losing;
mod random;
mod story;
mod talking;
