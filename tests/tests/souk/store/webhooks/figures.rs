//! What a webhook costs, measured.

use souk_workflows::send_delivery::SendOutcome;

use super::stage::{Stage, Subscriber, event};
use crate::store::{
    at,
    meter::{Meter, units},
};

#[tokio::test]
async fn what_a_delivery_costs() {
    let (meter, client) = Meter::to_a_new_store().await;
    let (stage, subscriber) = (Stage::over(client).await, Subscriber::new());
    stage.subscribe(1, &subscriber, at(0)).await;
    meter.bill();
    stage.tells(&event(1), at(1)).await;
    let planned = meter.bill();
    assert_eq!(stage.works(at(1)).await, [SendOutcome::Delivered]);
    let sent = meter.bill();
    subscriber.answers(Some(500));
    stage.tells(&event(2), at(2)).await;
    meter.bill();
    let [SendOutcome::Again(next)] = stage.works(at(2)).await[..] else { panic!() };
    let refused = meter.bill();
    stage.sweep.run(&souk_wiring::Call::at(next)).await.unwrap();
    let swept = meter.bill();
    for (what, bill) in [("planned", &planned), ("sent", &sent), ("refused", &refused), ("swept", &swept)] {
        let (writes, reads) = units(bill);
        println!("{what}: {writes} write units, {reads} read units, {bill:?}");
    }
    // A function's call and a message each for planning and sending; one request to the subscriber.
    assert!(units(&planned).0 <= 4.0, "an item, and its places in two indexes: {planned:?}");
    assert!(units(&sent).0 <= 12.0, "two items, each written twice, and the indexes: {sent:?}");
    assert!(units(&refused).0 <= 14.0, "{refused:?}");
    assert!(units(&swept).0 <= 4.0, "{swept:?}");
}
