//! An authorisation that is made anew: each of its writes happens where the rule lets it, and nowhere else.

use souk_domain::{
    money::Money,
    payment::{PaymentState, Renewal},
};
use souk_dynamo::{Table, Update, n, s};
use souk_payments::{PaymentRecord, PaymentRecords, RecordOutcome};

use super::{at, order, tables::Tables};

struct Renewing {
    records: PaymentRecords,
    table: Table,
}

impl Renewing {
    async fn new() -> Self {
        let table = Tables::of("transactions").await.table("PaymentsTable");
        Self { records: PaymentRecords::new(table.clone()), table }
    }

    /// The second renewal of a payment that stands on `old`; `new` is the other one, where it is known.
    async fn standing(&self, number: u128, state: PaymentState, renewal: Option<Renewal>) {
        self.records.open(&order(number), state, Money::usd(900).unwrap(), at(0)).await.unwrap();
        let mut update = Update::new().set("gateway_id", s("old")).set("renewals", n(2));
        if let Some(renewal) = renewal {
            update = update.set("renewal", s(renewal.as_str()));
            update = update.set("renewing", s("renewing#00")).set("renewing_since", n(1));
        }
        if matches!(renewal, Some(Renewal::Known | Renewal::Old)) {
            update = update.set("other_intent", s("new"));
        }
        let id = format!("order#{}", order(number));
        assert!(self.table.update(&[("id", &id)], update).await.unwrap().is_written());
    }
}

fn kept(outcome: RecordOutcome) -> Option<PaymentRecord> {
    match outcome {
        RecordOutcome::Kept(record) => Some(*record),
        RecordOutcome::Refused(_) => None,
    }
}

/// Each state of a payment, with each state of a renewal and none.
fn every() -> impl Iterator<Item = (PaymentState, Option<Renewal>)> {
    let renewals = || [None].into_iter().chain(Renewal::ALL.map(Some));
    PaymentState::ALL.into_iter().flat_map(move |state| renewals().map(move |renewal| (state, renewal)))
}

#[tokio::test]
async fn each_write_of_a_renewal_happens_where_the_rule_lets_it() {
    let renewing = Renewing::new().await;
    let records = &renewing.records;
    let mut number = 0;
    for (state, renewal) in every() {
        let mut next = async || {
            number += 1;
            renewing.standing(number, state, renewal).await;
            order(number)
        };
        let case = format!("{renewal:?} of {state:?}");

        let wanted = kept(records.want_renewal((&next().await, "old"), at(2)).await.unwrap());
        assert_eq!(wanted.is_some(), Renewal::may_be_wanted(renewal, state), "R1 of {case}");
        if let Some(wanted) = wanted {
            assert_eq!((wanted.renewal, wanted.renewals), (Some(Renewal::Wanted), 3));
        }
        let refused = kept(records.refuse_renewal((&next().await, "old"), "code", at(2)).await.unwrap());
        assert_eq!(refused.is_some(), Renewal::may_be_wanted(renewal, state), "no R1 of {case}");

        let dropped = kept(records.drop_renewal(&next().await, 2, "code", at(2)).await.unwrap());
        assert_eq!(dropped.is_some(), Renewal::may_be_dropped(renewal), "R2 of {case}");
        let known = kept(records.keep_renewal(&next().await, (2, "new"), at(2)).await.unwrap());
        assert_eq!(known.is_some(), Renewal::may_keep_intent(renewal, state), "R3 of {case}");

        let swapped = records.swap_intents(&next().await, ("old", "new"), Some(at(99)), at(2)).await.unwrap();
        let swapped = kept(swapped);
        assert_eq!(swapped.is_some(), Renewal::may_swap(renewal, state), "R5 of {case}");
        if let Some(swapped) = swapped {
            assert_eq!((swapped.gateway_id.as_deref(), swapped.other_intent.as_deref()), (Some("new"), Some("old")));
            assert_eq!((swapped.renewal, swapped.capture_before), (Some(Renewal::Old), Some(at(99))));
        }
        let given_up = kept(records.give_renewal_up((&next().await, "new"), Some("code"), at(2)).await.unwrap());
        assert_eq!(given_up.is_some(), Renewal::may_be_given_up(renewal), "R6 of {case}");

        let forgotten = kept(records.forget_other_intent((&next().await, "new"), at(2)).await.unwrap());
        let is_over = renewal == Some(Renewal::Old) && Renewal::may_be_forgotten(renewal, state, true);
        assert_eq!(forgotten.is_some(), is_over, "R7 of {case}");
        let moved_on = kept(records.forget_renewal(&next().await, at(2)).await.unwrap());
        assert_eq!(moved_on.is_some(), Renewal::may_be_forgotten(renewal, state, false), "R7 of {case}");
        for over in [dropped, forgotten, moved_on].into_iter().flatten() {
            assert_eq!((over.state, over.renewal, over.other_intent), (state, None, None), "{case}");
        }
    }
}

