//! What the documents say of files and tests is true.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    root,
    sources::{self, visit},
};

/// Folders with sources.
const FOLDERS: [&str; 5] = ["functions", "infra", "shared", "statemachines", "tests"];

/// All documents, by their paths from the root, with their texts.
fn documents() -> Vec<(String, String)> {
    let mut found = Vec::new();
    sources::walk(&root(), "md", &mut |name, text| found.push((name.to_owned(), text.to_owned())));
    found
}

/// What stands between single backticks in prose and tables, not in blocks of code.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    let is_code = line.starts_with("    ");
    line.split('`').skip(1).step_by(2).filter(move |_| !is_code)
}

/// What links go to, within the repository.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://"))
}

/// True where a path exists; `<…>` and `*` stand for any name, and what is in braces for each of its parts.
fn exists(folder: &Path, path: &str) -> bool {
    if let Some((before, rest)) = path.split_once('{')
        && let Some((parts, after)) = rest.split_once('}')
    {
        return parts.split(',').all(|part| exists(folder, &format!("{before}{part}{after}")));
    }
    let Some((first, rest)) = path.split_once('/') else {
        return path.is_empty() || !matching(folder, path).is_empty();
    };
    matching(folder, first).iter().any(|name| exists(&folder.join(name), rest))
}

/// The names in a folder that this one, or this pattern, stands for.
fn matching(folder: &Path, pattern: &str) -> Vec<String> {
    if pattern == "." || pattern == ".." {
        return vec![pattern.to_owned()];
    }
    let wild = pattern.find(['<', '*']).map(|from| {
        let to = pattern.rfind(['>', '*']).unwrap_or(from);
        (&pattern[..from], &pattern[to + 1..])
    });
    let names = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names
        .filter(|name| wild.map_or(name == pattern, |(start, end)| name.starts_with(start) && name.ends_with(end)))
        .collect()
}

/// True where a text can only be meant as a path from here: it begins with a folder that is there, or is a document.
fn is_path(folder: &Path, text: &str) -> bool {
    let first = text.split('/').next().unwrap_or_default();
    let is_plain = !text.contains([' ', '…', '$', '"', ':']);
    let leads_somewhere = !first.is_empty() && folder.join(first).is_dir() && !matches!(first, "target" | "." | "..");
    is_plain && ((text.contains('/') && leads_somewhere) || text.ends_with(".md"))
}

#[test]
fn documents_name_files_that_exist() {
    let mut missing = Vec::new();
    for (document, text) in documents() {
        let folder = root().join(&document).parent().unwrap().to_owned();
        for line in text.lines() {
            missing.extend(links(line).filter(|link| !exists(&folder, link)).map(|link| format!("{document}: {link}")));
            for span in spans(line).filter(|span| is_path(&root(), span) || is_path(&folder, span)) {
                if !exists(&root(), span) && !exists(&folder, span) {
                    missing.push(format!("{document}: {span}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Names of tests that stand in a line with the file that holds them.
#[test]
fn documents_name_tests_that_their_files_hold() {
    let mut wrong = Vec::new();
    for (document, text) in documents() {
        for line in text.lines() {
            let files: Vec<_> =
                spans(line).filter(|span| span.ends_with(".rs") && root().join(span).exists()).collect();
            let held: String = files.iter().map(|file| fs::read_to_string(root().join(file)).unwrap()).collect();
            let tests = spans(line).filter(|span| span.matches('_').count() > 3 && span.chars().all(is_name));
            let absent = tests.filter(|test| !files.is_empty() && !held.contains(test));
            wrong.extend(absent.map(|test| format!("{document}: {test} is not in {files:?}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_protocols_legend_names_each_invariants_test() {
    let mut held = BTreeSet::new();
    for folder in FOLDERS {
        visit(folder, &mut |file, text| {
            let functions = text.split("fn invariant_i").skip(1);
            let properties = text.split("always(\"invariant_i").skip(1);
            let names = functions.chain(properties).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            held.extend(names.map(|rest| (file.to_owned(), format!("invariant_i{}", name_of(rest)))));
        });
    }
    let legend = fs::read_to_string(root().join("docs/protocol.md")).unwrap();
    let mut named = BTreeSet::new();
    for line in legend.lines().filter(|line| line.starts_with("- `")) {
        let mut spans = spans(line);
        let file = spans.next().unwrap();
        named.extend(
            spans.filter(|span| span.starts_with("invariant_i")).map(|test| (file.to_owned(), test.to_owned())),
        );
    }
    let forgotten: Vec<_> = held.difference(&named).collect();
    let invented: Vec<_> = named.difference(&held).collect();
    assert!(forgotten.is_empty(), "docs/protocol.md does not name {forgotten:#?}");
    assert!(invented.is_empty(), "docs/protocol.md names what is not there: {invented:#?}");
}

fn is_name(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
}

fn name_of(text: &str) -> &str {
    &text[..text.find(|character| !is_name(character)).unwrap_or(text.len())]
}
