//! How strictly the words are taken, and what is asked of OpenSearch to find that out.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    SearchQuery, Sort, clauses,
    synonyms::{Synonyms, singular},
    words::{Word, Words, distance, errors_allowed},
};

/// How a query is read. It is found out for the first page and kept in the cursor for the later ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Plan {
    #[serde(default, skip_serializing_if = "Level::is_all")]
    pub(super) level: Level,
    /// Words that no product has, by what is read instead.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) corrected: BTreeMap<usize, Vec<String>>,
    /// Words that few products have, by a kind that is spelled all but so: it may be meant, too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) nearly: BTreeMap<usize, Vec<String>>,
    /// The words that say a kind, the one that weighs most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) kinds: Vec<usize>,
    /// The words that are not given up; `None` is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kept: Option<Vec<usize>>,
}

/// Which documents match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// Those that have all words in what says what they are, not only in their description.
    Strong,
    /// Those that have all words.
    #[default]
    All,
    /// Those too that lack some of them; those that lack fewer stand before.
    Near,
}

impl Level {
    fn is_all(&self) -> bool {
        *self == Self::All
    }
}

impl Plan {
    /// How a query is tried first. An order other than by relevance would bring to the top what only mentions a
    /// word: there a description does not count, if anything else is found.
    pub(super) fn first(search: &SearchQuery) -> Self {
        let level = if search.sort == Sort::Relevance { Level::All } else { Level::Strong };
        Self { level, ..Self::default() }
    }

    /// All words as they were typed.
    pub(super) fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn requires(&self, place: usize) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept.contains(&place))
    }

    /// A kind that is only mentioned is not what a product is.
    pub(super) fn is_telling(&self, place: usize) -> bool {
        self.level == Level::Strong || self.kinds.contains(&place)
    }

    /// What a word is read as, or may be.
    pub(super) fn meant(&self, place: usize) -> Option<&String> {
        self.corrected.get(&place).or_else(|| self.nearly.get(&place))?.first()
    }

    /// Whether the words are read otherwise than they were typed.
    pub(super) fn reads_otherwise(&self) -> bool {
        !self.corrected.is_empty() || !self.nearly.is_empty()
    }

    /// Leaves words as they were typed that are found so, but for these.
    pub(super) fn read_as_typed_but_for(&mut self, unsaid: &[usize]) {
        self.corrected.retain(|place, _| unsaid.contains(place));
        self.nearly.clear();
    }

    pub(super) fn head(&self) -> Option<usize> {
        self.kinds.first().copied()
    }

    /// The order in which words are kept: kinds before others, then as they were typed.
    pub(super) fn rank(&self, place: usize, of: usize) -> usize {
        let others = (0..of).filter(|other| !self.kinds.contains(other));
        self.kinds.iter().copied().chain(others).position(|other| other == place).unwrap_or(of)
    }

    /// The words as they are read.
    pub(super) fn read(&self, words: &Words, synonyms: &Synonyms) -> Words {
        let mut read = words.clone();
        for (place, candidates) in &self.corrected {
            let (Some(word), Some((best, others))) = (read.words.get_mut(*place), candidates.split_first()) else {
                continue;
            };
            *word = Word { same: others.to_vec(), ..synonyms.word(best.clone()) };
        }
        for (place, kinds) in &self.nearly {
            if let Some(word) = read.words.get_mut(*place) {
                word.also.extend(kinds.iter().cloned());
            }
        }
        if !self.corrected.is_empty() {
            read.phrase = read.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        }
        read
    }
}

/// What is asked of each word where all together found too little: whether any product has it, whether it is a
/// kind, and which words of the catalogue are spelled nearly so. No question is answered beyond a few products.
pub(super) struct Questions {
    names: Vec<String>,
    pub(super) queries: Vec<Value>,
}

/// What there is of the words.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Known {
    /// How many products, at most [`FEW`].
    counts: HashMap<String, u64>,
    /// Words that are spelled nearly so.
    suggested: Value,
}