/// Whoever is late with one renewal, or with an intent that no longer stands, says nothing of the next.
#[tokio::test]
async fn a_write_of_another_renewal_or_intent_is_refused() {
    let renewing = Renewing::new().await;
    let records = &renewing.records;
    let standing = async |number, renewal| {
        renewing.standing(number, PaymentState::Authorized, renewal).await;
        order(number)
    };
    let none = standing(1, None).await;
    assert!(kept(records.want_renewal((&none, "older"), at(2)).await.unwrap()).is_none());
    assert!(kept(records.refuse_renewal((&none, "older"), "code", at(2)).await.unwrap()).is_none());
    let wanted = standing(2, Some(Renewal::Wanted)).await;
    assert!(kept(records.keep_renewal(&wanted, (1, "new"), at(2)).await.unwrap()).is_none());
    assert!(kept(records.drop_renewal(&wanted, 1, "code", at(2)).await.unwrap()).is_none());
    let known = standing(3, Some(Renewal::Known)).await;
    for (old, new) in [("older", "new"), ("old", "older")] {
        assert!(kept(records.swap_intents(&known, (old, new), None, at(2)).await.unwrap()).is_none());
    }
    assert!(kept(records.give_renewal_up((&known, "older"), None, at(2)).await.unwrap()).is_none());
    let old = standing(4, Some(Renewal::Old)).await;
    assert!(kept(records.forget_other_intent((&old, "older"), at(2)).await.unwrap()).is_none());
}

#[tokio::test]
async fn a_renewal_is_found_from_its_beginning_to_its_end_whatever_the_payment_becomes() {
    let renewing = Renewing::new().await;
    let records = &renewing.records;
    renewing.standing(1, PaymentState::Authorized, None).await;
    let order = order(1);
    let found = async || {
        let mut found = Vec::new();
        for shard in PaymentRecords::renewing_shards() {
            assert!(PaymentRecords::is_renewing_shard(&shard));
            found.extend(records.renewing(&shard, at(100), None).await.unwrap().items);
        }
        found
    };
    assert!(found().await.is_empty());
    assert!(kept(records.want_renewal((&order, "old"), at(2)).await.unwrap()).is_some());
    assert_eq!(found().await, std::slice::from_ref(&order));
    assert!(kept(records.keep_renewal(&order, (3, "new"), at(3)).await.unwrap()).is_some());
    assert!(kept(records.begin_capture(&order, None, at(4)).await.unwrap()).is_some());
    assert_eq!(found().await, std::slice::from_ref(&order), "a shipment takes it off no list but that of held money");
    assert!(kept(records.give_renewal_up((&order, "new"), None, at(5)).await.unwrap()).is_some());
    assert!(kept(records.forget_other_intent((&order, "new"), at(6)).await.unwrap()).is_some());
    assert!(found().await.is_empty());
    assert!(!PaymentRecords::held_shards().iter().any(|shard| PaymentRecords::is_renewing_shard(shard)));
}
