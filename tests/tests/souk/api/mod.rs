//! What the API says of itself: the problem catalogue, the description made from the handlers, the pages made
//! from both. Nothing runs here. `UPDATE=1` writes what has changed.

mod agreement;
mod asked;
mod compatibility;
mod document;
mod events;
pub mod limits;
pub mod permissions;
mod problems;
mod reference;
mod refusals;
pub mod samples;
mod schemas;

pub use document::{Operation, document, operations};

use super::architecture::root;

/// Compares a file of the repository with what it is made of, or writes it where `UPDATE` is set.
#[track_caller]
fn assert_written(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    let shared = written.lines().zip(text.lines()).take_while(|(there, made)| there == made).count();
    assert!(
        written == text,
        "{path} is not what the code says (line {}): run `UPDATE=1 cargo test --workspace --test souk api::`",
        shared + 1,
    );
}
