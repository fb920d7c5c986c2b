//! Words that shoppers use for each other: the language of the file that operators edit.

use std::collections::{HashMap, HashSet};

use super::words::Word;

/// The file that is built in: what holds where operators have put none.
pub const STANDARD: &str = include_str!("synonyms.txt");
/// A group's words are at most so many words long.
const LENGTH_MAX: usize = 3;
/// What operators write stays small enough for an item of a table, and for every warm function.
const LINES_MAX: usize = 5_000;
const BYTES_MAX: usize = 200_000;
const LINE_MAX: usize = 500;
/// A longer word is no word of a catalogue.
const LETTERS_MAX: usize = 40;
/// A word may be called so many things, and so many things may be offered for it.
pub(super) const OTHERS_MAX: usize = 8;
/// So many lines are complained of at once.
const PROBLEMS_MAX: usize = 50;

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Which one, from 1 on.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// All of these mean the same.
    Same(Vec<String>),
    /// Who looks for one of the first may like the second.
    Also(Vec<String>, Vec<String>),
}

impl Line {
    /// Reads a line; `None` where it says nothing.
    fn read(line: &str) -> Result<Option<Self>, String> {
        if line.chars().count() > LINE_MAX {
            return Err(format!("has more than {LINE_MAX} characters"));
        }
        let said = line.split('#').next().unwrap_or_default().to_lowercase();
        if said.trim().is_empty() {
            return Ok(None);
        }
        let sides: Vec<_> = said.split("=>").map(words).collect::<Result<_, _>>()?;
        match <[Vec<String>; 1]>::try_from(sides) {
            Ok([same]) if same.len() < 2 => Err("names one word only: of what else is it a synonym?".to_owned()),
            Ok([same]) => Ok(Some(Self::Same(same))),
            Err(sides) => match <[Vec<String>; 2]>::try_from(sides) {
                Ok([left, right]) if left.is_empty() || right.is_empty() => {
                    Err("has nothing on one side of =>".to_owned())
                }
                Ok([left, right]) => Ok(Some(Self::Also(left, right))),
                Err(_) => Err("has more than one =>".to_owned()),
            },
        }
    }

    /// Each word, with what the line adds to what it may be called.
    fn add_to(&self, synonyms: &mut Synonyms) {
        match self {
            Self::Same(same) => same.iter().for_each(|word| add(&mut synonyms.others(word).equal, word, same)),
            Self::Also(left, right) => {
                left.iter().for_each(|word| add(&mut synonyms.others(word).also, word, right));
            }
        }
    }

    fn named(&self) -> &[String] {
        match self {
            Self::Same(words) | Self::Also(words, _) => words,
        }
    }
}

/// The words of a side of a line.
fn words(side: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for word in side.split(',').map(|word| word.split_whitespace().collect::<Vec<_>>()) {
        let text = word.join(" ");
        if text.is_empty() {
            continue;
        }
        if word.len() > LENGTH_MAX {
            return Err(format!("{text} is of more than {LENGTH_MAX} words"));
        }
        if word.iter().any(|part| part.chars().count() > LETTERS_MAX) {
            return Err(format!("has a word of more than {LETTERS_MAX} letters"));
        }
        if text.chars().any(char::is_control) || !text.chars().any(char::is_alphanumeric) {
            return Err("has something that is no word".to_owned());
        }
        if found.contains(&text) {
            return Err(format!("names {text} twice"));
        }
        found.push(text);
    }
    Ok(found)
}

/// What is wrong with the lines of a file; where nothing is, it does all that it says.
pub fn problems(lines: &[String]) -> Vec<LineProblem> {
    let whole = |line: usize, reason: String| vec![LineProblem { line, reason }];
    if lines.len() > LINES_MAX {
        return whole(LINES_MAX + 1, format!("is beyond the {LINES_MAX} lines that a file may have"));
    }
    let mut bytes = 0;
    let mut problems = Vec::new();
    let (mut synonyms, mut complained) = (Synonyms::default(), HashSet::new());
    for (number, text) in (1..).zip(lines) {
        bytes += text.len() + 1;
        if bytes > BYTES_MAX {
            return whole(number, format!("is beyond the {BYTES_MAX} bytes that a file may have"));
        }
        match Line::read(text) {
            Ok(None) => {}
            Ok(Some(line)) => {
                line.add_to(&mut synonyms);
                let has_many = |word: &&String| {
                    let others = synonyms.by_word.get(&key(word));
                    others.is_some_and(|others| others.equal.len().max(others.also.len()) > OTHERS_MAX)
                };
                if let Some(word) = line.named().iter().find(has_many)
                    && complained.insert(key(word))
                {
                    let reason =
                        format!("with this line {word} has more than {OTHERS_MAX} others: these are not looked for");
                    problems.push(LineProblem { line: number, reason });
                }
            }
            Err(reason) => problems.push(LineProblem { line: number, reason }),
        }
    }
    // By mistake rather than on purpose.
    if problems.is_empty() && synonyms == Synonyms::default() {
        return whole(1, "and all others say nothing: a file has to name some words".to_owned());
    }
    problems.truncate(PROBLEMS_MAX);
    problems
}

/// What each word may be called instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms {
    by_word: HashMap<String, Others>,
}

/// What a word may be called instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Others {
    equal: Vec<String>,
    also: Vec<String>,
}

