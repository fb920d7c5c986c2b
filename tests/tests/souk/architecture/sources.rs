//! What the sources say, read as text.

use std::{collections::BTreeSet, path::Path};

use super::root;

/// Calls `visit` with name and text of each source below a folder.
pub fn visit(folder: &str, visit: &mut dyn FnMut(&str, &str)) {
    walk(&root().join(folder), visit);
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&str, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            visit(&name, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The texts in quotes that follow this call anywhere below a folder.
pub fn quoted_arguments(folder: &str, call: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    visit(folder, &mut |_, text| {
        let quoted = text.split(call).skip(1).filter_map(|rest| rest.strip_prefix('"')?.split('"').next());
        found.extend(quoted.map(str::to_owned));
    });
    found
}

/// In how many files below a folder these words stand.
pub fn files_with(folder: &str, words: &str) -> usize {
    let mut found = 0;
    visit(folder, &mut |_, text| found += usize::from(text.contains(words)));
    found
}

/// The names that follow these words at the beginning of a line, below a folder.
pub fn entries_with(folder: &str, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    visit(folder, &mut |_, text| {
        let names = text.lines().filter_map(|line| line.strip_prefix(words));
        found.extend(
            names.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned()),
        );
    });
    found
}
