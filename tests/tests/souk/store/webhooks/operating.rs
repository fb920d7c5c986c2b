//! What operators do: terms under a version, lists, replays.

use souk_domain::{
    ids::{EventId, WebhookId},
    webhook::{DeliveryState, DisabledReason, EventType},
};
use souk_webhooks::{CreateOutcome, Filter, Guarded, MAX_WEBHOOKS, Place};
use souk_wiring::Call;
use souk_workflows::{replay_deliveries::Replay, send_delivery::SendOutcome};
use uuid::Uuid;

use super::stage::{Stage, Subscriber, event, event_id, terms};
use crate::store::at;

fn webhook_id(n: u128) -> WebhookId {
    WebhookId::from_uuid(Uuid::from_u128(n))
}

#[tokio::test]
async fn there_are_no_more_than_may_be_also_at_once() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let mut made = 0;
    // Those that meet another one's transaction try again, as a client does after a 503.
    for round in 0..8_u128 {
        let all = (0..u128::from(MAX_WEBHOOKS))
            .map(|n| stage.webhooks.create(webhook_id(round * 100 + n), terms(&subscriber), at(0)));
        let ended = futures_util::future::join_all(all).await;
        made += ended.iter().filter(|end| matches!(end, Ok(CreateOutcome::Created(_)))).count();
    }
    assert_eq!(made, usize::try_from(MAX_WEBHOOKS).unwrap());
    let all = stage.webhooks.all().await.unwrap();
    assert_eq!(all.len(), made);
    let one_more = || stage.webhooks.create(webhook_id(9_999), terms(&subscriber), at(1));
    assert_eq!(one_more().await.unwrap(), CreateOutcome::TooMany);
    assert_eq!(stage.webhooks.delete(&all[0].webhook_id, Some(1)).await.unwrap(), Guarded::Done(()));
    assert!(matches!(one_more().await.unwrap(), CreateOutcome::Created(_)));
}

#[tokio::test]
async fn a_subscription_changes_under_its_version_only() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    let id = &webhook.webhook_id;
    let mut terms = webhook.terms.clone();
    terms.description = Some("ledger".to_owned());
    let change = async |seen| stage.webhooks.change(id, &terms, false, seen).await.unwrap();
    assert_eq!(change(None).await, Guarded::VersionNeeded(1));
    assert_eq!(change(Some(7)).await, Guarded::Stale(1));
    let Guarded::Done(changed) = change(Some(1)).await else { panic!() };
    assert_eq!((changed.version, changed.disabled), (2, Some(DisabledReason::Operator)));
    assert_eq!((&changed.terms, &changed.secret), (&terms, &webhook.secret));
    assert_eq!(stage.webhooks.rotate(id, Some(1), at(1)).await.unwrap(), Guarded::Stale(2));
    assert_eq!(stage.webhooks.rotate(id, None, at(1)).await.unwrap(), Guarded::VersionNeeded(2));
    let Guarded::Done(rotated) = stage.webhooks.rotate(id, Some(2), at(1)).await.unwrap() else { panic!() };
    assert_ne!(rotated.secret, webhook.secret);
    assert_eq!(stage.webhooks.delete(id, None).await.unwrap(), Guarded::VersionNeeded(3));
    assert_eq!(stage.webhooks.delete(id, Some(2)).await.unwrap(), Guarded::Stale(3));
    assert_eq!(stage.webhooks.delete(id, Some(3)).await.unwrap(), Guarded::Done(()));
    assert_eq!(stage.webhooks.delete(id, Some(3)).await.unwrap(), Guarded::Unknown);
    assert_eq!(change(Some(3)).await, Guarded::Unknown);
    assert_eq!(stage.webhooks.rotate(id, Some(3), at(1)).await.unwrap(), Guarded::Unknown);
}

