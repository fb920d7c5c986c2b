use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use souk_flash_sales::{ClaimCost, ClaimOutcome};

use super::market::{Function, Market, at, shopper};

/// What many claimants at once got, and at what price.
#[derive(Debug, Default)]
pub struct Tally {
    pub claimed: u32,
    pub mine: u32,
    pub sold_out: u32,
    pub try_again: u32,
    /// Of those who got a unit.
    pub winners: ClaimCost,
    /// Of those who did not, and cost the store something.
    pub losers: ClaimCost,
    /// Losers who cost the store nothing.
    pub free_losers: u32,
}

impl Tally {
    pub fn count(&mut self, outcome: &ClaimOutcome, cost: ClaimCost) {
        match outcome {
            ClaimOutcome::Claimed(_) => self.claimed += 1,
            ClaimOutcome::AlreadyClaimed(_) => self.mine += 1,
            ClaimOutcome::SoldOut => self.sold_out += 1,
            ClaimOutcome::TryAgain => self.try_again += 1,
            other => panic!("{other:?}"),
        }
        match outcome {
            ClaimOutcome::Claimed(_) => self.winners += cost,
            ClaimOutcome::AlreadyClaimed(_) => {}
            _ if cost == ClaimCost::default() => self.free_losers += 1,
            _ => self.losers += cost,
        }
    }

    pub fn print(&self, what: &str) {
        let per = |sum: f64, count: u32| sum / f64::from(count.max(1));
        let paying = self.sold_out + self.try_again - self.free_losers;
        println!(
            "{what}: {} claimed, {} found their claim, {} sold out, {} try again\n  \
             per claim: {:.2} round trips, {:.2} write units, {:.2} items read\n  \
             losers: {} paid {:.2} round trips, {:.2} write units, {:.2} items read each; {} paid nothing",
            self.claimed,
            self.mine,
            self.sold_out,
            self.try_again,
            per(f64::from(self.winners.round_trips), self.claimed),
            per(self.winners.write_units, self.claimed),
            per(f64::from(self.winners.reads), self.claimed),
            paying,
            per(f64::from(self.losers.round_trips), paying),
            per(self.losers.write_units, paying),
            per(f64::from(self.losers.reads), paying),
            self.free_losers,
        );
    }
}

/// These shoppers claim at this second, so many at a time, each in one of these functions.
pub async fn rush(
    market: &Market,
    functions: &Arc<Vec<Function>>,
    shoppers: impl Iterator<Item = u128>,
    second: i64,
    at_once: usize,
) -> Tally {
    let calls = stream::iter(shoppers).map(|n| {
        let (functions, sale_id) = (Arc::clone(functions), market.sale_id.clone());
        let function = fastrand::usize(..functions.len());
        tokio::spawn(async move { functions[function].claims.claim(&sale_id, &shopper(n), at(second)).await })
    });
    let mut calls = calls.buffer_unordered(at_once);
    let mut tally = Tally::default();
    while let Some(answer) = calls.next().await {
        let answer = answer.unwrap().unwrap();
        tally.count(&answer.outcome, answer.cost);
    }
    tally
}
