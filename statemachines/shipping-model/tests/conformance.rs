//! The model is of this code: it judges orders as the domain does.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::{OrderId, Sku, WarehouseId},
    money::Money,
    order::{
        Departures, Finding, FromFlashSale, Label, Order, OrderLine, Origin, Parcel, Revision, Shipment, ShipmentItem,
        Shortfall,
    },
    quantity::Quantity,
};
use souk_exploration::Protocol as _;
use souk_shipping_model::{
    Protocol,
    actions::Action,
    bounds::{Bounds, WAREHOUSES},
    state::{self, State},
};
use stateright::Model;
use uuid::Uuid;

const BOUNDS: Bounds = Bounds { at_once: 1, units: [2, 1], ..Bounds::PARCELS };

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn place(number: usize) -> WarehouseId {
    ["east", "west"][number].parse().unwrap()
}

fn sku() -> Sku {
    "tea".parse().unwrap()
}

fn label() -> Label {
    Label { carrier: "Speedy".to_owned(), tracking_number: "1".to_owned() }
}

/// The order as the domain has it.
fn domains(order: &state::Order) -> Order {
    let shipment = |(number, found): (usize, &state::Shipment)| {
        let items = (found.units > 0).then(|| ShipmentItem { sku: sku(), quantity: found.units.into() });
        Shipment {
            packed_at: found.packed.then(|| at(1)),
            parcels: if found.leaving != 0 || found.left { vec![Parcel::new(label())] } else { Vec::new() },
            leaving: (0..8).filter(|call| found.leaving & (1 << call) != 0).map(at).collect(),
            shipped_at: found.left.then(|| at(3)),
            ..Shipment::new(place(number), items.into_iter().collect())
        }
    };
    let shortfall = |number: usize| Shortfall {
        warehouse_id: place(number),
        sku: sku(),
        units: 1,
        at: at(2),
        by: "picker".parse().unwrap(),
    };
    let missing = |(number, found): (usize, &state::Shipment)| (0..found.missing).map(move |_| shortfall(number));
    let unit_price = Money::usd(1).unwrap();
    let quantity = Quantity::new(u32::from(BOUNDS.total())).unwrap();
    let sale = FromFlashSale { sale_id: "s".parse().unwrap(), shard: 0, warehouse_id: place(0) };
    Order {
        order_id: OrderId::from_uuid(Uuid::from_u128(1)),
        user_id: "u".parse().unwrap(),
        status: order.status,
        version: 1,
        origin: Origin::FlashSale(sale),
        lines: vec![OrderLine { sku: sku(), title: None, variant: None, quantity, unit_price }],
        total: Money::usd(BOUNDS.total().into()).unwrap(),
        shipping_address: None,
        payment_method: None,
        created_at: at(0),
        pay_by: at(0),
        promise: None,
        settled: !order.unsettled,
        cancel_reason: None,
        shipments: order.shipments.iter().enumerate().map(shipment).collect(),
        shortages: order.shipments.iter().enumerate().flat_map(missing).collect(),
        history: Vec::new(),
        address_changes: Vec::new(),
        stock: souk_domain::order::StockTrail::default(),
    }
}

/// What of an order the model knows.
fn known(order: &Order) -> impl PartialEq + std::fmt::Debug + use<> {
    let shipments = order.shipments.iter().map(|shipment| {
        let units = shipment.items.iter().map(|item| item.quantity).sum::<u32>();
        (units, shipment.packed_at.is_some(), shipment.leaving.len(), shipment.shipped_at.is_some())
    });
    (order.status, order.settled, order.due().amount(), order.has_departed(), shipments.collect::<Vec<_>>())
}

fn departures(of: u8) -> Departures {
    let named = (0..WAREHOUSES).filter(|number| of & (1 << number) != 0);
    named.map(|number| (place(number), vec![label()])).collect()
}

/// What the domain makes of an action; `None` where it refuses, or nothing changes.
fn judged(state: &State, action: Action) -> Option<Order> {
    let mut order = domains(&state.order);
    let revision = match action {
        Action::Pack(number) => order.pack(&place(number.into()), &[], at(9)).ok()?,
        Action::FallShort(number) => {
            let found = u32::from(state.order.shipments[usize::from(number)].units).checked_sub(1)?;
            let by = "picker".parse().unwrap();
            let finding = Finding { warehouse_id: place(number.into()), sku: sku(), found, by };
            order.fall_short(&finding, at(9)).ok()?
        }
        Action::Ship(of) => order.begin_to_leave(&departures(of), at(9)).ok()?,
        _ => return None,
    };
    (revision == Revision::Changed).then_some(order)
}

#[test]
fn the_model_judges_orders_as_the_domain_does() {
    let protocol = Protocol::whole(BOUNDS);
    let mut frontier = protocol.init_states();
    let mut seen: HashSet<State> = HashSet::new();
    let mut compared: HashSet<state::Order> = HashSet::new();
    while let Some(state) = frontier.pop() {
        let mut actions = Vec::new();
        protocol.actions(&state, &mut actions);
        if compared.insert(state.order) {
            // What leaves together: whatever has not left.
            let ships = actions.iter().filter(|action| matches!(action, Action::Ship(_))).copied();
            let numbers = 0..WAREHOUSES as u8;
            let changes = numbers.clone().map(Action::Pack).chain(numbers.map(Action::FallShort)).chain(ships);
            for action in changes {
                let mut next = state;
                let modelled = actions.contains(&action).then(|| {
                    protocol.apply(&mut next, action);
                    known(&domains(&next.order))
                });
                assert_eq!(judged(&state, action).map(|order| known(&order)), modelled, "{action:?} of {state:?}");
            }
        }
        frontier.extend(
            actions
                .into_iter()
                .filter_map(|action| protocol.next_state(&state, action))
                .filter(|next| seen.insert(*next)),
        );
    }
    assert!(compared.len() > 100, "{} orders say little", compared.len());
}
