//! The I/O points that a campaign over flash sales must reach and hit with every fault.

/// Most schedules come here.
pub const COMMON: &[&str] = &[
    "order-intents: PutItem orders PENDING_PAYMENT",
    "order-intents: StartExecution",
    "post-intent: GetItem orders",
    "post-intent: UpdateItem sale-shards claim",
    "post-intent: UpdateItem sales",
    "saga-release-reservation: UpdateItem sale-shards release",
    "sweep-sales: GetQueueAttributes",
    "sweep-sales: UpdateItem sales",
];

/// Some.
pub const RARE: &[&str] = &[
    "close-sale: UpdateItem sale-shards CLOSED",
    "close-sale: UpdateItem sales CLOSED",
    "close-sale: UpdateItem sales CLOSING",
    "post-intent: SendMessage",
    "saga-release-reservation: UpdateItem sales",
    "sweep-sales: StartExecution",
    "sweep-sales: UpdateItem sale-shards CLOSED",
    "sweep-sales: UpdateItem sale-shards release",
];

/// Hardly any.
pub const HARDLY: &[&str] = &[
    "close-sale: TransactWriteItems reservations + inventory",
    "order-intents: UpdateItem sale-shards release",
    "order-intents: UpdateItem sales",
    "sweep-sales: PutItem orders CANCELLED",
    "sweep-sales: TransactWriteItems reservations + inventory",
    "sweep-sales: UpdateItem sales CLOSED",
];
