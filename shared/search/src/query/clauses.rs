//! Which documents a query finds, and what makes one better than another.
//!
//! A word counts the same wherever it stands often: by the field, not by its frequency, so that a rare word in a
//! description cannot outweigh a common one in the category. In the category and the attributes a word says what a
//! product is, in the title almost, in the description what it goes with.

use serde_json::{Value, json};

use super::{
    plan::{Level, Plan},
    synonyms::singular,
    words::{Word, Words},
};

/// The fields that say what a product is, and what a word is worth in each.
const TELLING: [(&str, f64); 6] = [
    ("variants.kinds", 10.0),
    ("variants.category_names", 6.0),
    ("variants.attribute_words", 6.0),
    ("variants.variant_title", 6.0),
    ("variants.title", 5.0),
    ("variants.strong", 4.0),
];
/// What a word is worth in a description.
const DESCRIBED: (&str, f64) = ("variants.description", 1.5);
/// Another word for the same is worth a little less than what was typed.
const EQUAL: f64 = 0.9;
/// A word for some of what was meant is worth less, in a title too, than what was typed is in a description: by more
/// than popularity can make up for.
const ALSO: f64 = 0.05;
/// What a word adds by standing in more than one field.
const TWICE: f64 = 0.15;
/// A product that matches more words stands before one that matches fewer, whatever else is said of them.
const WORD: f64 = 1_000.0;
/// Of products that match as many words, those that match the earlier ones stand before.
const EARLIER: f64 = 15.0;
/// One that has a word for some of what was meant stands before one that has none.
const NEARLY: f64 = 400.0;
/// Codes stand before everything.
const WHOLE_CODE: f64 = 50_000.0;
const BEGINNING_OF_A_CODE: f64 = 30_000.0;
/// What can be bought stands before what cannot, if it matches as well.
const IN_STOCK: f64 = 0.6;
/// How much of a title the words are: among products that match alike, those with shorter titles stand before.
const SHARE: f64 = 0.75;

/// What a query finds among variants, with scores.
pub(super) fn scored(words: &Words, plan: &Plan) -> Value {
    let mut should = vec![constant(json!({"term": {"variants.in_stock": true}}), IN_STOCK)];
    if plan.level == Level::All {
        should.extend(told(words));
    }
    json!({"bool": { "must": [found(words, plan)], "should": should }})
}

/// The name by which a hit tells that it says a word letter by letter: two words may share a stem by accident.
pub(super) fn said(place: usize) -> String {
    format!("said{place}")
}

/// The name by which a hit tells that the last word, mostly the noun, says what it is: a sneaker that is cushioned is no
/// cushion.
pub(super) const IS_THE_LAST: &str = "is_the_last";

/// What hits are asked besides, which is worth nothing.
fn told(words: &Words) -> impl Iterator<Item = Value> {
    let named = |name: String, ways| json!({"constant_score": {"filter": any_of(ways), "boost": 0, "_name": name}});
    let spelled =
        words.words.iter().enumerate().map(move |(place, word)| named(said(place), spelled(EVERYWHERE, word)));
    let last = words.words.last().map(|word| named(IS_THE_LAST.to_owned(), fields(word, true, false)));
    spelled.chain(last)
}

/// All that is said of a variant, as it is spelled.
pub(super) const EVERYWHERE: &str = "variants.all_words";

/// That a field has a word letter by letter, or its singular.
pub(super) fn spelled(field: &str, word: &Word) -> Vec<Value> {
    let texts = [word.text.clone(), singular(&word.text)];
    texts.iter().map(|text| json!({"match": {field: {"query": text, "operator": "and"}}})).collect()
}

/// What a query finds among variants.
pub(super) fn found(words: &Words, plan: &Plan) -> Value {
    let mut ways = Vec::new();
    if let Some(code) = words.code.as_ref() {
        ways.extend(
            ["variants.sku_key", "variants.product_key"]
                .map(|field| constant(json!({"term": {field: code.key}}), WHOLE_CODE)),
        );
        if code.may_be_a_beginning {
            ways.push(constant(json!({"prefix": {"variants.sku_key": code.key}}), BEGINNING_OF_A_CODE));
        }
    }
    let asked: Vec<_> = words.words.iter().enumerate().filter(|(place, _)| plan.requires(*place)).collect();
    if asked.is_empty() && words.says_prices_only() {
        return json!({"match_all": {"boost": 0}});
    }
    if !asked.is_empty() {
        ways.push(match plan.level {
            Level::Strong | Level::All => {
                let all: Vec<_> = asked.iter().map(|(place, word)| anywhere(word, plan.is_telling(*place))).collect();
                json!({"bool": {"must": all, "should": whole(words)}})
            }
            Level::Near => near(&asked, words, plan),
        });
    }
    match ways.len() {
        0 => json!({"match_none": {}}),
        _ => json!({"bool": {"should": ways, "minimum_should_match": 1}}),
    }
}

