//! From an event to its subscribers, whatever is repeated or lost.

use serde_json::Value;
use souk_domain::webhook::DeliveryState;
use souk_webhooks::{Attempted, BeginOutcome};
use souk_workflows::{plan_deliveries::Planned, send_delivery::SendOutcome};

use super::stage::{Stage, Subscriber, event, event_id};
use crate::{store::at, support::is_signed};

#[tokio::test]
async fn an_event_goes_once_to_each_subscriber_however_often_it_is_published() {
    let (stage, here, there) = (Stage::new().await, Subscriber::new(), Subscriber::new());
    let one = stage.subscribe(1, &here, at(0)).await;
    stage.subscribe(2, &there, at(0)).await;
    assert_eq!(stage.tells(&event(1), at(1)).await, Planned { now: 2, before: 0 });
    assert_eq!(stage.tells(&event(1), at(1)).await, Planned { now: 0, before: 2 });
    let mut outcomes = stage.works(at(2)).await;
    outcomes.sort_by_key(|outcome| *outcome == SendOutcome::Nothing);
    use SendOutcome::{Delivered, Nothing};
    assert_eq!(outcomes, [Delivered, Delivered, Nothing, Nothing], "a second message is one too many");
    assert_eq!(stage.tells(&event(1), at(900)).await, Planned { now: 0, before: 2 });
    assert!(stage.queued.lock().unwrap().is_empty(), "what is delivered is not sent again");
    for subscriber in [&here, &there] {
        assert_eq!(subscriber.ids(), [event_id(1).to_string()]);
    }
    let request = here.received().remove(0);
    assert!(is_signed(&request, &one.secret.reveal()));
    assert_eq!(request.header("webhook-timestamp"), Some(at(2).as_second().to_string().as_str()));
    assert!(!is_signed(&there.received()[0], &one.secret.reveal()), "each has a secret of its own");
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["status"]), (&"order.confirmed".into(), &"CONFIRMED".into()));
    assert!(!body.to_string().contains("somebody"), "whose it is, is nobody's business: {body}");
    let delivery = stage.delivery(&one).await;
    assert_eq!((delivery.state, delivery.attempts, delivery.last_status), (DeliveryState::Delivered, 1, Some(200)));
    assert_eq!(delivery.due_at, None);
}

#[tokio::test]
async fn only_who_asked_for_it_is_told() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    let mut terms = webhook.terms.clone();
    terms.event_types = [souk_domain::webhook::EventType::OrderShipped].into();
    let _changed = stage.webhooks.change(&webhook.webhook_id, &terms, true, Some(1)).await.unwrap();
    assert_eq!(stage.tells(&event(1), at(1)).await, Planned::default());
}

/// The planner died between its write and its message, or the queue lost it.
#[tokio::test]
async fn what_was_planned_and_never_queued_is_brought_by_the_sweeper() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    stage.tells(&event(1), at(0)).await;
    stage.queued.lock().unwrap().clear();
    assert_eq!(stage.sweeps(at(899)).await, [], "its message may be on the way");
    assert_eq!(stage.sweeps(at(900)).await, [SendOutcome::Delivered]);
    assert_eq!(stage.sweeps(at(9_000)).await, []);
    assert_eq!(stage.delivery(&webhook).await.attempts, 1);
}

#[tokio::test]
async fn of_several_messages_at_once_one_sends() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    stage.tells(&event(1), at(0)).await;
    let call = souk_wiring::Call::at(at(1));
    let id = event_id(1);
    let all = (0..4).map(|_| stage.send.run(&webhook.webhook_id, &id, &call));
    let ended = futures_util::future::join_all(all).await;
    let delivered = ended.iter().filter(|end| matches!(end, Ok(SendOutcome::Delivered))).count();
    assert_eq!((delivered, subscriber.ids().len()), (1, 1), "{ended:?}");
}

/// Before or after the request went out, nobody knows.
#[tokio::test]
async fn after_a_sender_that_died_it_is_sent_once_more_with_the_same_id() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    stage.tells(&event(1), at(0)).await;
    stage.works(at(0)).await;
    let _replayed = stage.deliveries.replay(&webhook.webhook_id, &event_id(1), at(10)).await.unwrap();
    let begun = stage.deliveries.begin(&webhook.webhook_id, &event_id(1), at(10)).await.unwrap();
    let BeginOutcome::Begun(died) = begun else { panic!("{begun:?}") };
    assert_eq!(stage.sweeps(at(69)).await, [], "it may be alive");
    assert_eq!(stage.sweeps(at(70)).await, [SendOutcome::Delivered]);
    assert_eq!(subscriber.ids(), [event_id(1).to_string(), event_id(1).to_string()]);
    let failed = Attempted::Again { at: at(71), failure: souk_domain::webhook::AttemptFailure::Timeout, status: None };
    assert!(!stage.deliveries.end(&died, failed).await.unwrap(), "whoever was overtaken ends nothing");
    let delivery = stage.delivery(&webhook).await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 3));
}

#[tokio::test]
async fn a_rotated_secret_signs_beside_the_former_one_for_a_day() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    let rotated = stage.webhooks.rotate(&webhook.webhook_id, Some(1), at(100)).await.unwrap();
    let souk_webhooks::Guarded::Done(rotated) = rotated else { panic!("{rotated:?}") };
    let (former, present) = (webhook.secret.reveal(), rotated.secret.reveal());
    let day = 24 * 3_600;
    for (n, second, both) in [(1, 101, true), (2, 100 + day - 1, true), (3, 100 + day, false)] {
        stage.tells(&event(n), at(second)).await;
        stage.works(at(second)).await;
        let request = subscriber.received().pop().unwrap();
        assert!(is_signed(&request, &present));
        assert_eq!(is_signed(&request, &former), both, "after {second} s");
    }
}
