//! The I/O points that every campaign must reach and hit with every fault: each write, each start, each
//! message and each call of the gateway.

use crate::{fault::Point, flash_sale::points, subject::Subject};

/// How many schedules reach a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rarity {
    /// Most.
    Common,
    /// Some.
    Rare,
    /// Hardly any.
    Hardly,
}

impl Point {
    /// How seldom schedules come here. Where they seldom do, faults must not be spared.
    pub fn rarity(&self) -> Rarity {
        let name = self.to_string();
        let is_in = |lists: &[&[&str]]| lists.iter().any(|list| list.contains(&name.as_str()));
        if is_in(&[HARDLY, HARDLY_FIRST, points::HARDLY]) {
            Rarity::Hardly
        } else if is_in(&[RARE, RARE_HOLDS, RARE_FIRST, points::RARE]) {
            Rarity::Rare
        } else {
            Rarity::Common
        }
    }
}

/// All of a subject's.
pub fn all(subject: Subject) -> impl Iterator<Item = &'static str> {
    let lists: &[&[&str]] = match subject {
        Subject::Orders => &[COMMON, RARE, HARDLY, HOLDS, RARE_HOLDS],
        Subject::FirstEdition => &[FIRST, RARE_FIRST, HARDLY_FIRST],
        Subject::FlashSale => &[points::COMMON, points::RARE, points::HARDLY],
    };
    lists.iter().copied().flatten().copied()
}

/// Decisions, money, shipments and messages: whatever holds the units.
const COMMON: &[&str] = &[
    "archive-orders: PutItem order-archive CANCELLED",
    "archive-orders: UpdateItem orders",
    "create-checkout: SendMessage",
    "payment-webhook: GetItem payments",
    "payment-webhook: PutItem payments",
    "payment-webhook: StartExecution",
    "place-order: StartExecution",
    "publish-orders: PutEvents",
    "saga-authorize-payment: PutItem payments INTENT",
    "saga-authorize-payment: confirm intent",
    "saga-authorize-payment: create intent",
    "saga-authorize-payment: retrieve intent",
    "saga-authorize-payment: UpdateItem payments INTENT",
    "saga-confirm-order: UpdateItem orders CONFIRMED",
    "saga-authorize-payment: GetItem orders",
    "saga-confirm-order: UpdateItem orders",
    "saga-release-reservation: PutItem payments VOIDED",
    "send-messages: AdminGetUser",
    "send-messages: PutItem messages SENT",
    "send-messages: SendEmail",
];

/// As [`COMMON`].
const RARE: &[&str] = &[
    "admin-cancel-order: StartExecution",
    "admin-cancel-order: UpdateItem orders CANCELLED",
    "admin-deliver-order: UpdateItem orders DELIVERED",
    "admin-ship-order: capture intent",
    "admin-ship-order: UpdateItem orders",
    "admin-ship-order: UpdateItem orders SHIPPED",
    "admin-ship-order: UpdateItem payments",
    "admin-ship-order: UpdateItem payments CAPTURED",
    "admin-ship-order: UpdateItem payments CAPTURING",
    "archive-orders: PutItem order-archive DELIVERED",
    "cancel-order: StartExecution",
    "cancel-order: UpdateItem orders CANCELLED",
    "saga-confirm-order: PutItem carts",
    "publish-payments: PutEvents",
    "refund-order: list refunds",
    "refund-order: UpdateItem payments CAPTURED",
    "reservation-timer: StartExecution",
    "saga-authorize-payment: UpdateItem payments AUTHORIZED",
    "saga-authorize-payment: UpdateItem payments DECLINED",
    "saga-authorize-payment: UpdateItem payments REQUIRES_ACTION",
    "saga-cancel-order: UpdateItem orders CANCELLED",
    "saga-release-reservation: UpdateItem payments VOIDING",
    "saga-void-payment: cancel intent",
    "saga-void-payment: UpdateItem payments VOIDED",
    "send-messages: UpdateItem messages SENT",
    "send-messages: UpdateItem messages WITHHELD",
    "sweep-orders: StartExecution",
];

/// As [`COMMON`].
const HARDLY: &[&str] = &[
    "refund-order: create refund",
    "admin-ship-order: UpdateItem orders CANCELLED",
    "admin-ship-order: StartExecution",
    "saga-void-payment: create refund",
    "saga-void-payment: UpdateItem payments REFUNDED",
    "sweep-refunds: list refunds",
    "sweep-shipments: capture intent",
    "sweep-shipments: UpdateItem orders SHIPPED",
    "sweep-shipments: UpdateItem payments",
    "sweep-shipments: UpdateItem payments CAPTURED",
];

/// Where rows of stock hold the units.
const HOLDS: &[&str] = &[
    "create-checkout: PutItem checkouts OPEN",
    "create-checkout: UpdateItem inventory",
    "place-order: PutItem orders PENDING_PAYMENT",
    "place-order: UpdateItem checkouts ORDERED",
    "reservation-timer: UpdateItem checkouts CLOSED",
    "reservation-timer: UpdateItem inventory",
    "saga-confirm-order: UpdateItem inventory",
    "saga-release-reservation: UpdateItem inventory",
    "saga-release-reservation: UpdateItem orders",
];

/// As [`HOLDS`].
const RARE_HOLDS: &[&str] = &[
    "delete-checkout: UpdateItem checkouts CLOSED",
    "pay-order: StartExecution",
    "pay-order: UpdateItem payments INTENT",
];

/// Where a reservation holds the units.
const FIRST: &[&str] = &[
    "create-checkout: PutItem checkouts",
    "create-checkout: TransactWriteItems reservations HELD + inventory",
    "place-order: TransactWriteItems orders PENDING_PAYMENT + checkouts",
    "saga-authorize-payment: TransactWriteItems reservations HELD",
];

/// As [`FIRST`].
const RARE_FIRST: &[&str] = &[
    "delete-checkout: TransactWriteItems reservations RELEASED + inventory",
    "delete-checkout: UpdateItem checkouts",
    "reservation-timer: SendMessage",
    "reservation-timer: TransactWriteItems reservations RELEASED + inventory",
    "saga-confirm-order: TransactWriteItems reservations COMMITTED + inventory",
    "saga-release-reservation: TransactWriteItems reservations COMMITTED + inventory",
    "saga-release-reservation: TransactWriteItems reservations RELEASED + inventory",
    "saga-void-payment: DeleteItem checkouts",
    "sweep-reservations: TransactWriteItems reservations RELEASED + inventory",
];

/// As [`FIRST`].
const HARDLY_FIRST: &[&str] = &["sweep-reservations: StartExecution"];
