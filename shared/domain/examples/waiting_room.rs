//! The waiting room with ten million shoppers: how even the draw is, what a join costs, and how often
//! clients poll. `cargo run --release -p souk-domain --example waiting_room [shoppers]`

use std::{
    error::Error,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use souk_domain::{
    flash_sale::{
        Cohort, Conditions, FlashSaleStatus, Lottery, LotteryKey, Pace, Position, Sampling, ShopperKey, WindowCounts,
        polling::{Waiting, opening_spread, poll_after},
    },
    ids::{FlashSaleId, IdError, UserId},
};
use uuid::Uuid;

const OPENS_AT_MS: i64 = 1_800_000_000_000;
const RATE: u32 = 20_000;
/// Whoever polls so long after their turn is late.
const LATE_MS: i64 = 1_900;

fn main() -> Result<(), Box<dyn Error>> {
    let shoppers = std::env::args().nth(1).map_or(Ok(10_000_000), |text| text.parse())?;
    let joins = Joins::simulated(shoppers)?;
    println!("{shoppers} joins: {:.0} ns each", joins.cost.as_nanos() as f64 / f64::from(shoppers));
    println!("Kolmogorov-Smirnov {:.2} (even draws exceed 1.95 once in a thousand)", joins.kolmogorov_smirnov);
    println!("counted by the sample: {:.2} % of them", 100.0 * joins.estimate as f64 / f64::from(shoppers));
    let polls = Polls::simulated(shoppers, 1)?;
    println!("polls a shopper, check-in and admission among them: {:.1}", polls.per_shopper());
    println!("polls a second while they check in: {}", polls.load(-120..-10));
    let end = polls.end();
    println!("polls a second from the opening until all are admitted, {end} s later: {}", polls.load(0..end));
    println!("admitted more than {LATE_MS} ms after their turn: {}", polls.late);
    Ok(())
}

fn after(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(OPENS_AT_MS + ms).unwrap_or(Timestamp::MAX)
}

/// A well mixed number (SplitMix64): the same in every run.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn random(shopper: u32, draw: u32) -> u32 {
    (mixed(u64::from(shopper) << 32 | u64::from(draw)) >> 32) as u32
}

struct Joins {
    kolmogorov_smirnov: f64,
    estimate: u64,
    cost: Duration,
}

impl Joins {
    /// What a join computes, for shoppers of an even spread of UUIDs.
    fn simulated(shoppers: u32) -> Result<Self, IdError> {
        let sale: FlashSaleId = "console".parse()?;
        let key = LotteryKey::new([7; 32]);
        let (lottery, sampling) = (Lottery::new(&key, None, &sale), Sampling::new(&key, &sale, shoppers));
        let mut bins = vec![0_u32; 1 << 20];
        let (mut sampled, mut cost) = (0, Duration::ZERO);
        for first in (0..shoppers).step_by(10_000) {
            let uuid = |number| Uuid::from_u64_pair(mixed(number), mixed(!number));
            let keys: Vec<_> = (first..shoppers.min(first + 10_000))
                .map(|number| ShopperKey::of(&UserId::from_uuid(uuid(number.into()))))
                .collect::<Result<_, _>>()?;
            let started = Instant::now();
            for shopper in &keys {
                let position = lottery.position(Cohort::of(after(-1), after(0)), shopper);
                bins[position.fraction() as usize >> 12] += 1;
                sampled += u64::from(sampling.slot(shopper).is_some());
            }
            cost += started.elapsed();
        }
        Ok(Self { kolmogorov_smirnov: kolmogorov_smirnov(&bins), estimate: sampling.estimate(sampled), cost })
    }
}

/// The largest distance between the drawn and the even distribution, times the root of their number.
fn kolmogorov_smirnov(bins: &[u32]) -> f64 {
    let number: f64 = bins.iter().copied().map(f64::from).sum();
    let (mut below, mut distance) = (0.0, 0.0_f64);
    for (bin, index) in bins.iter().zip(1_u32..) {
        below += f64::from(*bin);
        distance = distance.max((below / number - f64::from(index) / bins.len() as f64).abs());
    }
    distance * number.sqrt()
}

/// Seconds before the opening that are simulated.
const BEFORE: i64 = 600;

struct Polls {
    agents: u32,
    /// By second, from [`BEFORE`] the opening on.
    per_second: Vec<u64>,
    weight: u64,
    late: u64,
}

