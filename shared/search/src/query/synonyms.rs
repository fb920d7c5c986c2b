//! Words that shoppers use for each other, from a file that operators edit.

use std::collections::HashMap;

use super::words::Word;

/// The file that is built in: what holds where operators have put none.
const STANDARD: &str = include_str!("synonyms.txt");
/// A group's words are at most so many words long.
const LENGTH_MAX: usize = 3;
/// Lines beyond this are not read: what operators write stays small enough for every warm function.
const LINES_MAX: usize = 20_000;

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
    /// may like the right, after what is called as they said. `#` begins a remark. A line that says nothing is
    /// passed over.
    pub fn parse(text: &str) -> Self {
        let mut synonyms = Self::default();
        for line in text.lines().take(LINES_MAX) {
            let line = line.split('#').next().unwrap_or_default().to_lowercase();
            let list = |text: &str| -> Vec<String> {
                let words = text.split(',').map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "));
                words.filter(|word| !word.is_empty()).collect()
            };
            match line.split_once("=>") {
                Some((left, right)) => {
                    list(left).iter().for_each(|word| add(&mut synonyms.others(word).also, word, &list(right)))
                }
                None => list(&line).iter().for_each(|word| add(&mut synonyms.others(word).equal, word, &list(&line))),
            }
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
    fn plurals_need_no_entry() {
        let singulars = ["dresses", "watches", "berries", "boxes", "shoes", "glass", "bus", "chef's"].map(singular);
        assert_eq!(singulars, ["dress", "watch", "berry", "box", "shoe", "glass", "bus", "chef"]);
    }

    #[test]
    fn what_is_built_in_is_read_whole() {
        let standard = Synonyms::standard();
        for word in ["couch", "cellphone", "rucksack", "tee", "woman", "blue"] {
            assert_ne!(standard.word(word.to_owned()), Word::plain(word.to_owned()));
        }
    }
}
