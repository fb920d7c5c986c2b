//! The model is of this code: its steps follow one another as the state machine's states do, and it judges
//! reservations as the domain does. (Order statuses and payment states it takes from the domain itself.)

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::collections::{BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use souk_domain::{
    ids::{OrderId, ReservationId},
    reservation::{AttachOutcome, CommitOutcome, Decision, Reservation, ReservationState, RowEffect},
};
use souk_exploration::Protocol as _;
use souk_saga_model::{
    Protocol,
    actions::Action,
    bounds::{Bounds, Contest, RUNS},
    guards::Guards,
    state::{Hold, Row, State, Units},
    steps::stock,
};
use stateright::Model;
use uuid::Uuid;

type Edges = BTreeSet<(String, String)>;

/// From task to task, through the choices.
fn machines_edges() -> Edges {
    let machine: Value = serde_json::from_str(include_str!("../../order.asl.json")).unwrap();
    let states = machine["States"].as_object().unwrap();
    let is_task = |name: &str| states[name]["Type"] == "Task";
    let mut edges = Edges::new();
    for (name, state) in states.iter().filter(|(_, state)| state["Type"] == "Task") {
        let next = state["Next"].as_str().unwrap();
        let choices = states[next]["Choices"].as_array().into_iter().flatten();
        let reached = choices.map(|choice| choice["Next"].as_str().unwrap()).chain([next]);
        edges.extend(reached.filter(|to| is_task(to)).map(|to| (name.clone(), to.to_owned())));
    }
    edges
}

/// From task to task, in any step of any run.
fn models_edges(protocol: &Protocol) -> Edges {
    let mut edges = Edges::new();
    let mut frontier = protocol.init_states();
    let mut seen: HashSet<State> = HashSet::new();
    while let Some(state) = frontier.pop() {
        let mut actions = Vec::new();
        protocol.actions(&state, &mut actions);
        for action in actions {
            if let Action::Step(lane, slot, _) = action
                && usize::from(slot) < RUNS
            {
                let run = |state: &State| state.lanes[usize::from(lane)].runs[usize::from(slot)].machine_state();
                let mut next = state;
                protocol.apply(&mut next, action);
                if let (Some(from), Some(to)) = (run(&state), run(&next))
                    && from != to
                {
                    edges.insert((from.to_owned(), to.to_owned()));
                }
            }
            frontier.extend(protocol.next_state(&state, action).filter(|next| seen.insert(*next)));
        }
    }
    edges
}

#[test]
fn the_model_goes_from_task_to_task_as_the_state_machine_does() {
    let bounds = Bounds { starts: Some(2), in_flight: 0, lost_answers: false, ..Bounds::ONE_ORDER };
    let mut machines = machines_edges();
    // A paid order goes on whose units rows of stock hold: no order of this edition.
    assert!(machines.remove(&("CancelOrder".to_owned(), "AuthorizePayment".to_owned())));
    assert_eq!(models_edges(&Protocol::whole(bounds)), machines);
}

const UNITS: i8 = 3;

fn order(number: u8) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(u128::from(number) + 1))
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

/// A reservation as the domain has it; its time is over at 900.
fn domains(hold: Hold) -> Reservation {
    let fresh = Reservation::held(ReservationId::from_uuid(Uuid::from_u128(9)), Vec::new(), at(0), at(900));
    Reservation {
        state: match hold.units {
            Units::Absent | Units::Held => ReservationState::Held,
            Units::Committed | Units::Returned => ReservationState::Committed,
            Units::Released => ReservationState::Released,
        },
        order_id: hold.order.map(order),
        returned: hold.units == Units::Returned,
        missing: Vec::new(),
        ..fresh
    }
}

/// What the domain's judgement leaves, and does to the row, and whether it ended as hoped.
fn judged<O: PartialEq>(found: &Reservation, decision: Decision<O>, hoped: &[O]) -> (Reservation, RowEffect, bool) {
    match decision {
        Decision::Settled(outcome) => (found.clone(), RowEffect::None, hoped.contains(&outcome)),
        Decision::Write(write) => (write.next, write.rows, hoped.contains(&write.then)),
    }
}

/// What the model's step leaves and does.
fn modelled(hold: Hold, step: impl FnOnce(&mut State) -> bool) -> (Hold, RowEffect, bool) {
    let protocol = Protocol::whole(Bounds { contest: Contest::OneCheckout, ..Bounds::ONE_ORDER });
    let mut state = protocol.init_states()[0];
    state.row = Row { quantity: UNITS, reserved: 1, available: UNITS - 1 };
    state.holds[0] = hold;
    let hoped = step(&mut state);
    let Row { quantity, reserved, available } = state.row;
    let effect = match (quantity - UNITS, reserved - 1, available - (UNITS - 1)) {
        (0, 0, 0) => RowEffect::None,
        (-1, -1, 0) => RowEffect::Commit,
        (0, -1, 1) => RowEffect::Release,
        (1, 0, 1) => RowEffect::Return,
        other => panic!("{other:?} is no movement of a row"),
    };
    (state.holds[0], effect, hoped)
}

#[test]
fn the_model_judges_reservations_as_the_domain_does() {
    for units in [Units::Held, Units::Committed, Units::Returned, Units::Released] {
        for named in [None, Some(0), Some(1)] {
            if named.is_none() && matches!(units, Units::Committed | Units::Returned) {
                continue; // What has left has left for an order.
            }
            let protocol = Protocol::whole(Bounds::ONE_ORDER);
            let hold = Hold { units, order: named, checkout: protocol.init_states()[0].holds[0].checkout };
            let found = domains(hold);
            let same = |step: &str, domain: (Reservation, RowEffect, bool), model: (Hold, RowEffect, bool)| {
                let as_domain = domains(model.0);
                let is = (domain.0.state, domain.0.order_id, domain.0.returned, domain.1, domain.2);
                let should = (as_domain.state, as_domain.order_id, as_domain.returned, model.1, model.2);
                assert_eq!(is, should, "{step} of {hold:?}");
            };
            let all = Guards::ALL;
            let hoped = [AttachOutcome::Attached, AttachOutcome::Committed];
            same(
                "attach",
                judged(&found, found.attach(&order(0), at(900), at(0)), &hoped),
                modelled(hold, |state| stock::attach(all, &mut state.holds[0], 0)),
            );
            same(
                "commit",
                judged(&found, found.commit(&order(0)), &[CommitOutcome::Committed]),
                modelled(hold, |state| stock::commit(all, state, 0, 0)),
            );
            let quietly = |step: fn(Guards, &mut State)| {
                modelled(hold, |state| {
                    step(all, state);
                    false
                })
            };
            same(
                "release",
                judged(&found, found.release_for_order(&order(0), true, &[]), &[]),
                quietly(|g, s| {
                    stock::give_back(g, s, 0, 0);
                }),
            );
            same("expire", judged(&found, found.expire(at(900)), &[]), quietly(|g, s| stock::expire(g, s, 0)));
            same("abandon", judged(&found, found.abandon(), &[]), quietly(|g, s| stock::abandon(g, s, 0)));
        }
    }
}