struct Load {
    average: u64,
    peak: u64,
}

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on average, {} at the peak", self.average, self.peak)
    }
}

impl Polls {
    /// Agents who joined ten minutes before the opening and do as they are told until they are
    /// admitted. Each of them stands for so many shoppers.
    fn simulated(agents: u32, weight: u32) -> Result<Self, IdError> {
        let shoppers = agents.saturating_mul(weight);
        let counts = WindowCounts::from(vec![(Cohort::BEFORE_OPENING, shoppers.into())]);
        let conditions = Conditions { status: FlashSaleStatus::Open, opens_at: after(0), rate: RATE, counts: &counts };
        let seconds = i64::from(shoppers / RATE) + 5 + opening_spread(shoppers).as_secs() as i64;
        let paces: Vec<Pace> = (0..seconds)
            .scan(Pace::opening(after(0), shoppers), |pace, second| {
                *pace = pace.conducted(&conditions, after(second * 1000));
                Some(pace.clone())
            })
            .collect();
        let mut polls = Self { agents, per_second: Vec::new(), weight: weight.into(), late: 0 };
        for agent in 0..agents {
            let position = Position::new(Cohort::BEFORE_OPENING, random(agent, 0));
            let mut now_ms = -BEFORE * 1000;
            for draw in 2..1_000 {
                let pace =
                    usize::try_from(now_ms.div_euclid(1000)).ok().map(|second| &paces[second.min(paces.len() - 1)]);
                let (waiting, jitter) = match pace {
                    None => (Waiting::ForOpening { opens_at: after(0), expected_shoppers: shoppers }, random(agent, 1)),
                    Some(pace) if pace.admits(position, after(now_ms)) => {
                        polls.late += u64::from(pace.admits(position, after(now_ms - LATE_MS)));
                        break;
                    }
                    Some(pace) => {
                        let standing = pace.standing(position, &conditions, after(now_ms));
                        (Waiting::ForTurn(standing.wait), random(agent, draw))
                    }
                };
                now_ms += poll_after(waiting, after(now_ms), jitter).as_millis() as i64;
                polls.record(now_ms);
            }
        }
        Ok(polls)
    }

    fn record(&mut self, ms: i64) {
        let second = usize::try_from(ms.div_euclid(1000) + BEFORE).unwrap_or(0);
        if self.per_second.len() <= second {
            self.per_second.resize(second + 1, 0);
        }
        self.per_second[second] += self.weight;
    }

    fn per_shopper(&self) -> f64 {
        self.per_second.iter().sum::<u64>() as f64 / (f64::from(self.agents) * self.weight as f64)
    }

    /// Seconds from the opening to the last poll.
    fn end(&self) -> i64 {
        self.per_second.len() as i64 - BEFORE
    }

    fn load(&self, seconds: std::ops::Range<i64>) -> Load {
        let at = |second: i64| usize::try_from(second + BEFORE).unwrap_or(0);
        let polls = &self.per_second[at(seconds.start)..at(seconds.end).min(self.per_second.len())];
        let average = polls.iter().sum::<u64>() / (polls.len() as u64).max(1);
        Load { average, peak: polls.iter().copied().max().unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_joins_are_even_and_the_sample_counts_them() {
        let joins = Joins::simulated(100_000).unwrap();
        assert!(joins.kolmogorov_smirnov < 1.95, "{}", joins.kolmogorov_smirnov);
        // Ten thousand of them are counted: six standard deviations are 6 %.
        assert!(joins.estimate.abs_diff(100_000) < 6_000, "{}", joins.estimate);
    }

    #[test]
    fn ten_million_shoppers_poll_as_often_as_the_docs_say_and_come_in_their_turn() {
        let polls = Polls::simulated(20_000, 500).unwrap();
        assert!((5.2..6.2).contains(&polls.per_shopper()), "{}", polls.per_shopper());
        let check_ins = polls.load(-120..-10);
        assert_eq!(check_ins.average, 10_000_000 / 110, "one each");
        let load = polls.load(0..polls.end());
        assert!((70_000..85_000).contains(&load.average), "{load}");
        assert!((130_000..170_000).contains(&load.peak), "{load}");
        assert!((600..605).contains(&polls.end()), "{}", polls.end());
        assert_eq!(polls.late, 0);
    }
}
