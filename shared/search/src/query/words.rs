//! What was typed, as words: what each may be called instead, what is a price, what is a code.

use souk_domain::money::Currency;

use super::synonyms::{OTHERS_MAX, Synonyms, singular};

/// More words are given up: a query's cost is bounded whatever it holds.
const WORDS_MAX: usize = 12;
/// So many terms the words may have together, each of a word's parts and each ideograph being one.
const TERMS_MAX: usize = 28;
/// A longer word is no word of a catalogue.
const LETTERS_MAX: usize = 40;
/// The shortest beginning of a SKU that is looked for.
const CODE_MIN: usize = 4;

/// They join words and say nothing of a product.
const JOINING: [&str; 25] = [
    "a", "an", "and", "any", "are", "as", "at", "by", "for", "from", "in", "is", "it", "me", "my", "of", "on", "or",
    "our", "some", "that", "the", "to", "with", "your",
];
/// They say a price without a number, and products seldom call themselves so.
const CHEAP: [&str; 9] =
    ["cheap", "cheaper", "cheapest", "inexpensive", "affordable", "budget", "bargain", "low-cost", "low-priced"];
const AT_MOST: [&str; 6] = ["under", "below", "max", "maximum", "upto", "<"];
const AT_LEAST: [&str; 6] = ["over", "above", "min", "minimum", "from", ">"];
const CURRENCY: [&str; 10] = ["dollars", "dollar", "usd", "bucks", "us$", "euros", "euro", "pounds", "yen", "dinars"];
const SIGNS: [&str; 4] = ["$", "€", "£", "¥"];
/// A number before one of these is no price.
const UNITS: [&str; 33] = [
    "ml", "l", "litre", "litres", "liter", "liters", "cl", "oz", "ounce", "ounces", "g", "gram", "grams", "kg", "lb",
    "lbs", "mm", "cm", "m", "inch", "inches", "in", "ft", "feet", "w", "watt", "watts", "gb", "tb", "mah", "hz",
    "years", "months",
];

/// A word, or several that mean one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it was typed, in small letters.
    pub(super) text: String,
    /// The same word in another spelling: `backpack` for `back pack`, `wifi` for `wi-fi`.
    pub(super) same: Vec<String>,
    /// Other words for the same.
    pub(super) equal: Vec<String>,
    /// Words for some of what it means: who looks for a shoe may like a boot.
    pub(super) also: Vec<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// The words that a product has to match.
    pub(super) words: Vec<Word>,
    /// All that was typed but prices, to compare with whole titles.
    pub(super) phrase: String,
    /// Words beyond what a query may cost.
    pub(super) beyond: Vec<String>,
    /// What was typed as it would stand in a SKU, and whether it may be the beginning of one.
    pub(super) code: Option<Code>,
    /// The least price that was typed, in minor units.
    pub(super) min_price: Option<i64>,
    /// The highest price that was typed, in minor units.
    pub(super) max_price: Option<i64>,
    /// Something cheap is wanted.
    pub(super) cheap: bool,
}

/// What may be a SKU or a product's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) key: String,
    pub(super) may_be_a_beginning: bool,
}

/// A SKU or id as it is compared: letters and digits alone, as people leave out or change what is between.
pub(crate) fn code_key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Reads what was typed.
pub(super) fn read(q: &str, synonyms: &Synonyms, currency: Currency) -> Words {
    let mut read = Words { code: code(q), ..Words::default() };
    let tokens = read.take_prices(tokens(q), currency);
    read.phrase = tokens.join(" ");
    let telling: Vec<_> = tokens.iter().filter(|token| !JOINING.contains(&token.as_str())).collect();
    // `the who` is all joining words: then they are what is looked for.
    let telling = if telling.is_empty() { tokens.iter().collect() } else { telling };
    let mut terms = 0;
    let mut next = 0;
    while next < telling.len() {
        let (taken, mut word) = synonyms.longest(&telling[next..]);
        terms += parts(&word.text);
        if read.words.len() == WORDS_MAX || terms > TERMS_MAX {
            read.beyond.extend(telling[next..].iter().map(|token| (*token).clone()));
            break;
        }
        word.same.extend(joined(&word.text));
        word.equal.truncate(OTHERS_MAX);
        word.also.truncate(OTHERS_MAX);
        if !read.words.iter().any(|known| known.text == word.text) {
            read.words.push(word);
        }
        next += taken;
    }
    read.join_neighbours();
    read
}

impl Words {
    /// Nothing but a price was typed.
    pub(super) fn says_prices_only(&self) -> bool {
        self.words.is_empty() && (self.min_price.is_some() || self.max_price.is_some())
    }