impl Synonyms {
    /// Those that are built in.
    pub fn standard() -> Self {
        Self::parse(STANDARD)
    }

    /// Reads a file: a line is `couch, sofa`, which mean the same, or `blue => navy, cobalt`: who looks for the left
    /// may like the right, after what is called as they said. `#` begins a remark. A line that says nothing, or that
    /// cannot be read, is passed over.
    pub fn parse(text: &str) -> Self {
        let mut synonyms = Self::default();
        for line in text.lines().take(LINES_MAX).filter_map(|line| Line::read(line).ok().flatten()) {
            line.add_to(&mut synonyms);
        }
        synonyms
    }

    fn others(&mut self, word: &str) -> &mut Others {
        self.by_word.entry(key(word)).or_default()
    }

    /// The longest group of these tokens, from the first on, that has synonyms, else the first alone; and how
    /// many tokens it takes.
    pub(super) fn longest(&self, tokens: &[&String]) -> (usize, Word) {
        for length in (1..=LENGTH_MAX.min(tokens.len())).rev() {
            let text = tokens[..length].iter().map(|token| token.as_str()).collect::<Vec<_>>().join(" ");
            if self.by_word.contains_key(&key(&text)) {
                return (length, self.word(text));
            }
        }
        (1, Word::plain(tokens[0].clone()))
    }

    /// A word with its others.
    pub(super) fn word(&self, text: String) -> Word {
        let Others { equal, also } = self.by_word.get(&key(&text)).cloned().unwrap_or_default();
        Word { equal, also, ..Word::plain(text) }
    }

    /// Words of the file, one by one: what somebody may have misspelt.
    pub(super) fn known(&self) -> impl Iterator<Item = &String> {
        self.by_word.keys().filter(|word| !word.contains(' '))
    }
}

fn add(known: &mut Vec<String>, word: &str, others: &[String]) {
    for other in others {
        if key(other) != key(word) && !known.contains(other) {
            known.push(other.clone());
        }
    }
}

fn key(word: &str) -> String {
    Word::plain(word.to_owned()).key()
}

/// Near enough to compare words of the file with what was typed; the index has its own, better stemmer.
pub(super) fn singular(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    let replaced = |suffix: &str, by: &str| {
        word.strip_suffix(suffix).filter(|stem| stem.len() > 1).map(|stem| format!("{stem}{by}"))
    };
    match word {
        _ if word.len() <= 3 || word.ends_with("ss") || word.ends_with("us") => word.to_owned(),
        _ => replaced("ies", "y")
            .or_else(|| ["sses", "shes", "ches", "xes", "zes"].iter().find_map(|s| replaced(s, &s[..s.len() - 2])))
            .or_else(|| replaced("s", ""))
            .unwrap_or_else(|| word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_holds_both_ways_and_an_arrow_one_way() {
        let synonyms = Synonyms::parse("couch, sofa # soft\nblue => navy , cobalt\n\n => x\ncell phone, cellphone");
        assert_eq!(synonyms.word("sofas".to_owned()).equal, ["couch"]);
        assert_eq!(synonyms.word("blue".to_owned()).also, ["navy", "cobalt"]);
        assert_eq!(synonyms.word("navy".to_owned()), Word::plain("navy".to_owned()));
        let tokens = ["cell", "phones", "black"].map(str::to_owned);
        let (taken, word) = synonyms.longest(&tokens.iter().collect::<Vec<_>>());
        assert_eq!((taken, word.text.as_str(), word.equal), (2, "cell phones", vec!["cellphone".to_owned()]));
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_line() {
        let file =
            "# remark\ncouch, sofa\n\ntent\na => b => c\n=> x\nblue => \none two three four, x\n??, y\nmug, cup, mug";
        let lines: Vec<_> = file.lines().map(str::to_owned).collect();
        assert_eq!(problems(&lines).iter().map(|problem| problem.line).collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9, 10]);
        let many = ["a => b, c, d, e, f, g, h, i", "a => j"].map(str::to_owned);
        assert_eq!(problems(&many).iter().map(|problem| problem.line).collect::<Vec<_>>(), [2]);
        assert_eq!(problems(&vec!["a, b".to_owned(); LINES_MAX + 1])[0].line, LINES_MAX + 1);
        assert_eq!(problems(&vec!["# ".repeat(200); 600])[0].line, 499);
        assert_eq!(problems(&["x".repeat(LINE_MAX + 1)]).len(), 1);
        assert_eq!((problems(&[]).len(), problems(&["# nothing".to_owned()]).len()), (1, 1));
    }

    #[test]
    fn plurals_need_no_entry() {
        let singulars = ["dresses", "watches", "berries", "boxes", "shoes", "glass", "bus", "chef's"].map(singular);
        assert_eq!(singulars, ["dress", "watch", "berry", "box", "shoe", "glass", "bus", "chef"]);
    }

    #[test]
    fn what_is_built_in_is_read_whole() {
        assert_eq!(problems(&STANDARD.lines().map(str::to_owned).collect::<Vec<_>>()), []);
        let standard = Synonyms::standard();
        for word in ["couch", "cellphone", "rucksack", "tee", "woman", "blue"] {
            assert_ne!(standard.word(word.to_owned()), Word::plain(word.to_owned()));
        }
    }
}
