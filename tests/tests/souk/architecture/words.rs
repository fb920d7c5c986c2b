//! What can be held of the words: a name fits a line, and a person is *they*.

use super::{root, sources::walk};

/// A longer name is cut where tests are listed.
const NAME_MAX: usize = 79;

/// What people write in.
const WRITTEN: [&str; 5] = ["rs", "md", "py", "yaml", "toml"];

/// Nobody knows this of who shops, sells or operates.
const GUESSES: [&str; 8] = ["he", "his", "him", "himself", "she", "her", "hers", "herself"];

/// Hebrew, by its code.
const HEBREW: [&str; 4] = ["\"he\"", "\\\"he\\\"", "\"he-", "/he."];

/// True where a line guesses; the words of a name count one by one.
fn guesses(line: &str) -> bool {
    let line = HEBREW.iter().fold(line.to_lowercase(), |line, code| line.replace(code, ""));
    line.split(|c: char| !c.is_alphanumeric()).any(|word| GUESSES.contains(&word))
}

/// The names of the functions that a text defines.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    let defined = ["fn ", "def "].into_iter().flat_map(|keyword| text.split(keyword).skip(1));
    defined.map(|rest| &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())])
}

#[test]
fn names_of_functions_and_tests_fit_a_line() {
    let mut long = Vec::new();
    for extension in ["rs", "py"] {
        walk(&root(), extension, &mut |file, text| {
            let names = functions(text).filter(|name| name.len() > NAME_MAX);
            long.extend(names.map(|name| format!("{file}: {name} has {} characters", name.len())));
        });
    }
    assert!(long.is_empty(), "more than {NAME_MAX}: {long:#?}");
}

#[test]
fn a_person_is_they() {
    let mut guessed = Vec::new();
    for extension in WRITTEN {
        walk(&root(), extension, &mut |file, text| {
            let lines = text.lines().enumerate().filter(|_| !file.ends_with("architecture/words.rs"));
            let wrong = lines.filter(|(_, line)| guesses(line));
            guessed.extend(wrong.map(|(number, line)| format!("{file}:{}: {}", number + 1, line.trim())));
        });
    }
    assert!(guessed.is_empty(), "{guessed:#?}");
}