    /// `under 50`, `over $100`, `cheap`: they say a price, and are no words of a product.
    fn take_prices(&mut self, tokens: Vec<String>, currency: Currency) -> Vec<String> {
        let mut kept = Vec::new();
        let mut next = 0;
        while next < tokens.len() {
            let token = tokens[next].as_str();
            let (skip, bound) = match (token, tokens.get(next + 1).map(String::as_str)) {
                ("less" | "cheaper" | "lower", Some("than")) => (2, Some(true)),
                ("up", Some("to")) => (2, Some(true)),
                ("more", Some("than")) | ("at", Some("least")) => (2, Some(false)),
                (at_most, _) if AT_MOST.contains(&at_most) => (1, Some(true)),
                (at_least, _) if AT_LEAST.contains(&at_least) => (1, Some(false)),
                _ => (1, None),
            };
            let price = bound.and_then(|_| price(&tokens[next + skip..], currency));
            match (bound, price) {
                (Some(at_most), Some((amount, used))) => {
                    if at_most {
                        self.max_price = Some(amount)
                    } else {
                        self.min_price = Some(amount)
                    }
                    next += skip + used;
                }
                _ => {
                    if CHEAP.contains(&token) {
                        self.cheap = true;
                    } else {
                        kept.push(tokens[next].clone());
                    }
                    next += 1;
                }
            }
        }
        // Nothing but a word for cheap: then it is looked for.
        if kept.is_empty() && self.min_price.is_none() && self.max_price.is_none() { tokens } else { kept }
    }

    /// Two words may stand as one in the catalogue.
    fn join_neighbours(&mut self) {
        for second in 1..self.words.len() {
            let (left, right) = (&self.words[second - 1].text, &self.words[second].text);
            if is_plain(left) && is_plain(right) {
                let joined = format!("{left}{right}");
                self.words[second - 1].same.push(joined.clone());
                self.words[second].same.push(joined);
            }
        }
    }
}

/// A price at the beginning of these, and how many of them it takes.
fn price(tokens: &[String], currency: Currency) -> Option<(i64, usize)> {
    let mut used = 0;
    let names_it = |token: &str| {
        CURRENCY.contains(&token) || token.eq_ignore_ascii_case(currency.code()) || SIGNS.contains(&token)
    };
    if tokens.first().is_some_and(|token| names_it(token)) {
        used += 1;
    }
    let number = tokens.get(used)?.trim_start_matches(['$', '€', '£', '¥']).replace(',', "");
    let (whole, rest) = number.split_once('.').unwrap_or((&number, "0"));
    let whole: i64 = whole.parse().ok().filter(|whole| (0..1_000_000_000).contains(whole))?;
    let decimals = currency.decimals() as usize;
    let rest: i64 = format!("0{rest:0<decimals$}").get(..=decimals)?.parse().ok()?;
    let amount = whole * 10_i64.pow(currency.decimals()) + rest;
    used += 1;
    match tokens.get(used).map(String::as_str) {
        Some(unit) if UNITS.contains(&unit) => return None,
        Some(currency) if names_it(currency) => used += 1,
        _ => {}
    }
    Some((amount.min(currency.maximum()), used))
}

/// In small letters, without what stands around words. What stands inside of a word stays.
fn tokens(q: &str) -> Vec<String> {
    let q = q.to_lowercase().replace(['’', '‘', '`', '´', 'ʼ'], "'").replace(['‐', '‑', '–', '—', '_'], "-");
    q.split(|c: char| c.is_whitespace() || matches!(c, '/' | '|' | ';' | '(' | ')' | '[' | ']' | '"' | ':' | '+' | '*'))
        .flat_map(|part| split_lists(part))
        .map(|token| token.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '$' | '<' | '>')).to_owned())
        .filter(|token| token.chars().any(char::is_alphanumeric) || matches!(token.as_str(), "$" | "<" | ">"))
        .flat_map(|token| if parts(&token) > 6 { pieces(&token) } else { vec![token] })
        .collect()
}

/// `red,blue` is two words, `20,000` is one.
fn split_lists(part: &str) -> Vec<&str> {
    let is_number = part.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '$' | '€' | '£' | '¥'));
    if is_number { vec![part] } else { part.split([',', '&']).collect() }
}

/// A word that is made of many is looked for piece by piece.
fn pieces(token: &str) -> Vec<String> {
    let parts = token.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let letters = parts.flat_map(|part| {
        let letters: Vec<char> = part.chars().collect();
        let length = if letters.iter().any(|c| is_ideograph(*c)) { 6 } else { LETTERS_MAX };
        letters.chunks(length).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>()
    });
    letters.collect()
}

/// How many terms the analyzers may make of it.
fn parts(text: &str) -> usize {
    let ideographs = text.chars().filter(|c| is_ideograph(*c)).count();
    let pieces = text.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()).count();
    let long = text.chars().count() / LETTERS_MAX;
    ideographs + pieces + long * 6
}

/// Writing without spaces between words.
pub(super) fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x11ff | 0x2e80..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0xff66..=0xff9f | 0x20000..=0x3ffff)
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() && !is_ideograph(c))
}

/// `wi-fi` is `wifi`, and `chef's` is `chefs` where somebody has left the sign out.
fn joined(text: &str) -> Option<String> {
    let inner = !text.contains(' ') && text.contains(['-', '.', '\'']);
    let joined = code_key(text);
    (inner && joined.chars().count() > 2 && !text.ends_with("'s")).then_some(joined)
}

