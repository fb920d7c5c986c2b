//! The gateway's intents, page by page.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use souk_payments::gateway::{Back, Gateway, IntentStatus, Window};

use crate::till::{Till, order};

fn around_now() -> Window {
    let (now, minute) = (Timestamp::now(), SignedDuration::from_mins(1));
    Window { from: now - minute, to: now + minute }
}

#[tokio::test]
async fn each_intent_is_listed_once_with_its_order_and_its_status() {
    let till = Till::open().await;
    let mut expected = Vec::new();
    // More than one page of 100.
    for n in 0..130 {
        let order = order(&format!("listed-{n}"));
        let id = match n % 2 {
            0 => till.held(&order).await,
            _ => till.create(&order, "pm_card_visa").await.unwrap().id,
        };
        let status = if n % 2 == 0 { IntentStatus::RequiresCapture } else { IntentStatus::RequiresConfirmation };
        expected.push((id, status, Some(order)));
    }
    let (mut listed, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = till.gateway.list(around_now(), after.as_deref()).await.unwrap();
        listed.extend(page.intents.into_iter().map(|(intent, order)| (intent.id, intent.status, order)));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let sorted = |mut intents: Vec<(String, IntentStatus, _)>| {
        intents.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        intents
    };
    assert_eq!((pages, sorted(listed)), (2, sorted(expected)));
}

#[tokio::test]
async fn only_the_window_is_listed() {
    let till = Till::open().await;
    till.held(&order("now")).await;
    let hour = SignedDuration::from_hours(1);
    let Window { from, to } = around_now();
    for outside in [Window { from: from - hour, to: to - hour }, Window { from: from + hour, to: to + hour }] {
        let page = till.gateway.list(outside, None).await.unwrap();
        assert_eq!((page.intents.len(), page.next), (0, None));
    }
    assert_eq!(till.gateway.list(around_now(), None).await.unwrap().intents.len(), 1);
}

/// Those of the console and of banks name no order.
#[tokio::test]
async fn refunds_and_disputes_are_listed_by_when_they_were_made_with_their_payments() {
    let till = Till::open().await;
    let (ours, other) = (order("ours"), order("other"));
    let mut intents = Vec::new();
    for order in [&ours, &other] {
        let id = till.held(order).await;
        till.gateway.capture(order, &id, 1, None).await.unwrap();
        intents.push(id);
    }
    till.refund(&ours, &intents[0]).await.unwrap();
    till.call("POST", &format!("/__fake/intents/{}/refund", intents[1]), json!({ "amount": 100 })).await;
    till.call("POST", &format!("/__fake/intents/{}/dispute", intents[1]), json!({ "inquiry": true })).await;
    let listed = async |what| {
        let page = till.gateway.list_back(what, around_now(), None).await.unwrap();
        assert_eq!(page.next, None);
        page.items.into_iter().map(|item| (item.intent_id, item.order_id, item.status)).collect::<Vec<_>>()
    };
    let refunds =
        [(&intents[1], None), (&intents[0], Some(ours))].map(|(id, of)| (id.clone(), of, "succeeded".to_owned()));
    assert_eq!(listed(Back::Refund).await, refunds);
    assert_eq!(listed(Back::Dispute).await, [(intents[1].clone(), None, "warning_needs_response".to_owned())]);
    let Window { from, to } = around_now();
    let hour = SignedDuration::from_hours(1);
    let before = Window { from: from - hour, to: to - hour };
    assert!(till.gateway.list_back(Back::Refund, before, None).await.unwrap().items.is_empty());
}