impl Questions {
    pub(super) fn of(words: &Words) -> Self {
        let (mut names, mut queries) = (Vec::new(), Vec::new());
        let mut ask = |name: String, ways: Vec<Value>| {
            names.push(name);
            queries.push(json!({
                "query": any_variant(ways), "size": 0, "terminate_after": FEW, "track_total_hits": true,
            }));
        };
        for (place, word) in words.words.iter().enumerate() {
            let by_any_name = |fields: &[&str]| -> Vec<Value> {
                let texts = word.all();
                let ways = texts.flat_map(|text| {
                    fields.iter().map(move |field| json!({"match": {*field: {"query": text, "operator": "and"}}}))
                });
                ways.collect()
            };
            ask(format!("any{place}"), by_any_name(&["variants.strong", "variants.description"]));
            ask(format!("kind{place}"), by_any_name(&["variants.kinds"]));
            ask(format!("said{place}"), clauses::spelled(clauses::EVERYWHERE, word));
            ask(format!("told{place}"), clauses::spelled("variants.spelling", word));
            let named = |text| json!({"match": {clauses::EVERYWHERE: {"query": text, "operator": "and"}}});
            ask(format!("named{place}"), word.all().skip(1).map(named).collect());
        }
        queries.push(suggestions(words));
        Self { names, queries }
    }

    pub(super) fn answered(self, mut answers: Vec<Value>) -> Known {
        let suggested = answers.pop().map(|mut answer| answer["suggest"].take()).unwrap_or_default();
        let count = |answer: &Value| answer["hits"]["total"]["value"].as_u64().unwrap_or_default();
        Known { counts: self.names.into_iter().zip(answers.iter().map(count)).collect(), suggested }
    }
}

/// Words of the catalogue that are spelled nearly as those that may be misspelt.
fn suggestions(words: &Words) -> Value {
    let mut body = json!({"size": 0, "track_total_hits": false});
    let words = words.words.iter().map(|word| &word.text).filter(|word| errors_allowed(word) > 0);
    let mut spelled: Vec<_> = words.flat_map(|word| [word.clone(), singular(word)]).collect();
    spelled.dedup();
    if !spelled.is_empty() {
        let near = |field: &str| {
            json!({"term": {
                "field": field, "suggest_mode": "always", "max_edits": 2, "prefix_length": 0, "min_word_length": 4,
                "size": 20, "accuracy": 0.3, "max_term_freq": 1_000_000_000,
            }})
        };
        body["suggest"] = json!({
            "text": spelled.join(" "),
            "kinds": near("variants.kinds.plain"), "telling": near("variants.spelling"), "any": near("variants.all_words"),
        });
    }
    body
}

fn any_variant(ways: Vec<Value>) -> Value {
    if ways.is_empty() {
        return json!({"match_none": {}});
    }
    let any = json!({"bool": {"should": ways, "minimum_should_match": 1}});
    json!({"nested": {"path": "variants", "score_mode": "none", "query": any}})
}

/// The plan that follows from what is known of the words.
pub(super) fn understood(words: &Words, known: &Known, synonyms: &Synonyms) -> Plan {
    let count =
        |question: &str, place: usize| known.counts.get(&format!("{question}{place}")).copied().unwrap_or_default();
    let mut plan = Plan { level: Level::Near, ..Plan::default() };
    let (mut kept, mut kinds) = (Vec::new(), Vec::new());
    for (place, word) in words.words.iter().enumerate() {
        let [any, said, told, named, kind] =
            ["any", "said", "told", "named", "kind"].map(|question| count(question, place));
        if kind > 0 {
            kinds.push(place);
        }
        let few = kind == 0 && named == 0 && told < FEW;
        let meant = if few { Meant::by(&word.text, &known.suggested, synonyms) } else { Meant::default() };
        match (any > 0, told > 0) {
            (false, _) if meant.texts.is_empty() => continue,
            (false, _) => {
                plan.corrected.insert(place, meant.texts);
            }
            // A word of few titles, and all but the name of a kind: whales' tales, and tables after them.
            (true, true) if meant.is_near_kind() => {
                plan.nearly.insert(place, meant.texts);
            }
            // One that only descriptions say: more likely the kind.
            (true, false) if meant.is_kind && (said == 0 || meant.is_near_kind()) => {
                let typed = (said > 0).then(|| word.text.clone());
                plan.corrected.insert(place, meant.texts.into_iter().chain(typed).collect());
            }
            (true, _) => {}
        }
        kept.push(place);
    }
    // The last noun is what is looked for: a coffee table is a table.
    kinds.reverse();
    plan.kinds = kinds;
    plan.kept = (kept.len() < words.words.len()).then_some(kept);
    plan
}