#[tokio::test]
async fn deliveries_are_listed_newest_first_page_by_page_and_by_state() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let (webhook, other) = (stage.subscribe(1, &subscriber, at(0)).await, Subscriber::new());
    stage.subscribe(2, &other, at(0)).await;
    let planned = 25;
    for n in 1..=planned {
        stage.tells(&event(n), at(i64::try_from(n).unwrap())).await;
    }
    stage.works(at(100)).await;
    subscriber.answers(Some(410));
    stage.tells(&event(99), at(200)).await;
    stage.works(at(200)).await;
    let page = async |state: Option<DeliveryState>, after: Option<&Place>| {
        let filter = Filter { state, ..Filter::default() };
        stage.deliveries.page(&webhook.webhook_id, filter, after, 10).await.unwrap()
    };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let found = page(Some(DeliveryState::Delivered), after.as_ref()).await;
        seen.extend(found.deliveries.into_iter().map(|delivery| delivery.event_id));
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<EventId> = (1..=planned).rev().map(event_id).collect();
    assert_eq!(seen, expected);
    let failed = page(Some(DeliveryState::Failed), None).await;
    assert_eq!((failed.deliveries.len(), failed.next), (1, None));
    assert_eq!(failed.deliveries[0].event_id, event_id(99));
}

#[tokio::test]
async fn all_that_failed_within_a_time_is_sent_again_page_by_page() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    let failed = 130;
    for n in 1..=failed {
        stage.tells(&event(n), at(i64::try_from(n).unwrap())).await;
        let reason = souk_domain::webhook::FailureReason::GivenUp;
        assert!(stage.deliveries.give_up(&webhook.webhook_id, &event_id(n), reason).await.unwrap());
    }
    stage.queued.lock().unwrap().clear();
    // The last ten were planned after that time.
    let within = (at(0), at(121));
    let (mut count, mut after, mut requests) = (0, None, 0);
    loop {
        let call = Call::at(at(500));
        let done = stage.replay.all_failed(&webhook.webhook_id, within, after.as_ref(), &call).await.unwrap();
        let Replay::Pending(done) = done else { panic!("{done:?}") };
        requests += 1;
        count += done.count;
        after = done.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((count, requests), (120, 2));
    let delivered = stage.sweeps(at(500)).await;
    assert_eq!(delivered, vec![SendOutcome::Delivered; 120]);
    assert_eq!(stage.sweeps(at(5_000)).await, []);
}

#[tokio::test]
async fn a_ping_and_a_replay_go_to_whom_they_are_for_and_to_nobody_disabled() {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    let id = &webhook.webhook_id;
    let call = Call::at(at(1)).making(Uuid::from_u128(77));
    let Replay::Pending(pinged) = stage.replay.ping(id, &call).await.unwrap() else { panic!() };
    assert_eq!((pinged.event_type, pinged.state), (EventType::Ping, DeliveryState::Pending));
    assert_eq!(stage.works(at(1)).await, [SendOutcome::Delivered]);
    assert_eq!(subscriber.ids(), [pinged.event_id.to_string()]);

    let replay =
        async |id: &WebhookId, event_id: &EventId| stage.replay.one(id, event_id, &Call::at(at(2))).await.unwrap();
    assert!(matches!(replay(id, &pinged.event_id).await, Replay::Pending(_)), "what was delivered, too");
    assert!(matches!(replay(id, &pinged.event_id).await, Replay::Pending(_)), "what is pending stays so");
    assert_eq!(stage.works(at(2)).await, [SendOutcome::Delivered]);
    assert_eq!(replay(id, &event_id(5)).await, Replay::UnknownDelivery);
    assert_eq!(replay(&webhook_id(2), &pinged.event_id).await, Replay::UnknownWebhook);
    let _disabled = stage.webhooks.change(id, &webhook.terms, false, Some(1)).await.unwrap();
    assert_eq!(replay(id, &pinged.event_id).await, Replay::Disabled);
    assert_eq!(stage.replay.ping(id, &call).await.unwrap(), Replay::Disabled);
}
