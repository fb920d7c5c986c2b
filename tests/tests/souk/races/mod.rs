//! Many shoppers at once, on the deployed stack.

use std::{collections::HashMap, time::Duration};

use futures_util::future::join_all;

use crate::support::{Api, Shelf, eventually, stack};

/// How these requests for one unit each were answered, by status.
async fn all_at_once(shoppers: &[Api], sku: &str) -> HashMap<u16, usize> {
    let replies = join_all(shoppers.iter().map(|shopper| async {
        let mut tries = 0;
        loop {
            let reply = shopper.check_out(sku, 1).await;
            tries += 1;
            // Busy is an honest answer under a storm, and says that repeating is safe.
            if reply.status != 503 || tries == 20 {
                return reply;
            }
        }
    }))
    .await;
    let mut statuses = HashMap::new();
    replies.iter().for_each(|reply| *statuses.entry(reply.status).or_default() += 1);
    statuses
}

#[tokio::test]
async fn invariant_i1_sixty_four_checkouts_for_ten_units_hold_exactly_ten() {
    let operator = stack().sign_in("operator").await;
    let shelf = Shelf::stocked(&operator, 1000, 10).await;
    let statuses = all_at_once(&stack().crowd(64).await, &shelf.sku).await;
    assert_eq!(statuses, HashMap::from([(201, 10), (409, 54)]));
    assert_eq!(shelf.numbers().await, (10, 10, 0));
    assert_eq!(stack().violations_of(&[&shelf.sku]).await, Vec::<serde_json::Value>::new());
}

/// Each of them takes the unit over from one before, or comes too late to: one has it in the end.
#[tokio::test]
async fn invariant_i1_a_shopper_who_asks_sixteen_times_at_once_holds_one_unit() {
    let operator = stack().sign_in("operator").await;
    let shopper = stack().crowd(1).await.pop().unwrap();
    let shelf = Shelf::stocked(&operator, 1000, 1).await;
    let statuses = all_at_once(&vec![shopper.clone(); 16], &shelf.sku).await;
    assert!(statuses.contains_key(&201) && statuses.keys().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
    assert_eq!(shelf.numbers().await, (1, 1, 0));
    eventually("one checkout is open", Duration::from_secs(20), || async {
        let listed = shopper.get("/checkouts").await.expect(200).body;
        (listed["checkouts"].as_array().unwrap().len() == 1).then_some(())
    })
    .await;
    assert_eq!(stack().violations_of(&[&shelf.sku]).await, Vec::<serde_json::Value>::new());
}
