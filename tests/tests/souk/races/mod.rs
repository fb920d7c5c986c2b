//! Many shoppers at once, on the deployed stack.

use std::collections::HashMap;

use futures_util::future::join_all;

use crate::support::{Shelf, stack};

#[tokio::test]
async fn invariant_i1_sixty_four_checkouts_for_ten_units_hold_exactly_ten() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let shelf = Shelf::stocked(&operator, 1000, 10).await;
    let replies = join_all((0..64).map(|_| async {
        let mut tries = 0;
        loop {
            let reply = shopper.check_out(&shelf.sku, 1).await;
            tries += 1;
            // Busy is an honest answer under a storm, and says that repeating is safe.
            if reply.status != 503 || tries == 20 {
                return reply;
            }
        }
    }))
    .await;
    let mut statuses: HashMap<u16, usize> = HashMap::new();
    replies.iter().for_each(|reply| *statuses.entry(reply.status).or_default() += 1);
    assert_eq!(statuses, HashMap::from([(201, 10), (409, 54)]));
    assert_eq!(shelf.numbers().await, (10, 10, 0));
    assert_eq!(stack().violations_of(&[&shelf.sku]).await, Vec::<serde_json::Value>::new());
}
