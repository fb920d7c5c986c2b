use fastrand::Rng;
use serde_json::Value;

use crate::support::{Api, stack};

/// Draws ranks as shoppers do: the n-th of a list is asked for 1/n as often as its first.
pub struct Zipf {
    /// For each rank, the weights up to it.
    sums: Vec<f64>,
}

impl Zipf {
    pub fn of(ranks: usize) -> Self {
        let sums = (1..=ranks).scan(0.0, |sum, rank| {
            *sum += 1.0 / rank as f64;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    /// A rank, from 0 on.
    pub fn draw(&self, random: &mut Rng) -> usize {
        let all = self.sums.last().copied().expect("ranks");
        let at = random.f64() * all;
        self.sums.partition_point(|sum| *sum <= at).min(self.sums.len() - 1)
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Page,
    Search,
    Suggestions,
}

impl Kind {
    pub fn route(self) -> &'static str {
        match self {
            Self::Page => "GET /products/{id}",
            Self::Search => "GET /search",
            Self::Suggestions => "GET /search/suggestions",
        }
    }
}

/// One request: what is wanted of which kind, a product's id or words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    pub kind: Kind,
    pub about: String,
}

impl Request {
    pub fn path(&self) -> String {
        let about = encoded(&self.about);
        match self.kind {
            Kind::Page => format!("/products/{about}"),
            Kind::Search => format!("/search?q={about}"),
            Kind::Suggestions => format!("/search/suggestions?q={about}"),
        }
    }
}

/// Of ten requests, so many of each kind.
const MIX: [(Kind, usize); 3] = [(Kind::Page, 6), (Kind::Search, 3), (Kind::Suggestions, 1)];

/// Of more products than these nobody asks here.
const PRODUCTS: usize = 1_000;
/// Suggestions are asked for after so many letters.
const TYPED: usize = 4;

/// What there is to ask for, the most wanted first.
pub struct Wanted {
    pub products: Vec<String>,
    pub queries: Vec<String>,
}

impl Wanted {
    /// The running stack's products, and what they and their categories are called.
    pub async fn of_the_stack(random: &mut Rng) -> Self {
        let guest = stack().guest();
        let mut queries = Vec::new();
        names(&guest.get("/categories").await.expect(200).body["categories"], &mut queries);
        let mut products = Vec::new();
        // A page that lacks a price or a stock is kept by nobody, and bought by nobody.
        for hit in all(&guest).await.iter().filter(|hit| !hit["price"].is_null() && !hit["availability"].is_null()) {
            products.push(hit["product_id"].as_str().unwrap().to_owned());
            let title = hit["title"].as_str().unwrap();
            queries.push(title.split(' ').take(3).collect::<Vec<_>>().join(" "));
        }
        queries.sort();
        queries.dedup();
        // Which are the most wanted is chance, but the same in each run.
        random.shuffle(&mut queries);
        products.sort();
        random.shuffle(&mut products);
        Self { products, queries }
    }

    /// Requests of the mix.
    pub fn requests(&self, count: usize, random: &mut Rng) -> Vec<Request> {
        let (products, queries) = (Zipf::of(self.products.len()), Zipf::of(self.queries.len()));
        let kinds: Vec<_> = MIX.iter().flat_map(|(kind, share)| std::iter::repeat_n(*kind, *share)).collect();
        let mut about = |kind| match kind {
            Kind::Page => self.products[products.draw(random)].clone(),
            Kind::Search => self.queries[queries.draw(random)].clone(),
            Kind::Suggestions => self.queries[queries.draw(random)].chars().take(TYPED).collect(),
        };
        kinds.iter().cycle().take(count).map(|kind| Request { kind: *kind, about: about(*kind) }).collect()
    }
}

fn names(categories: &Value, into: &mut Vec<String>) {
    for category in categories.as_array().into_iter().flatten() {
        into.push(category["name"].as_str().unwrap().to_lowercase());
        names(&category["children"], into);
    }
}

/// What a search without words finds, the first of it.
async fn all(guest: &Api) -> Vec<Value> {
    let mut hits = Vec::new();
    let mut path = "/search?limit=50".to_owned();
    loop {
        let page = guest.get(&path).await.expect(200).body;
        hits.extend(page["hits"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["cursor"].as_str().filter(|_| hits.len() < PRODUCTS) else { return hits };
        path = format!("/search?limit=50&cursor={}", encoded(cursor));
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            let stands = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            if stands { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        })
        .collect()
}

#[test]
fn the_first_of_a_list_is_wanted_twice_as_often_as_the_second() {
    let (zipf, mut random) = (Zipf::of(100), Rng::with_seed(7));
    let mut drawn = [0_u32; 100];
    for _ in 0..100_000 {
        drawn[zipf.draw(&mut random)] += 1;
    }
    let share = |rank: usize| f64::from(drawn[rank]) / f64::from(drawn[0]);
    assert!((share(1) - 0.5).abs() < 0.03 && (share(9) - 0.1).abs() < 0.02, "{drawn:?}");
}
