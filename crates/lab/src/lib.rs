//! Where Bella's own small models are trained and measured.
//!
//! - [`commands`]: what can be done here, and with which files
//! - [`data`], [`encoder`], [`states`]: rows of text, and what the frozen part of
//!   the encoder makes of them
//! - [`sentiment`], [`train`], [`adam`]: the model that learns, and how
//! - [`layer`], [`attention`], [`adapter`], [`arithmetic`], [`matmul`]: the forward
//!   pass and its derivative, written out
//! - [`calibration`], [`export`], [`card`]: what came of it
//! - [`parallel`], [`random`]: threads and chance that change no result
//!
//! Everything here repeats itself to the last bit: the same rows and the same
//! seed give the same file, on any machine and with any number of threads.

pub mod adam;
pub mod adapter;
pub mod arithmetic;
pub mod attention;
pub mod calibration;
pub mod card;
pub mod commands;
pub mod data;
pub mod encoder;
pub mod export;
pub mod layer;
pub mod matmul;
pub mod parallel;
pub mod random;
pub mod sentiment;
pub mod states;
pub mod train;