/// Whatever is of the kind that is looked for, or matches all words; the more words it matches the better.
fn near(asked: &[(usize, &Word)], words: &Words, plan: &Plan) -> Value {
    let mut should = whole(words);
    for (place, word) in asked {
        let rank = plan.rank(*place, words.words.len());
        let worth = WORD + EARLIER * (words.words.len() - rank) as f64;
        let is_telling = plan.is_telling(*place);
        let mut ways = vec![constant(any_of(fields(word, is_telling, false)), worth)];
        if !word.also.is_empty() {
            ways.push(constant(any_of(fields(word, is_telling, true)), NEARLY));
        }
        // The name tells which words a product matches.
        should.push(json!({"dis_max": {"queries": ways, "_name": place.to_string()}}));
        should.push(anywhere(word, is_telling));
    }
    let all: Vec<_> = asked.iter().map(|(_, word)| any_of(fields(word, false, true))).collect();
    let mut enough = vec![json!({"bool": {"filter": all}})];
    match plan.head() {
        Some(head) => enough.extend(words.words.get(head).map(|head| any_of(fields(head, true, true)))),
        None => enough.extend(asked.iter().map(|(_, word)| any_of(fields(word, false, true)))),
    }
    json!({"bool": {"filter": [any_of(enough)], "should": should}})
}

/// Where a word is, by one field for all that tell and one for the description.
fn fields(word: &Word, is_telling: bool, also: bool) -> Vec<Value> {
    let fields: &[&str] = if is_telling { &["variants.strong"] } else { &["variants.strong", DESCRIBED.0] };
    let others = also.then_some(&word.also);
    let texts = || std::iter::once(&word.text).chain(&word.same).chain(&word.equal).chain(others.into_iter().flatten());
    fields.iter().filter_map(|field| one_of(field, texts())).collect()
}

/// That it matches a word, and by where it does.
fn anywhere(word: &Word, is_telling: bool) -> Value {
    let mut ways = Vec::new();
    for (field, worth) in TELLING.iter().chain((!is_telling).then_some(&DESCRIBED)) {
        let typed = std::iter::once(&word.text).chain(&word.same);
        let all = [
            (one_of(field, typed), 1.0),
            (one_of(field, word.equal.iter()), EQUAL),
            (one_of(field, word.also.iter()), ALSO),
        ];
        ways.extend(all.into_iter().filter_map(|(query, part)| Some(constant(query?, worth * part))));
    }
    json!({"dis_max": {"queries": ways, "tie_breaker": TWICE}})
}

/// Any of these; the parts of one stand together.
fn one_of<'a>(field: &str, texts: impl Iterator<Item = &'a String>) -> Option<Value> {
    let (single, parted): (Vec<_>, Vec<_>) = texts.partition(|text| text.chars().all(char::is_alphanumeric));
    let mut ways: Vec<_> = parted
        .iter()
        .map(|text| match text.contains(' ') {
            true => json!({"match_phrase": {field: {"query": text, "slop": 2}}}),
            false => json!({"match_phrase": {field: {"query": text}}}),
        })
        .collect();
    // Without spaces between words one text is several terms: all of them are asked for.
    let (ideographs, single): (Vec<_>, Vec<_>) =
        single.into_iter().partition(|text| text.chars().any(super::words::is_ideograph));
    ways.extend(ideographs.iter().map(|text| json!({"match": {field: {"query": text, "operator": "and"}}})));
    if !single.is_empty() {
        let texts = single.iter().map(|text| text.as_str()).collect::<Vec<_>>().join(" ");
        ways.push(json!({"match": {field: {"query": texts}}}));
    }
    (!ways.is_empty()).then(|| any_of(ways))
}

/// The words together, as a title.
fn whole(words: &Words) -> Vec<Value> {
    let phrase = &words.phrase;
    let mut whole = vec![
        constant(json!({"term": {"variants.title.whole": phrase}}), 10.0),
        json!({"match": {"variants.title.share": {"query": phrase, "boost": SHARE}}}),
    ];
    if words.words.len() > 1 {
        whole.push(constant(json!({"match_phrase": {"variants.title": {"query": phrase, "slop": 2}}}), 2.0));
    }
    whole
}

fn constant(query: Value, boost: f64) -> Value {
    json!({"constant_score": {"filter": query, "boost": boost}})
}

fn any_of(mut ways: Vec<Value>) -> Value {
    match ways.len() {
        1 => ways.remove(0),
        _ => json!({"bool": {"should": ways, "minimum_should_match": 1}}),
    }
}
