//! Which products are right for a query, by a rule over what they say of themselves:
//!
//! - 3: of the kind, and the title or an attribute says the modifier (or no modifier was asked for);
//! - 2: of the kind, and only the description says the modifier;
//! - 1: of the kind, without the modifier;
//! - 0: of another kind.
//!
//! The kind is the category that the operator put it in. A modifier is a word, in any of its forms. A misspelt query is
//! judged as what was meant. A known item is looked for by its title, and there is one right product.

use std::collections::HashMap;

use serde_json::Value;

use super::catalogue::Catalogue;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// A kind, by its name or another.
    Kinds,
    /// A kind and a word that narrows it.
    Modifiers,
    /// One of these with a typing error.
    Misspelt,
    /// One product by words of its title.
    KnownItems,
}

impl Group {
    /// What is measured.
    pub fn measure(self) -> &'static str {
        if self == Self::KnownItems { "MRR" } else { "nDCG@10" }
    }
}

/// A query with its judgements.
pub struct Judged {
    pub q: String,
    pub group: Group,
    grades: HashMap<String, u32>,
}

/// A kind: what shoppers call it, and in which categories it stands.
type Kind = (&'static [&'static str], &'static [&'static str]);

/// Kinds of the Retail Demo Store, whose categories are `category-style`.
const RETAIL: [Kind; 36] = [
    (&["backpack", "backpacks", "rucksack"], &["accessories-backpack"]),
    (&["belt", "belts"], &["accessories-belt"]),
    (&["glasses", "eyeglasses"], &["accessories-glasses"]),
    (&["handbag", "handbags", "purse"], &["accessories-handbag"]),
    (&["watch", "watches"], &["accessories-watch"]),
    (&["jacket", "jackets"], &["apparel-jacket"]),
    (&["scarf", "scarves"], &["apparel-scarf"]),
    (&["shirt", "shirts"], &["apparel-shirt"]),
    (&["socks", "sock"], &["apparel-socks"]),
    (&["camera", "cameras"], &["electronics-camera"]),
    (&["headphones", "headphone"], &["electronics-headphones"]),
    (&["speaker", "speakers"], &["electronics-speaker"]),
    (&["tv", "television"], &["electronics-television"]),
    (&["bouquet", "bouquets"], &["floral-bouquet"]),
    (&["wreath", "wreaths"], &["floral-wreath"]),
    (&["boot", "boots"], &["footwear-boot"]),
    (&["sandals", "sandal"], &["footwear-sandals"]),
    (&["sneaker", "sneakers", "trainers"], &["footwear-sneaker"]),
    (&["chair", "chairs"], &["furniture-chairs"]),
    (&["dresser", "dressers"], &["furniture-dressers"]),
    (&["sofa", "sofas", "couch"], &["furniture-sofas"]),
    (&["table", "tables"], &["furniture-tables"]),
    (&["clock", "clocks"], &["homedecor-clock"]),
    (&["cushion", "cushions", "pillow"], &["homedecor-cushion"]),
    (&["bowl", "bowls"], &["housewares-bowls"]),
    (&["microphone", "mic"], &["instruments-microphone"]),
    (&["bracelet", "bracelets"], &["jewelry-bracelet"]),
    (&["earrings", "earring"], &["jewelry-earrings"]),
    (&["necklace", "necklaces"], &["jewelry-necklace"]),
    (&["drill", "drills"], &["tools-drill"]),
    (&["hammer", "hammers"], &["tools-hammer"]),
    (&["wrench", "spanner"], &["tools-wrench"]),
    (&["saw", "saws"], &["tools-saw"]),
    (&["keyboard", "keyboards"], &["electronics-keyboard", "instruments-keys"]),
    (&["fruits", "fruit"], &["groceries-fruits"]),
    (&["vegetables", "vegetable"], &["groceries-vegetables"]),
];

/// Kinds of the sample.
const SAMPLE: [Kind; 24] = [
    (&["backpack", "backpacks", "rucksack", "back pack"], &["backpacks"]),
    (&["watch", "watches"], &["watches"]),
    (&["running shoes", "running shoe"], &["running-shoes"]),
    (&["shoes", "shoe"], &["running-shoes", "training-shoes", "dress-shoes"]),
    (&["boots", "boot"], &["boots"]),
    (&["sandals"], &["sandals"]),
    (&["t-shirt", "tshirt", "tee", "t-shirts"], &["t-shirts"]),
    (&["sweater", "jumper"], &["sweaters"]),
    (&["jacket", "jackets"], &["jackets-and-coats"]),
    (&["dress", "dresses"], &["dresses"]),
    (&["trousers", "pants"], &["trousers"]),
    (&["socks"], &["socks"]),
    (&["headphones"], &["headphones"]),
    (&["earbuds"], &["earbuds"]),
    (&["laptop", "laptops"], &["laptops-and-tablets"]),
    (&["phone", "cellphone"], &["phones"]),
    (&["tv", "television"], &["televisions"]),
    (&["kettle", "kettles"], &["kettles"]),
    (&["mug", "mugs"], &["mugs-and-cups"]),
    (&["sofa", "couch"], &["sofas"]),
    (&["chair", "chairs"], &["chairs"]),
    (&["tent", "tents"], &["tents"]),
    (&["guitar", "guitars"], &["guitars"]),
    (&["ring", "rings"], &["rings"]),
];

