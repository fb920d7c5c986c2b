//! `GET /admin/orders/{order_id}`: an order, and where its units and its money are.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::{CheckoutId, ReservationId, UserId},
    money::Money,
    order::{Actor, FromFlashSale, OrderStatus, Origin, Transition},
    payment::{Dispute, DisputeState, PaymentState, Renewal},
    reservation::{Reservation, ReservationState},
    stock::{Allocation, RowUnits},
};
use souk_inventory::ReservationBook;
use souk_orders::{Archive, Orders, find};
use souk_payments::{PaymentRecord, PaymentRecords};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, Role, description::Problems, problem::catalogue::NotFound,
};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::orders::OrderView;

/// Everything that an order leaves traces in.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    archive: Archive,
    reservations: ReservationBook,
    payments: PaymentRecords,
}

/// All that is known of an order.
#[derive(Debug, Serialize, ToSchema)]
struct OrderHistory<'a> {
    order: OrderView<'a>,
    user_id: &'a UserId,
    /// The checkout that it was made of.
    checkout_id: Option<&'a CheckoutId>,
    /// The claim that it was made of, in a flash sale.
    sale: Option<&'a FromFlashSale>,
    /// Until when it has to be paid.
    pay_by: Timestamp,
    /// Whether stock and money have followed its last decision.
    settled: bool,
    /// Each status that it reached.
    history: Vec<TransitionView>,
    /// What held its units, where that was a reservation: it was placed before rows of stock held them themselves.
    reservation: Option<ReservationView>,
    /// What rows of stock sold to it, by warehouse, once it has settled. Empty before, and where a reservation or a sale
    /// says it.
    sold: Vec<Allocation>,
    payment: Option<PaymentHistory>,
}

/// A status that an order reached.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderTransition)]
struct TransitionView {
    status: OrderStatus,
    at: Timestamp,
    /// Who or what did it.
    by: Actor,
}

/// The units that a reservation holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reservation)]
struct ReservationView {
    reservation_id: ReservationId,
    state: ReservationState,
    /// Whether a cancelled order's units came back after they had left.
    returned: bool,
    lines: Vec<Allocation>,
    version: u64,
    expires_at: Timestamp,
}

/// Where an order's money went.
#[derive(Debug, Serialize, ToSchema)]
struct PaymentHistory {
    status: PaymentState,
    amount: Money,
    gateway_id: Option<String>,
    /// What was taken, where anything was.
    captured: Option<Money>,
    /// What goes back of it, or has gone back; `GET …/refunds` tells each refund.
    refunded: Money,
    /// The gateway's code of the last decline.
    decline_code: Option<String>,
    /// Until when the money can be taken, while it is held.
    capture_before: Option<Timestamp>,
    /// Where its renewal stands, while the money is being held anew: by a second authorisation at the gateway.
    renewal: Option<Renewal>,
    /// When it was held anew for the last time.
    renewed_at: Option<Timestamp>,
    /// Why it will not be held longer: the gateway's code, or `method_not_kept`.
    renewal_refusal: Option<String>,
    /// What the shopper asked their bank to give back; the gateway's own pages answer it.
    disputes: Vec<DisputeView>,
    version: u64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A shopper asks their bank for the money back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Dispute)]
struct DisputeView {
    /// The gateway's id of it.
    dispute_id: String,
    amount: Money,
    /// Whether the bank only asks, and has taken nothing.
    is_inquiry: bool,
    state: DisputeState,
    /// The gateway's code of what the shopper says, such as `fraudulent`.
    reason: String,
    /// Until when the shop may answer, where it may.
    #[serde(skip_serializing_if = "Option::is_none")]
    respond_by: Option<Timestamp>,
    opened_at: Timestamp,
    /// When the shop heard of its state.
    changed_at: Timestamp,
}

impl From<&Dispute> for DisputeView {
    fn from(dispute: &Dispute) -> Self {
        let Dispute { gateway_id, amount, is_inquiry, state, reason, respond_by, opened_at, changed_at } =
            dispute.clone();
        Self { dispute_id: gateway_id, amount, is_inquiry, state, reason, respond_by, opened_at, changed_at }
    }
}

impl From<&Transition> for TransitionView {
    fn from(entry: &Transition) -> Self {
        Self { status: entry.status, at: entry.at, by: entry.by }
    }
}

impl From<Reservation> for ReservationView {
    fn from(held: Reservation) -> Self {
        let Reservation { reservation_id, state, returned, lines, version, expires_at, .. } = held;
        Self { reservation_id, state, returned, lines, version, expires_at }
    }
}

impl From<PaymentRecord> for PaymentHistory {
    fn from(record: PaymentRecord) -> Self {
        let (captured, refunded) = (record.captured(), record.refunded());
        let capture_before = (record.state == PaymentState::Authorized).then(|| record.can_be_captured_until());
        let disputes = record.disputes.iter().map(DisputeView::from).collect();
        let PaymentRecord { state, amount, gateway_id, decline_code, version, created_at, updated_at, .. } = record;
        let (renewal, renewed_at, renewal_refusal) = (record.renewal, record.renewed_at, record.renewal_refusal);
        Self {
            status: state,
            amount,
            gateway_id,
            captured,
            refunded,
            decline_code,
            capture_before,
            renewal,
            renewed_at,
            renewal_refusal,
            disputes,
            version,
            created_at,
            updated_at,
        }
    }
}

/// Order with its address, transitions and payment. What happened to it stands in its timeline.
#[utoipa::path(
    get,
    path = "/admin/orders/{order_id}",
    operation_id = "admin-get-order",
    responses(
        (status = 200, description = "All that is known of the order.", body = OrderHistory, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    let order_id = request.path("order_id")?;
    let order = find(&deps.orders, &deps.archive, &order_id).await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    let reservation = match &order.origin {
        Origin::Checkout(checkout) => match checkout.held_by.reservation() {
            Some(reservation_id) => deps.reservations.get(reservation_id).await?,
            None => None,
        },
        Origin::FlashSale(_) => None,
    };
    let payment = deps.payments.get(&order_id).await?;
    let body = OrderHistory {
        order: OrderView::brief(&order),
        user_id: &order.user_id,
        checkout_id: order.origin.checkout().map(|checkout| &checkout.checkout_id),
        sale: order.origin.sale(),
        pay_by: order.pay_by,
        settled: order.settled,
        history: order.history.iter().map(TransitionView::from).collect(),
        reservation: reservation.map(ReservationView::from),
        sold: RowUnits::by_warehouse(&order.stock.units),
        payment: payment.map(PaymentHistory::from),
    };
    Ok(Response::json(200, &body).etag(order.version))
}
