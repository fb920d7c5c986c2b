//! Guards of the order protocol's first edition: reservations beside the rows of stock.

use super::{How, SeededBug, always_true};
use crate::sim::Theme;

/// One or more for each part of it that the second edition has otherwise.
pub const BUGS: &[SeededBug] = &[
    SeededBug {
        step: "reserve",
        missing: "available >= n",
        theme: None,
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems reservations HELD"),
            rewrite: |body| always_true(body, "#available >= :if_available", "attribute_exists(sku)"),
        },
    },
    SeededBug {
        step: "commit",
        missing: "the reservation still is what was judged",
        theme: None,
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems reservations COMMITTED"),
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(reservation_id)"),
        },
    },
    SeededBug {
        step: "release",
        missing: "the reservation still is what was judged",
        theme: None,
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems reservations RELEASED"),
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(reservation_id)"),
        },
    },
    SeededBug {
        step: "place",
        missing: "the checkout is not consumed",
        theme: None,
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems orders PENDING_PAYMENT"),
            rewrite: |body| {
                let body = always_true(
                    body,
                    "attribute_not_exists(#order_id) AND attribute_not_exists(#abandoned)",
                    "attribute_exists(id)",
                );
                always_true(&body, "attribute_not_exists(#id)", "attribute_exists(id)")
            },
        },
    },
    SeededBug {
        step: "short",
        missing: "the reservation says what did not come back",
        theme: Some(Theme::Parcels),
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems reservations COMMITTED"),
            rewrite: |body| body.replace(r#""missing":"#, r#""forgotten":"#),
        },
    },
];