const MODIFIERS: [&str; 32] = [
    "red",
    "black",
    "blue",
    "green",
    "white",
    "brown",
    "pink",
    "purple",
    "yellow",
    "gold",
    "silver",
    "leather",
    "wooden",
    "velvet",
    "cotton",
    "wool",
    "silk",
    "ceramic",
    "steel",
    "glass",
    "canvas",
    "denim",
    "vintage",
    "floral",
    "plaid",
    "waterproof",
    "wireless",
    "modern",
    "rustic",
    "acoustic",
    "ergonomic",
    "cashmere",
];

/// A modifier is asked for where so many products of the kind have it.
const ENOUGH: usize = 3;
/// Every so many-th product is looked for by its title.
const EVERY: usize = 12;

/// The queries that a catalogue is measured with.
pub fn judged(catalogue: &Catalogue) -> Vec<Judged> {
    let kinds: &[Kind] = if catalogue.categories.contains_key("running-shoes") { &SAMPLE } else { &RETAIL };
    let mut all = Vec::new();
    for (names, categories) in kinds {
        for name in *names {
            all.push(Judged::new(name, Group::Kinds, catalogue, categories, None));
        }
        for modifier in MODIFIERS {
            let q = format!("{modifier} {}", names[0]);
            let judged = Judged::new(&q, Group::Modifiers, catalogue, categories, Some(modifier));
            if judged.grades.values().filter(|grade| **grade > 1).count() >= ENOUGH {
                all.push(judged);
            }
        }
    }
    let misspelt: Vec<_> = all.iter().filter_map(Judged::misspelt).collect();
    all.extend(misspelt);
    for product in catalogue.products.iter().step_by(EVERY) {
        let title = product["title"].as_str().unwrap();
        let same = catalogue.products.iter().filter(|other| other["title"] == *title);
        let grades = same.map(|product| (product["id"].as_str().unwrap().to_owned(), 1)).collect();
        all.push(Judged { q: title.to_lowercase(), group: Group::KnownItems, grades });
    }
    all
}

impl Judged {
    fn new(q: &str, group: Group, catalogue: &Catalogue, categories: &[&str], modifier: Option<&str>) -> Self {
        let of_kind =
            catalogue.products.iter().filter(|product| categories.contains(&product["category_id"].as_str().unwrap()));
        let grade = |product: &Value| match modifier {
            None => 3,
            Some(modifier) if says(&product["title"], modifier) || attributes_say(product, modifier) => 3,
            Some(modifier) if says(&product["description"], modifier) => 2,
            Some(_) => 1,
        };
        let grades = of_kind.map(|product| (product["id"].as_str().unwrap().to_owned(), grade(product))).collect();
        Self { q: q.to_owned(), group, grades }
    }

    /// A query with grades that others gave.
    pub fn given(q: &str, grades: HashMap<String, u32>) -> Self {
        Self { q: q.to_owned(), group: Group::Modifiers, grades }
    }

    /// The same with an error in its longest word; none where that is short. Which error, and where, follows from
    /// the word.
    fn misspelt(&self) -> Option<Self> {
        let word = self.q.split(' ').max_by_key(|word| word.len()).filter(|word| word.len() >= 5 && word.is_ascii())?;
        let seed: usize = self.q.bytes().map(usize::from).sum();
        let at = 1 + seed % (word.len() - 2);
        let mut letters: Vec<char> = word.chars().collect();
        match seed % 4 {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, letters[at]),
            2 => letters.swap(at, at + 1),
            _ => letters[at] = if letters[at] == 'e' { 'a' } else { 'e' },
        }
        let wrong: String = letters.into_iter().collect();
        let q = self.q.replace(word, &wrong);
        (wrong != word).then(|| Self { q, group: Group::Misspelt, grades: self.grades.clone() })
    }

    /// nDCG of the first ten, or for a known item 1 by its place.
    pub fn value_of(&self, found: &[String]) -> f64 {
        if self.group == Group::KnownItems {
            let place = found.iter().position(|id| self.grades.contains_key(id));
            return place.map_or(0.0, |place| 1.0 / (place + 1) as f64);
        }
        let gain = |(place, grade): (usize, u32)| f64::from((1 << grade) - 1) / (place as f64 + 2.0).log2();
        let gained = |grades: &mut dyn Iterator<Item = u32>| grades.take(10).enumerate().map(gain).sum::<f64>();
        let mut ideal: Vec<_> = self.grades.values().copied().collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let reached = gained(&mut found.iter().map(|id| self.grades.get(id).copied().unwrap_or_default()));
        reached / gained(&mut ideal.into_iter())
    }

    /// A product for people, with its grade.
    pub fn described(&self, catalogue: &Catalogue, id: &str) -> String {
        let product = catalogue.products.iter().find(|product| product["id"] == id).unwrap();
        format!(
            "{} {} ({})",
            self.grades.get(id).copied().unwrap_or_default(),
            product["title"],
            product["category_id"]
        )
    }
}

fn attributes_say(product: &Value, modifier: &str) -> bool {
    let of = |value: &Value| value.as_object().into_iter().flatten().any(|(_, value)| says(value, modifier));
    let mut variants = product["variants"].as_array().unwrap().iter();
    of(&product["attributes"]) || variants.any(|variant| of(&variant["attributes"]))
}

/// Whether a text has a word.
fn says(text: &Value, word: &str) -> bool {
    let text = text.as_str().unwrap_or_default().to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).any(|said| said == word || said.strip_suffix('s') == Some(word))
}