fn code(q: &str) -> Option<Code> {
    let q = q.trim();
    let key = code_key(q);
    if key.is_empty() || key.len() > 64 {
        return None;
    }
    // A word is no beginning of a SKU, though many SKUs begin with one: `hat` is no hatchet.
    let is_code =
        !q.contains(char::is_whitespace) && q.contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
    Some(Code { may_be_a_beginning: is_code && key.chars().count() >= CODE_MIN, key })
}

/// Whether typing errors may be looked for in it, and how many there may be.
pub(super) fn errors_allowed(word: &str) -> usize {
    let letters = word.chars().count();
    let is_word = word.chars().all(|c| c.is_alphabetic() && !is_ideograph(c));
    match letters {
        4..=7 if is_word => 1,
        8..=LETTERS_MAX if is_word => 2,
        _ => 0,
    }
}

/// How many letters were left out, added, changed or swapped with their neighbours.
pub(super) fn distance(typed: &str, meant: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

impl Word {
    /// A word that goes by no other name.
    pub(super) fn plain(text: String) -> Self {
        Self { text, same: Vec::new(), equal: Vec::new(), also: Vec::new() }
    }

    /// All that may stand for it.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let others = self.same.iter().chain(&self.equal).chain(&self.also);
        std::iter::once(&self.text).chain(others).map(String::as_str)
    }

    /// What makes two spellings of a word one.
    pub(super) fn key(&self) -> String {
        self.text.split(' ').map(singular).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(q: &str) -> Vec<String> {
        read(q, &Synonyms::default(), Currency::USD).words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_what_tells_products_apart() {
        assert_eq!(texts("  A knife, for the Chef’s kitchen! "), ["knife", "chef's", "kitchen"]);
        assert_eq!(texts("The Who"), ["who"]);
        assert_eq!(texts("the"), ["the"]);
        assert_eq!(texts("red/blue red,green 20,000 mAh"), ["red", "blue", "green", "20,000", "mah"]);
        assert_eq!(texts(&"😀".repeat(200)), Vec::<String>::new());
    }

    #[test]
    fn prices_are_no_words() {
        let read = |q: &str| {
            let read = read(q, &Synonyms::default(), Currency::USD);
            let words: Vec<_> = read.words.into_iter().map(|word| word.text).collect();
            (words.join(" "), read.min_price, read.max_price, read.cheap)
        };
        assert_eq!(read("cheap laptop"), ("laptop".into(), None, None, true));
        assert_eq!(read("laptop under $1,200.50"), ("laptop".into(), None, Some(120_050), false));
        assert_eq!(read("shoes less than 50 dollars"), ("shoes".into(), None, Some(5_000), false));
        assert_eq!(read("watch over 100 below 200"), ("watch".into(), Some(10_000), Some(20_000), false));
        assert_eq!(read("flask under 500 ml"), ("flask under 500 ml".into(), None, None, false));
        assert_eq!(read("under desk keyboard"), ("under desk keyboard".into(), None, None, false));
        assert_eq!(read("cheap"), ("cheap".into(), None, None, true));
        let most = |q: &str, code: &str| super::read(q, &Synonyms::default(), code.parse().unwrap()).max_price;
        assert_eq!(most("tea under ¥1,200", "JPY"), Some(1_200), "yen have no decimals");
        assert_eq!(most("tea under 1.5 kwd", "KWD"), Some(1_500));
    }

    #[test]
    fn compounds_are_known_both_ways() {
        let words = read("back pack wi-fi", &Synonyms::default(), Currency::USD).words;
        assert_eq!(words[0].same, ["backpack"]);
        assert_eq!(words[1].same, ["backpack"]);
        assert_eq!(words[2].same, ["wifi"]);
    }

    #[test]
    fn a_code_is_told_from_a_word() {
        let beginning = |q: &str| code(q).map(|code| (code.key, code.may_be_a_beginning));
        assert_eq!(beginning("hat"), Some(("hat".into(), false)));
        assert_eq!(beginning("ABC_12/3"), Some(("abc123".into(), true)));
        assert_eq!(beginning("500 ml"), Some(("500ml".into(), false)));
        assert_eq!(beginning("?!"), None);
    }

    #[test]
    fn errors_go_by_the_length_of_a_word() {
        let allowed = ["hat", "boot", "leather", "backpack", "500ml", "1234", "靴靴靴靴"].map(errors_allowed);
        assert_eq!(allowed, [0, 1, 1, 2, 0, 0, 0]);
        assert_eq!([distance("lether", "leather"), distance("scraf", "scarf"), distance("bag", "bug")], [1, 1, 1]);
    }

    #[test]
    fn whatever_is_typed_costs_no_more_than_a_bounded_number_of_terms() {
        let many = [
            "a-".repeat(100),
            "靴".repeat(200),
            "x".repeat(200),
            "wander ".repeat(28),
            (0..60).map(|n| format!("w{n} ")).collect(),
        ];
        for q in many {
            let read = read(&q, &Synonyms::standard(), Currency::USD);
            let terms: usize = read.words.iter().map(|word| parts(&word.text)).sum();
            assert!(read.words.len() <= WORDS_MAX && terms <= TERMS_MAX, "{q}: {terms}");
        }
    }
}
