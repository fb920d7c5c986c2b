//! Arithmetic of `docs/scale.md`: how much caches answer where there are far more products than any run here has.

use std::{collections::HashMap, fs, path::Path};

use fastrand::Rng;

use super::mix::Zipf;

/// Ranks that are summed one by one; beyond them the sum is an integral.
const SUMMED: u32 = 10_000;
/// Euler's constant: the n-th harmonic number is ln n + this.
const EULER: f64 = 0.577_215_664_9;

/// Things that are asked for by Zipf's law.
struct Asked {
    things: f64,
    /// Requests a second, for all of them.
    rate: f64,
    /// Seconds for which one cache keeps an answer.
    kept: f64,
}

impl Asked {
    /// The share of requests that the cache answers. What is asked for λ times a second and kept for T seconds is
    /// fetched once and then answered λT times: λT / (1 + λT) of its requests.
    fn hits(&self) -> f64 {
        let all = self.things.ln() + EULER;
        let first = self.rate * self.kept / all;
        let summed: f64 = (1..=SUMMED).map(|rank| first / (f64::from(rank) * (f64::from(rank) + first))).sum();
        let integral = |rank: f64| (rank / (rank + first)).ln();
        let rest = integral(self.things + 0.5) - integral(f64::from(SUMMED) + 0.5);
        (summed + rest.max(0.0)) / all
    }

    /// Requests a second that no cache answers.
    fn misses(&self) -> f64 {
        self.rate * (1.0 - self.hits())
    }
}

/// The same by requests, one after the other, on a clock of the test's.
fn played(things: usize, rate: f64, kept: f64, requests: u32) -> f64 {
    let (zipf, mut random) = (Zipf::of(things), Rng::with_seed(11));
    let mut until = HashMap::new();
    let (mut now, mut hits) = (0.0, 0_u32);
    // The first half only fills the cache.
    for n in 0..2 * requests {
        now -= (1.0 - random.f64()).ln() / rate;
        let until = until.entry(zipf.draw(&mut random)).or_insert(0.0);
        if *until > now {
            hits += u32::from(n >= requests);
        } else {
            *until = now + kept;
        }
    }
    f64::from(hits) / f64::from(requests)
}

#[test]
fn the_formula_says_what_requests_one_by_one_say() {
    for (things, rate, kept) in [(20_000_u32, 500.0, 10.0), (20_000, 500.0, 1.0), (100_000, 50.0, 180.0)] {
        let formula = Asked { things: f64::from(things), rate, kept }.hits();
        let played = played(things as usize, rate, kept, 300_000);
        assert!((formula - played).abs() < 0.01, "{things} things: {formula:.3} by the formula, {played:.3} played");
    }
}

/// Of 1,000 requests that browse for one order, at 140 and 6,600 orders a second: pages 6 of 10, searches 3.
#[test]
fn the_page_of_arithmetic_says_what_is_computed() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scale.md")).unwrap();
    println!("| what | asked a second | answered by the edge | asked of the shop a second |");
    for (what, things, browsing, share, kept) in [
        ("pages of 600 million products", 6e8, 140_000.0, 0.6, 180.0),
        ("searches, 100 million different", 1e8, 140_000.0, 0.3, 1.0),
        ("pages at the peak", 6e8, 6_600_000.0, 0.6, 180.0),
        ("searches at the peak", 1e8, 6_600_000.0, 0.3, 1.0),
    ] {
        let asked = Asked { things, rate: browsing * share, kept };
        let thousands = |rate: f64| {
            let thousands = format!("{:.0}", rate / 1_000.0);
            let (millions, rest) = thousands.split_at(thousands.len().saturating_sub(3));
            if millions.is_empty() { format!("{rest},000") } else { format!("{millions},{rest},000") }
        };
        let row = format!(
            "| {what} | {} | {:.0} % | {} |",
            thousands(asked.rate),
            100.0 * asked.hits(),
            thousands(asked.misses())
        );
        println!("{row}");
        assert!(page.contains(&row), "docs/scale.md lacks: {row}");
    }
}
