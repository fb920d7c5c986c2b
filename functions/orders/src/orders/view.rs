use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::{OrderId, Sku},
    money::Money,
    order::{Address, CancelReason, Order, OrderStatus, Promise, Shipment, ShippingProgress, Shortfall},
    payment::{PaymentState, Refund, RefundState},
};
use souk_payments::PaymentRecord;
use souk_runtime::http::{HttpResult, Problem, Response};
use souk_workflows::cancel_order::Outcome;
use utoipa::ToSchema;

use crate::{checkouts::LineView, problems};

/// An order as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderView<'a> {
    order_id: &'a OrderId,
    status: OrderStatus,
    lines: Vec<LineView<'a>>,
    total: Money,
    /// Where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_address: Option<&'a Address>,
    created_at: Timestamp,
    /// Until when it waits for its payment, and its units are held for it; absent once it waits no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_by: Option<Timestamp>,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView>,
    /// How far it has got on its way out, once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    fulfilment: Option<ShippingProgress>,
    /// By when it leaves and arrives, once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    promise: Option<Promise>,
    /// What has left, from each warehouse.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shipments: Vec<&'a Shipment>,
    /// What was not there to be sent, and is not paid for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shortages: Vec<ShortageView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentView<'a>>,
}

/// Units that were not there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderShortage)]
struct ShortageView<'a> {
    sku: &'a Sku,
    /// How many units.
    quantity: u32,
    /// What they would have cost.
    amount: Money,
    /// When that was found.
    at: Timestamp,
}

/// Why an order was cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderFailure)]
struct FailureView {
    reason: CancelReason,
    detail: &'static str,
}

/// Where the money stands, and what the shopper's browser needs while they must act.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderPayment)]
struct PaymentView<'a> {
    /// `DECLINED` while the order is `PENDING_PAYMENT`: `POST /orders/{order_id}/payment` tries another payment method.
    status: PaymentState,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    /// When the money was held anew, because the order waits: the shopper's bank may show two holds for a moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    renewed_at: Option<Timestamp>,
    /// How much goes back, or has gone back; absent where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<Money>,
    /// In the order in which they were wanted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<OwnRefundView>,
}

/// Money that goes back to the shopper.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderRefund)]
struct OwnRefundView {
    amount: Money,
    /// When it reached its state.
    at: Timestamp,
    state: RefundState,
}

impl From<&Refund> for OwnRefundView {
    fn from(refund: &Refund) -> Self {
        Self { amount: refund.amount, at: refund.changed_at, state: refund.state }
    }
}

impl std::fmt::Debug for PaymentView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaymentView").field("status", &self.status).finish_non_exhaustive()
    }
}

impl<'a> ShortageView<'a> {
    fn of(order: &Order, short: &'a Shortfall) -> Self {
        Self { sku: &short.sku, quantity: short.units, amount: order.worth(short), at: short.at }
    }
}

impl<'a> OrderView<'a> {
    /// The order without its payment, as lists show it.
    pub(crate) fn brief(order: &'a Order) -> Self {
        let failure = order.cancel_reason.map(|reason| FailureView { reason, detail: reason.explain() });
        Self {
            order_id: &order.order_id,
            status: order.status,
            lines: LineView::all(&order.lines),
            total: order.total,
            shipping_address: order.shipping_address.as_ref(),
            created_at: order.created_at,
            pay_by: (order.status == OrderStatus::PendingPayment).then_some(order.pay_by),
            version: order.version,
            failure,
            fulfilment: order.shipping_progress(),
            promise: order.promise.filter(|_| order.status != OrderStatus::Cancelled),
            shipments: order.shipments.iter().filter(|shipment| shipment.shipped_at.is_some()).collect(),
            shortages: order.shortages.iter().map(|short| ShortageView::of(order, short)).collect(),
            payment: None,
        }
    }

    /// The order with its payment. Before the saga has opened a record, an authorisation is merely
    /// wanted.
    pub(crate) fn whole(order: &'a Order, payment: Option<&'a PaymentRecord>) -> Self {
        let status = payment.map_or(PaymentState::Intent, |payment| payment.state);
        let client_secret = payment
            .filter(|_| status == PaymentState::RequiresAction && order.status == OrderStatus::PendingPayment)
            .and_then(|payment| payment.client_secret.as_deref());
        let refunded = payment.map(PaymentRecord::refunded).filter(|amount| !amount.is_nothing());
        let refunds = payment.into_iter().flat_map(|payment| payment.refunds.iter()).map(OwnRefundView::from).collect();
        let renewed_at = payment.and_then(|payment| payment.renewed_at);
        Self {
            payment: Some(PaymentView { status, client_secret, renewed_at, refunded, refunds }),
            ..Self::brief(order)
        }
    }
}

/// What is answered to whoever cancels.
pub(crate) fn cancelled(outcome: Outcome) -> HttpResult {
    match outcome {
        Outcome::Cancelled(order) => Ok(Response::json(200, &OrderView::brief(&order)).etag(order.version)),
        // Whoever picks it has to answer.
        Outcome::Asked(order) => Ok(Response::json(202, &OrderView::brief(&order)).etag(order.version)),
        Outcome::Refused(order) => Err(problems::not_cancelled(&order)),
        Outcome::Unknown => Err(Problem::not_found("order")),
    }
}
