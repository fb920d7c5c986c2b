//! Guards of checkouts whose units rows of stock hold.

use super::{How, SeededBug, always_true};
use crate::{call::Call, sim::Theme};

/// A write of a row that touches a hold.
fn writes_hold(call: &Call, from: &str) -> bool {
    call.request == "UpdateItem inventory" && call.body.contains(from)
}

/// One or more for each part of the protocol up to the order's decision.
pub const BUGS: &[SeededBug] = &[
    SeededBug {
        step: "P2",
        missing: "available >= n",
        theme: None,
        how: How::Condition {
            fits: |call| writes_hold(call, "attribute_not_exists(#holds.#key)"),
            rewrite: |body| always_true(body, "#available >= :if_available", "attribute_exists(sku)"),
        },
    },
    SeededBug {
        step: "P2",
        missing: "nothing is remembered of the checkout",
        theme: None,
        how: How::Condition {
            fits: |call| writes_hold(call, "attribute_not_exists(#holds.#key)"),
            rewrite: |body| always_true(body, "attribute_not_exists(#holds.#key)", "attribute_exists(sku)"),
        },
    },
    SeededBug {
        step: "S4",
        missing: "the row still holds what was believed",
        theme: None,
        how: How::Condition {
            fits: |call| writes_hold(call, "COMMITTED"),
            rewrite: |body| always_true(body, "#holds.#key = :if_holds", "attribute_exists(sku)"),
        },
    },
    SeededBug {
        step: "T2",
        missing: "a mark where nothing is held",
        theme: None,
        how: How::Skip {
            fits: |call| writes_hold(call, "RELEASED") && call.body.contains("attribute_not_exists(#holds.#key)"),
        },
    },
    SeededBug {
        step: "O2",
        missing: "the order is absent",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "PutItem orders PENDING_PAYMENT",
            rewrite: |body| always_true(body, "attribute_not_exists(#order_id)", "attribute_exists(#order_id)"),
        },
    },
    SeededBug {
        step: "T1",
        missing: "the checkout is OPEN",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "UpdateItem checkouts CLOSED",
            rewrite: |body| always_true(body, "#state = :if_state", "attribute_exists(id)"),
        },
    },
    SeededBug {
        step: "S5",
        missing: "what left from where",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders" && call.body.contains(":units"),
            rewrite: |body| body.replace(r##""#units":"units""##, r##""#units":"forgotten""##),
        },
    },
    SeededBug {
        step: "card",
        missing: "DECLINED, at the version that was read",
        theme: Some(Theme::Mixed),
        how: How::Condition {
            fits: |call| call.request == "UpdateItem payments INTENT" && call.body.contains("#other_methods"),
            rewrite: |body| {
                let body = always_true(body, "#state IN (:if_state)", "attribute_exists(id)");
                always_true(&body, "#version = :if_version", "attribute_exists(id)")
            },
        },
    },
    SeededBug {
        step: "card",
        missing: "no other card was named since the declined one",
        theme: Some(Theme::Mixed),
        how: How::Condition {
            fits: |call| call.request == "UpdateItem payments DECLINED",
            rewrite: |body| always_true(body, "#method_attempt = :if_method_attempt", "attribute_exists(id)"),
        },
    },
];
