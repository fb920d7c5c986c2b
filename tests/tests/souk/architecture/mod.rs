//! What the code and the templates promise each other. Nothing runs here: files are read.

mod dependencies;
mod documents;
mod edge;
mod freshness;
mod lives;
mod saga;
mod sign_in;
mod sources;
mod template;
mod templates;
mod timeouts;
mod words;
mod worlds;

pub use sources::{entries_with, files_with, quoted_arguments, visit};
pub use template::{Function, Route, Template, routes, texts, with_functions, worlds};

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The names of the entries of a folder, sorted.
pub fn entries(folder: &str) -> Vec<String> {
    let listing = std::fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut names: Vec<_> = listing.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
