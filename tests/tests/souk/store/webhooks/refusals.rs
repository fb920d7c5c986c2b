//! Subscribers that do not take what they are sent.

use jiff::Timestamp;
use souk_domain::webhook::{AttemptFailure, DeliveryState, DisabledReason, FailureReason, GIVEN_UP_AFTER};
use souk_webhooks::{EnterOutcome, EntryResult, PLACES, Webhook};
use souk_workflows::{plan_deliveries::Planned, send_delivery::SendOutcome};

use super::stage::{Stage, Subscriber, event, event_id};
use crate::store::at;

const HOUR: i64 = 3_600;

async fn stage() -> (Stage, Subscriber, Webhook) {
    let (stage, subscriber) = (Stage::new().await, Subscriber::new());
    let webhook = stage.subscribe(1, &subscriber, at(0)).await;
    (stage, subscriber, webhook)
}

fn again(outcomes: &[SendOutcome]) -> Timestamp {
    match outcomes {
        [SendOutcome::Again(at)] => *at,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_refused_is_sent_again_later_and_later_until_it_is_taken() {
    let (stage, subscriber, webhook) = stage().await;
    subscriber.answers(Some(500));
    stage.tells(&event(1), at(0)).await;
    let second = again(&stage.works(at(0)).await);
    assert!(second <= at(5), "{second}");
    let delivery = stage.delivery(&webhook).await;
    assert_eq!((delivery.state, delivery.last_status), (DeliveryState::Pending, Some(500)));
    assert_eq!((delivery.due_at, delivery.last_failure), (Some(second), Some(AttemptFailure::Status)));
    let third = again(&stage.sweeps(second).await);
    assert!(third.duration_since(second).as_secs() <= 300, "{third}");
    subscriber.answers(Some(204));
    assert_eq!(stage.sweeps(third).await, [SendOutcome::Delivered]);
    let delivery = stage.delivery(&webhook).await;
    assert_eq!((delivery.state, delivery.attempts, delivery.last_failure), (DeliveryState::Delivered, 3, None));
    assert_eq!(subscriber.ids(), vec![event_id(1).to_string(); 3]);
}

#[tokio::test]
async fn a_subscriber_that_is_silent_costs_its_time_and_is_asked_again() {
    let (stage, subscriber, webhook) = stage().await;
    subscriber.answers(None);
    stage.tells(&event(1), at(0)).await;
    again(&stage.works(at(0)).await);
    let delivery = stage.delivery(&webhook).await;
    assert_eq!((delivery.last_failure, delivery.last_status), (Some(AttemptFailure::Timeout), None));
}

#[tokio::test]
async fn after_three_days_it_is_given_up_and_may_be_replayed() {
    let (stage, subscriber, webhook) = stage().await;
    subscriber.answers(Some(503));
    stage.tells(&event(1), at(0)).await;
    let mut now = at(0);
    let mut outcomes = stage.works(now).await;
    let mut attempts = 1;
    while let [SendOutcome::Again(next)] = outcomes[..] {
        now = next;
        outcomes = stage.sweeps(now).await;
        attempts += 1;
    }
    assert_eq!(outcomes, [SendOutcome::Failed(FailureReason::GivenUp)]);
    assert_eq!(now, at(0) + GIVEN_UP_AFTER);
    assert!(attempts >= 6, "{attempts}");
    let delivery = stage.delivery(&webhook).await;
    assert_eq!((delivery.state, delivery.failed), (DeliveryState::Failed, Some(FailureReason::GivenUp)));
    assert_eq!(stage.sweeps(now + GIVEN_UP_AFTER).await, [], "nothing more is sent");

    subscriber.answers(Some(200));
    let call = souk_wiring::Call::at(now);
    stage.replay.one(&webhook.webhook_id, &event_id(1), &call).await.unwrap();
    assert_eq!(stage.works(now).await, [SendOutcome::Delivered]);
    assert_eq!(stage.delivery(&webhook).await.failed, None);
}

#[tokio::test]
async fn who_answers_410_is_told_nothing_more() {
    let (stage, subscriber, webhook) = stage().await;
    for n in [1, 2] {
        stage.tells(&event(n), at(0)).await;
    }
    subscriber.answers(Some(410));
    let outcomes = stage.works(at(0)).await;
    assert_eq!(outcomes, [SendOutcome::Failed(FailureReason::Gone), SendOutcome::Failed(FailureReason::Disabled)]);
    let now = stage.webhook(&webhook).await;
    assert_eq!((now.disabled, now.version), (Some(DisabledReason::Gone), 2));
    assert_eq!(stage.tells(&event(3), at(1)).await, Planned::default());
    assert_eq!(subscriber.ids().len(), 1);
}

#[tokio::test]
async fn whose_every_attempt_of_five_days_has_failed_is_disabled() {
    let (stage, subscriber, webhook) = stage().await;
    subscriber.answers(Some(500));
    for (n, hour) in [(1, 0), (2, 119)] {
        stage.tells(&event(n), at(hour * HOUR)).await;
        stage.works(at(hour * HOUR)).await;
        let now = stage.webhook(&webhook).await;
        assert_eq!((now.disabled, now.failing_since), (None, Some(at(0))), "after {hour} hours");
    }
    stage.tells(&event(3), at(120 * HOUR)).await;
    stage.works(at(120 * HOUR)).await;
    let disabled = stage.webhook(&webhook).await;
    assert_eq!(disabled.disabled, Some(DisabledReason::Failing));

    let enabled = stage.webhooks.change(&webhook.webhook_id, &webhook.terms, true, Some(disabled.version)).await;
    let souk_webhooks::Guarded::Done(enabled) = enabled.unwrap() else { panic!() };
    assert_eq!((enabled.disabled, enabled.failing_since), (None, None), "it begins anew");
}

#[tokio::test]
async fn one_success_is_enough_to_go_on() {
    let (stage, subscriber, webhook) = stage().await;
    for (n, hour, status) in [(1, 0, 500), (2, 100, 200), (3, 130, 500)] {
        subscriber.answers(Some(status));
        stage.tells(&event(n), at(hour * HOUR)).await;
        stage.works(at(hour * HOUR)).await;
    }
    let now = stage.webhook(&webhook).await;
    assert_eq!((now.disabled, now.failing_since), (None, Some(at(130 * HOUR))));
}

#[tokio::test]
async fn a_subscription_that_is_deleted_gets_nothing_that_was_planned() {
    let (stage, subscriber, webhook) = stage().await;
    stage.tells(&event(1), at(0)).await;
    let _deleted = stage.webhooks.delete(&webhook.webhook_id, Some(1)).await.unwrap();
    assert_eq!(stage.works(at(1)).await, [SendOutcome::Failed(FailureReason::Unsubscribed)]);
    assert_eq!(subscriber.ids(), [""; 0]);
}

/// As many as there are places have not answered yet: the others wait, and other subscribers' do not.
#[tokio::test]
async fn a_slow_subscriber_takes_its_places_and_no_more() {
    let (stage, slow, webhook) = stage().await;
    let fast = Subscriber::new();
    stage.subscribe(2, &fast, at(0)).await;
    let mut entries = Vec::new();
    for _ in 0..PLACES {
        match stage.webhooks.enter(&webhook.webhook_id, at(0)).await.unwrap() {
            EnterOutcome::Entered(entry, _) => entries.push(entry),
            other => panic!("{other:?}"),
        }
    }
    stage.tells(&event(1), at(1)).await;
    let outcomes = stage.works(at(1)).await;
    assert_eq!(outcomes, [SendOutcome::PutOff, SendOutcome::Delivered]);
    assert_eq!((slow.ids().len(), fast.ids().len()), (0, 1));
    let waiting = stage.delivery(&webhook).await;
    assert_eq!((waiting.state, waiting.attempts), (DeliveryState::Pending, 0), "it is no attempt");
    assert!(waiting.due_at.unwrap() <= at(121));

    stage.webhooks.leave(&entries[0], EntryResult::Unused, at(30)).await.unwrap();
    assert_eq!(stage.sweeps(at(121)).await, [SendOutcome::Delivered]);
}

#[tokio::test]
async fn a_place_whose_sender_died_is_free_after_its_lease() {
    let (stage, subscriber, webhook) = stage().await;
    for _ in 0..PLACES {
        let entered = stage.webhooks.enter(&webhook.webhook_id, at(0)).await.unwrap();
        assert!(matches!(entered, EnterOutcome::Entered(..)));
    }
    assert_eq!(stage.webhooks.enter(&webhook.webhook_id, at(59)).await.unwrap(), EnterOutcome::Full);
    stage.tells(&event(1), at(60)).await;
    assert_eq!(stage.works(at(60)).await, [SendOutcome::Delivered]);
    assert_eq!(subscriber.ids().len(), 1);
}
