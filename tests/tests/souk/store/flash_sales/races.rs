use std::sync::Arc;

use souk_flash_sales::ClaimOutcome;

use super::{
    market::{Market, shard_of, shopper},
    rush::rush,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i3_of_2000_who_want_100_units_100_get_one() {
    let market = Market::open(100).await;
    let functions = Arc::new((0..8).map(|_| market.function()).collect::<Vec<_>>());
    let tally = rush(&market, &functions, 1..=2000, 1, 64).await;
    tally.print("2,000 claimants, 100 units, 8 functions");
    let totals = market.totals().await;
    assert_eq!((tally.claimed, totals.claimed, totals.left), (100, 100, 0));
    assert_eq!(tally.sold_out + tally.try_again, 1900);
    // At rest, everyone who repeats their request hears the same again, and costs nothing.
    let again = rush(&market, &functions, 1..=2000, 3, 64).await;
    again.print("the same again");
    assert_eq!((again.claimed, again.mine, again.sold_out), (0, 100, 1900));
    assert!(again.free_losers >= 1900 - 8, "a function reads each empty shard once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i3_every_unit_of_a_large_sale_is_sold_while_claimants_come() {
    let market = Market::open(1000).await;
    let functions = Arc::new((0..8).map(|_| market.function()).collect::<Vec<_>>());
    let mut claimed = 0;
    // Those who are told to try again do, once a second.
    for second in 1..40 {
        let tally = rush(&market, &functions, 1..=1500, second, 64).await;
        claimed += tally.claimed;
        if tally.try_again == 0 {
            break;
        }
        assert!(market.totals().await.left > 0 || tally.sold_out > 0);
    }
    let totals = market.totals().await;
    assert_eq!((claimed, totals.claimed, totals.left), (1000, 1000, 0));
}

/// Shoppers claim, some give back, all the time; who hears "sold out" hears it while no unit lay idle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_that_come_back_in_the_rush_are_sold_to_others() {
    let market = Market::open(20).await;
    let functions = Arc::new((0..4).map(|_| market.function()).collect::<Vec<_>>());
    let mut returned = 0;
    for round in 0..10 {
        let first = 1 + round * 100;
        let tally = rush(&market, &functions, first..first + 100, i64::try_from(round).unwrap() * 2 + 1, 32).await;
        let totals = market.totals().await;
        assert_eq!((totals.left, totals.claimed, totals.units()), (0, 20, 20), "{tally:?}");
        assert!(tally.claimed > 0);
        // Half of those who have a unit give it back, all at once.
        let mut calls = Vec::new();
        for number in 0..market.sale().await.shard_count() {
            let shard = market.shards.get(&market.sale_id, number).await.unwrap().unwrap();
            for (shopper, _) in shard.claims.into_iter().filter(|(_, entry)| i64::from(*entry) > 0).step_by(2) {
                let (shards, sale_id) = (market.shards.clone(), market.sale_id.clone());
                calls.push(tokio::spawn(async move {
                    let _release = shards.release(&sale_id, number, &shopper).await.unwrap();
                }));
            }
        }
        returned += u32::try_from(calls.len()).unwrap();
        for call in calls {
            call.await.unwrap();
        }
        let totals = market.totals().await;
        assert_eq!((totals.returned, totals.units()), (returned, 20));
        let room = market.sales.room(&market.sale_id).await.unwrap().unwrap();
        assert_eq!(room.epoch, u64::from(returned));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_races_the_release_of_the_last_unit_and_nobody_is_turned_away_at_rest() {
    let market = Market::open(1).await;
    let functions = [market.function(), market.function()];
    let mut holder = 1;
    let mut shard = shard_of(&functions[0].claim(1, 0).await);
    for round in 1..60 {
        let (shards, sale_id) = (market.shards.clone(), market.sale_id.clone());
        let back = tokio::spawn(async move { shards.release(&sale_id, shard, &shopper(holder)).await });
        let early = functions[1].claim(1000 + round, i64::try_from(round).unwrap() * 3).await;
        let _released = back.await.unwrap().unwrap();
        holder = 2000 + round;
        match early {
            ClaimOutcome::Claimed(claim) => (holder, shard) = (1000 + round, claim.shard),
            ClaimOutcome::SoldOut | ClaimOutcome::TryAgain => {
                let at_rest = functions[0].claim(holder, i64::try_from(round).unwrap() * 3 + 2).await;
                assert!(matches!(at_rest, ClaimOutcome::Claimed(_)), "round {round}: {at_rest:?}");
                shard = shard_of(&at_rest);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(market.totals().await.claimed, 1);
    }
}
