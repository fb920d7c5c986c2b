//! `GET /admin/orders/{order_id}`: an order's whole history in one answer.

use serde_json::{Value, json};
use souk_domain::{
    order::{Order, Origin},
    reservation::Reservation,
};
use souk_events::orders::detail_types;
use souk_inventory::ReservationBook;
use souk_orders::{Archive, Orders, find};
use souk_payments::{PaymentRecords, SeenEvent, SeenEvents};
use souk_runtime::http::{HttpResult, Problem, Request, Response, Role};
use souk_wiring::{Call, FromEnvironment};

use crate::orders::OrderView;

/// The most of the gateway's events that are shown: a payment has about five.
const EVENTS: i32 = 100;

/// Everything that an order leaves traces in.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
    reservations: ReservationBook,
    payments: PaymentRecords,
    gateway_events: SeenEvents,
}

fn reservation_view(held: &Reservation) -> Value {
    json!({
        "reservation_id": held.reservation_id,
        "state": held.state,
        "returned": held.returned,
        "lines": held.lines,
        "version": held.version,
        "expires_at": held.expires_at.to_string(),
    })
}

/// What was published and heard about the order, by time: each change of status publishes its events on the bus;
/// the gateway's are those that were acted upon.
fn events_view(order: &Order, heard: &[SeenEvent]) -> Vec<Value> {
    let published = order.history.iter().flat_map(|entry| {
        let types = detail_types(entry.status, order.cancel_reason);
        types.iter().map(|detail_type| (entry.at, json!({ "source": "souk.orders", "type": detail_type })))
    });
    let heard = heard.iter().map(|event| {
        let view = json!({
            "source": "gateway",
            "type": event.event_type,
            "event_id": event.event_id,
            "taken_at": event.taken_at.to_string(),
        });
        (event.occurred_at, view)
    });
    let mut events: Vec<_> = published.chain(heard).collect();
    events.sort_by_key(|(at, _)| *at);
    let dated = |(at, mut event): (jiff::Timestamp, Value)| {
        event["at"] = json!(at.to_string());
        event
    };
    events.into_iter().map(dated).collect()
}

/// Order, transitions, events, reservation and payment.
///
/// # Errors
/// 403 for anybody but operators, 404 where there is no such order.
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    let order_id = request.path("order_id")?;
    let order = find(&deps.orders, &deps.archive, &order_id).await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    let reservation = match &order.origin {
        Origin::Checkout(checkout) => deps.reservations.get(&checkout.reservation_id).await?,
        Origin::Sale(_) => None,
    };
    let payment = deps.payments.get(&order_id).await?;
    let heard = deps.gateway_events.of_order(&order_id, EVENTS).await?;
    let history: Vec<_> = order
        .history
        .iter()
        .map(|entry| json!({ "status": entry.status, "at": entry.at.to_string(), "by": entry.by }))
        .collect();
    let payment = payment.map(|payment| {
        json!({
            "status": payment.state,
            "amount": payment.amount,
            "gateway_id": payment.gateway_id,
            "decline_code": payment.decline_code,
            "version": payment.version,
            "created_at": payment.created_at.to_string(),
            "updated_at": payment.updated_at.to_string(),
        })
    });
    let body = json!({
        "order": OrderView::brief(&order),
        "user_id": order.user_id,
        "checkout_id": order.origin.checkout().map(|checkout| &checkout.checkout_id),
        "sale": order.origin.sale(),
        "pay_by": order.pay_by.to_string(),
        "settled": order.settled,
        "history": history,
        "events": events_view(&order, &heard),
        "reservation": reservation.map(|held| reservation_view(&held)),
        "payment": payment,
    });
    Ok(Response::json(200, &body).etag(order.version))
}
