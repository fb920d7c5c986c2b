//! Many more shoppers than units, through HTTP. `SOUK_CROWD=20000 SOUK_CROWD_UNITS=500` for a large one.

use std::{collections::HashMap, time::Instant};

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use crate::support::{Api, FlashSale, stack};

/// How many shoppers are at work at the same moment: as many as one small machine bears.
const AT_ONCE: usize = 32;

fn size(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

/// What became of a shopper.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Fate {
    Intent(String),
    SoldOutInTheQueue,
    SoldOutAtTheDoor,
}

/// Waits for their turn and asks until they have an answer; each third shopper sends everything twice, at once. Who has
/// waited so long for it that their admission has expired goes back to the queue, as they are told.
async fn one(sale: &FlashSale, shopper: &Api, ticket: &str, twice: bool) -> Fate {
    for _ in 0..10 {
        let Some(admission) = sale.admission(shopper, ticket).await else { return Fate::SoldOutInTheQueue };
        if let Some(fate) = at_the_door(sale, shopper, &admission, twice).await {
            return fate;
        }
    }
    panic!("no answer to ten admissions")
}

/// None where the admission has expired.
async fn at_the_door(sale: &FlashSale, shopper: &Api, admission: &str, twice: bool) -> Option<Fate> {
    for _ in 0..200 {
        let asks = [sale.ask(shopper, admission, "pm_card_visa"), sale.ask(shopper, admission, "pm_card_visa")];
        let mut asks = asks.into_iter();
        let first = asks.next().unwrap();
        let reply = if twice {
            let (one, two) = tokio::join!(first, asks.next().unwrap());
            if one.status == 202 && two.status == 202 {
                assert_eq!(one.text("intent_id"), two.text("intent_id"), "one shopper, one intent");
            }
            if one.status == 202 { one } else { two }
        } else {
            first.await
        };
        match reply.status {
            202 => return Some(Fate::Intent(reply.text("intent_id").to_owned())),
            410 => return Some(Fate::SoldOutAtTheDoor),
            403 if reply.text("type").ends_with("/admission-not-valid") => return None,
            status => assert!(status >= 500 || status == 429, "{status}: {}", reply.body),
        }
    }
    panic!("no answer after 200 attempts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i3_a_crowd_gets_exactly_one_order_a_unit_and_the_rest_is_told_so() {
    let (size, units) = (size("SOUK_CROWD", 1000), size("SOUK_CROWD_UNITS", 50));
    let operator = stack().sign_in("operator").await;
    let began = Instant::now();
    let crowd = stack().crowd(size).await;
    println!("{size} accounts in {:?}", began.elapsed());
    let sale = FlashSale::defined(&operator, u32::try_from(units).unwrap()).await;
    let tickets: Vec<_> = stream::iter(&crowd)
        .map(|shopper| {
            let sale = &sale;
            async move { (shopper, sale.join(shopper).await) }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    println!("joined after {:?}", began.elapsed());
    sale.say("open").await.expect(200);
    let fates: Vec<(usize, Fate)> = stream::iter(tickets.iter().enumerate())
        .map(|(n, (shopper, ticket))| {
            let sale = &sale;
            async move { (n, one(sale, shopper, ticket, n % 3 == 0).await) }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    println!("all answered after {:?}", began.elapsed());

    let winners: Vec<_> = fates
        .iter()
        .filter_map(|(n, fate)| if let Fate::Intent(id) = fate { Some((*n, id.clone())) } else { None })
        .collect();
    let mut others: HashMap<&Fate, usize> = HashMap::new();
    fates
        .iter()
        .filter(|(_, fate)| !matches!(fate, Fate::Intent(_)))
        .for_each(|(_, fate)| *others.entry(fate).or_default() += 1);
    println!("{} intents; {others:?}", winners.len());
    assert_eq!(winners.len(), units, "every unit has one shopper");
    let units = i64::try_from(units).unwrap();
    let watched = sale.comes_to([units, units, units, 0, 0]).await;
    println!("all paid after {:?}: {}", began.elapsed(), watched["progress"]);
    let mut orders: Vec<String> = Vec::new();
    for (n, intent_id) in &winners {
        let paid = sale.intent_in(tickets[*n].0, intent_id, "PAID").await;
        orders.push(paid["order_id"].as_str().unwrap().to_owned());
    }
    orders.sort_unstable();
    orders.dedup();
    assert_eq!(orders.len(), winners.len(), "one order a unit");
    let about: Vec<&str> = orders.iter().map(String::as_str).chain([sale.id.as_str(), &sale.shelf.sku]).collect();
    assert_eq!(stack().violations_of(&about).await, Vec::<Value>::new());
    sale.say("close").await.expect(200);
    assert_eq!(sale.shelf.numbers().await, (units, 0, units), "what was not the sale's is untouched");
}
