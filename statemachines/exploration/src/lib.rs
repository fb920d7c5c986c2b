//! What the protocols' models share.
//!
//! A model is a [`Protocol`]: a state machine for the checker ([stateright](https://docs.rs/stateright)), whose
//! [`Guard`]s can be taken away one at a time. [`explore()`] visits its states; [`Role`] says what each guard is good
//! for; [`command`] is the program that prints both as tables.
#![forbid(unsafe_code)]

pub mod command;
mod explore;
mod guards;
mod last;
mod protocol;
mod removals;

pub use explore::{Explored, Progress, Violation, explore};
pub use guards::{Guard, Guards};
pub use last::Last;
pub use protocol::{Protocol, Role};
pub use removals::{needed_after_all, unnoticed};
