//! How many shoppers the stack bears at once. Runs alone: it wants the whole machine.
//!
//! `make crowd` prints the table at 1, 8, 32 and 128 stories at a time; `make test` runs a short one.

pub mod figures;
mod stories;
