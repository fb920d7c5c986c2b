//! A payment record's claims for a shipment.

use souk_domain::{
    money::Money,
    payment::{
        Authorization,
        PaymentState::{self, Authorized, Capturing},
    },
};
use souk_dynamo::Update;
use souk_payments::{PaymentRecords, RecordOutcome};

use super::{at, order, tables::Tables};

fn standing(outcome: RecordOutcome) -> (bool, PaymentState, u32) {
    match outcome {
        RecordOutcome::Kept(record) => (true, record.state, record.capture_attempt),
        RecordOutcome::Refused(record) => (false, record.state, record.capture_attempt),
    }
}

#[tokio::test]
async fn each_claim_of_the_money_has_a_number_and_only_its_own_refusal_ends_it() {
    let records = PaymentRecords::new(Tables::of("transactions").await.table("PaymentsTable"));
    let order = order(1);
    records.open(&order, Authorized, Money::usd(900).unwrap(), at(0)).await.unwrap();
    let begin = async |second| standing(records.begin_capture(&order, None, at(second)).await.unwrap());
    let give_back =
        async |attempt| standing(records.give_capture_back(&order, attempt, "refused", at(9)).await.unwrap());
    assert_eq!(begin(1).await, (true, Capturing, 1));
    assert_eq!(begin(2).await, (false, Capturing, 1), "it is claimed");
    assert_eq!(give_back(1).await, (true, Authorized, 1));
    assert_eq!(begin(3).await, (true, Capturing, 2));
    assert_eq!(give_back(1).await, (false, Capturing, 2), "a late answer to the first claim");
}

#[tokio::test]
async fn a_record_from_before_claims_were_counted_can_be_claimed() {
    let table = Tables::of("transactions").await.table("PaymentsTable");
    let records = PaymentRecords::new(table.clone());
    let order = order(1);
    records.open(&order, Authorized, Money::usd(900).unwrap(), at(0)).await.unwrap();
    let id = format!("order#{order}");
    let older = table.update(&[("id", &id)], Update::new().remove("capture_attempt")).await.unwrap();
    assert!(older.is_written());
    assert_eq!(standing(records.begin_capture(&order, None, at(1)).await.unwrap()), (true, Capturing, 1));
}

/// Stripe says it; where a gateway does not, a card's week counts.
#[tokio::test]
async fn a_record_knows_until_when_its_money_can_be_taken() {
    let records = PaymentRecords::new(Tables::of("transactions").await.table("PaymentsTable"));
    let week = 7 * 24 * 3600;
    for (n, said, expected) in [(1, Some(at(50)), at(50)), (2, None, at(9 + week))] {
        records.open(&order(n), PaymentState::Intent, Money::usd(900).unwrap(), at(0)).await.unwrap();
        let kept = records.record_outcome(&order(n), Authorization::Authorized, None, said, at(9)).await.unwrap();
        let RecordOutcome::Kept(record) = kept else { panic!("{kept:?}") };
        assert_eq!(record.can_be_captured_until(), expected);
        assert_eq!(records.get(&order(n)).await.unwrap().as_ref(), Some(&*record));
    }
}

/// The shopper's browser needs it until the money is held, or nobody wants it any more.
#[tokio::test]
async fn a_client_secret_goes_once_nothing_is_left_to_do_with_it() {
    let records = PaymentRecords::new(Tables::of("transactions").await.table("PaymentsTable"));
    let has_secret = async |n| records.get(&order(n)).await.unwrap().unwrap().client_secret.is_some();
    let outcomes = [
        (1, Authorization::Authorized, false),
        (2, Authorization::RequiresAction, true),
        // Another card may still pay.
        (3, Authorization::Declined, true),
    ];
    for (n, outcome, is_needed) in outcomes {
        records.open(&order(n), PaymentState::Intent, Money::usd(900).unwrap(), at(0)).await.unwrap();
        let _kept = records.record_gateway_id(&order(n), "pi", Some("a secret"), at(1)).await.unwrap();
        assert!(has_secret(n).await);
        let _kept = records.record_outcome(&order(n), outcome, None, None, at(2)).await.unwrap();
        assert_eq!(has_secret(n).await, is_needed, "{outcome:?}");
    }
    for n in [2, 3] {
        let from = [PaymentState::RequiresAction, PaymentState::Declined];
        let fenced = records.advance(&order(n), &from, PaymentState::Voiding, at(3)).await.unwrap();
        assert!(matches!(fenced, RecordOutcome::Kept(_)));
        assert!(!has_secret(n).await);
    }
}