/// Products beyond this many are not counted; fewer are few.
const FEW: u64 = 8;
/// How many words a misspelt one may have been meant for.
const CANDIDATES: usize = 2;

/// What a word was likeliest meant for.
#[derive(Debug, Default)]
struct Meant {
    /// The likeliest first.
    texts: Vec<String>,
    is_kind: bool,
    errors: usize,
    /// How many variants have the likeliest.
    often: u64,
}

impl Meant {
    /// A kind of many products, and one letter away.
    fn is_near_kind(&self) -> bool {
        self.is_kind && self.errors == 1 && self.often > FEW
    }
}

/// A word that somebody may have meant.
struct Candidate {
    text: String,
    errors: usize,
    /// The first letter is seldom wrong.
    begins_otherwise: bool,
    /// Letters change places more often than they are left out.
    has_other_letters: bool,
    /// 0 for a kind, 1 for a word that says what a product is, 2 for any other.
    source: usize,
    often: u64,
}

impl Candidate {
    fn rank(&self) -> (usize, bool, bool, usize) {
        (self.errors, self.begins_otherwise, self.has_other_letters, self.source)
    }
}

fn letters(word: &str) -> Vec<char> {
    let mut letters: Vec<_> = word.chars().collect();
    letters.sort_unstable();
    letters
}

impl Meant {
    /// The words that a misspelt one was likeliest meant for: with the fewest errors, then with the same first letter,
    /// then with the same letters, then kinds before other words, then the commonest.
    fn by(typed: &str, suggested: &Value, synonyms: &Synonyms) -> Self {
        let allowed = errors_allowed(typed);
        let mut found: Vec<Candidate> = Vec::new();
        let mut consider = |source: usize, text: &str, often: u64| {
            // One letter too few and the plural's is one error, not two.
            let errors = distance(typed, text).min(distance(&singular(typed), &singular(text)));
            // Its own plural is no other word.
            let is_itself = singular(typed) == singular(text);
            if errors > allowed || is_itself || text.contains(|c: char| c.is_ascii_digit()) {
                return;
            }
            match found.iter_mut().find(|known| singular(&known.text) == singular(text)) {
                // In the number in which it was typed.
                Some(known) if distance(typed, text) < distance(typed, &known.text) => known.text = text.to_owned(),
                Some(_) => {}
                None => {
                    let begins_otherwise = typed.chars().next() != text.chars().next();
                    let has_other_letters = letters(&singular(typed)) != letters(&singular(text));
                    let text = text.to_owned();
                    found.push(Candidate { text, errors, begins_otherwise, has_other_letters, source, often });
                }
            }
        };
        let one = singular(typed);
        for (source, name) in ["kinds", "telling", "any"].iter().enumerate() {
            let entries = suggested[name].as_array().map(Vec::as_slice).unwrap_or_default();
            for entry in entries.iter().filter(|entry| entry["text"] == typed || entry["text"] == one.as_str()) {
                for option in entry["options"].as_array().map(Vec::as_slice).unwrap_or_default() {
                    let often = option["freq"].as_u64().unwrap_or_default();
                    consider(source, option["text"].as_str().unwrap_or_default(), often);
                }
            }
            if source == 1 {
                let length = typed.chars().count();
                let near = synonyms.known().filter(|word| word.chars().count().abs_diff(length) <= allowed + 1);
                near.for_each(|word| consider(source, word, 0));
            }
        }
        found.sort_by(|a, b| a.rank().cmp(&b.rank()).then(b.often.cmp(&a.often)));
        let Some(best) = found.first() else { return Self::default() };
        let (rank, errors, often) = (best.rank(), best.errors, best.often);
        let same = found.into_iter().filter(|candidate| candidate.rank() == rank).take(CANDIDATES);
        Self { texts: same.map(|candidate| candidate.text).collect(), is_kind: rank.3 == 0, errors, often }
    }
}
