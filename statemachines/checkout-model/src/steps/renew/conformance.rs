//! The model is of this code: it renews where the domain does.

use souk_domain::payment::{NextOfRenewal as Next, Renewal as Domains};
use souk_exploration::Protocol as _;
use stateright::Model;

use super::*;
use crate::{Protocol, bounds::Bounds, state::Order};

const EVERY: [Renewal; 4] = [Renewal::None, Renewal::Wanted, Renewal::Known, Renewal::Old];

fn domains(renewal: Renewal) -> Option<Domains> {
    match renewal {
        Renewal::None => None,
        Renewal::Wanted => Some(Domains::Wanted),
        Renewal::Known => Some(Domains::Known),
        Renewal::Old => Some(Domains::Old),
    }
}

/// Each renewal of each record, of an order that is confirmed or not.
fn every() -> impl Iterator<Item = (Renewal, PaymentState, OrderStatus)> {
    let statuses = [OrderStatus::Confirmed, OrderStatus::Cancelled, OrderStatus::Shipped];
    let records = EVERY.into_iter().flat_map(|renewal| PaymentState::ALL.map(|state| (renewal, state)));
    records.flat_map(move |(renewal, state)| statuses.map(|status| (renewal, state, status)))
}

/// What a step answers, and the renewal that it leaves, where the other intent stands like this.
fn modelled(
    (renewal, state, status): (Renewal, PaymentState, OrderStatus),
    other: Intent,
    step: impl FnOnce(&mut Step<'_>) -> Pc,
) -> (Pc, Renewal) {
    let protocol = Protocol::whole(Bounds::RENEWAL);
    let mut found = protocol.init_states()[0];
    let lane = &mut found.lanes[0];
    (lane.renewal, lane.record, lane.intent, lane.other) = (renewal, Some(state), Intent::Held, other);
    lane.order = Some(Order { status, unsettled: false, confirmed: true, units: None, returned: 0, stock_back: false });
    let pc = step(&mut Step { protocol: &protocol, state: &mut found, lane: 0, slot: 0 });
    (pc, found.lanes[0].renewal)
}

#[test]
fn the_model_goes_on_as_the_domain_does() {
    for case in every() {
        let (renewal, state, status) = case;
        let next = match modelled(case, Intent::Created, |step| step.renew_read()).0 {
            Pc::Idle => Next::Nothing,
            Pc::RenewWant => Next::Want,
            Pc::RenewCreate => Next::Create,
            Pc::RenewConfirm => Next::Confirm,
            Pc::RenewGiveUp => Next::GiveUp,
            Pc::RenewCancel => Next::Cancel,
            Pc::RenewForget => Next::Forget,
            other => panic!("{other:?}"),
        };
        let is_confirmed = status == OrderStatus::Confirmed;
        assert_eq!(Domains::next(domains(renewal), state, is_confirmed, true), next, "{case:?}");
    }
}

#[test]
fn the_model_writes_where_the_domain_does() {
    for case in every() {
        let (renewal, state, _) = case;
        let (found, left) = (domains(renewal), |step: fn(&mut Step<'_>) -> Pc, other| modelled(case, other, step).1);
        let wanted = left(|step| step.renew_want(), Intent::None);
        assert_eq!(wanted != renewal, Domains::may_be_wanted(found, state), "R1 of {case:?}");
        let dropped = left(|step| step.renew_drop(), Intent::None);
        assert_eq!(dropped != renewal, Domains::may_be_dropped(found), "R2 of {case:?}");
        let kept = left(|step| step.renew_keep(), Intent::Created);
        assert_eq!(kept != renewal, Domains::may_keep_intent(found, state), "R3 of {case:?}");
        let swapped = left(|step| step.renew_swap(), Intent::Held);
        assert_eq!(swapped != renewal, Domains::may_swap(found, state), "R5 of {case:?}");
        let given_up = left(|step| step.renew_give_up(), Intent::Declined);
        assert_eq!(given_up != renewal, Domains::may_be_given_up(found), "R6 of {case:?}");
        for (other, is_gone) in [(Intent::Held, false), (Intent::Canceled, true)] {
            let forgotten = left(|step| step.renew_forget(), other);
            assert_eq!(forgotten != renewal, Domains::may_be_forgotten(found, state, is_gone), "R7 of {case:?}");
        }
    }
}
