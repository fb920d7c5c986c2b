//! Guards of decisions, money, shipments, messages and webhooks: the same whatever holds the units.

use super::{How, SeededBug, always_true};
use crate::{call::Call, sim::Theme};

/// The write of a captured payment's refunds.
fn keeps_refunds(call: &Call) -> bool {
    call.request == "UpdateItem payments CAPTURED" && call.body.contains("#refunds")
}

/// One or more for each of their steps. Conditions keep their values, so that DynamoDB takes them.
pub const BUGS: &[SeededBug] = &[
    SeededBug {
        step: "confirm",
        missing: "PENDING_PAYMENT",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders CONFIRMED",
            rewrite: |body| always_true(body, "#status IN (:if_status)", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "cancel",
        missing: "PENDING_PAYMENT or CONFIRMED",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders CANCELLED",
            rewrite: |body| {
                let body = always_true(body, "#status IN (:if_status)", "attribute_exists(order_id)");
                always_true(&body, "#status IN (:if_status, :if_status_2)", "attribute_exists(order_id)")
            },
        },
    },
    SeededBug {
        step: "cancel",
        missing: "unsettled again, in the same write",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders CANCELLED",
            rewrite: |body| {
                let body = body.replace(r##""#unsettled":"unsettled""##, r##""#unsettled":"forgotten""##);
                body.replace(r##""#unsettled_since":"unsettled_since""##, r##""#unsettled_since":"forgotten_since""##)
            },
        },
    },
    SeededBug {
        step: "void",
        missing: "the fence: a voided record accepts an authorisation",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "UpdateItem payments AUTHORIZED",
            rewrite: |body| {
                always_true(body, "#state IN (:if_state, :if_state_2, :if_state_3)", "attribute_exists(id)")
            },
        },
    },
    SeededBug {
        step: "void",
        missing: "a fenced record takes no gateway id",
        theme: None,
        how: How::Condition {
            fits: |call| call.request == "UpdateItem payments INTENT",
            rewrite: |body| always_true(body, "#state IN (:if_state)", "attribute_exists(id)"),
        },
    },
    SeededBug {
        step: "cancel",
        missing: "no parcel has left",
        theme: Some(Theme::Parcels),
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders CANCELLED",
            rewrite: |body| always_true(body, "attribute_not_exists(#departed_at)", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "cancel",
        missing: "nothing is packed, for its customer",
        theme: Some(Theme::Parcels),
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders CANCELLED",
            rewrite: |body| always_true(body, "attribute_not_exists(#packed_at)", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "ship",
        missing: "the order still is what was judged",
        theme: Some(Theme::Fulfilment),
        how: How::Condition {
            fits: |call| call.request.starts_with("UpdateItem orders") && call.body.contains(":shipments"),
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "refund",
        missing: "the record still is what was judged",
        theme: Some(Theme::Fulfilment),
        how: How::Condition {
            fits: keeps_refunds,
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(id)"),
        },
    },
    SeededBug {
        step: "refund",
        missing: "its place in the sweeper's index",
        theme: Some(Theme::Fulfilment),
        how: How::Condition {
            fits: keeps_refunds,
            rewrite: |body| body.replace(r##""#refunds_open":"refunds_open""##, r##""#refunds_open":"forgotten""##),
        },
    },
    SeededBug {
        step: "tell",
        missing: "the message is new",
        theme: None,
        how: How::Condition {
            fits: |call| call.request.starts_with("PutItem messages"),
            rewrite: |body| always_true(body, "attribute_not_exists(#id)", "attribute_exists(#id)"),
        },
    },
    SeededBug {
        step: "tell",
        missing: "it is noted that the mail is sent a second time",
        theme: None,
        how: How::Skip { fits: |call| call.request == "UpdateItem messages SENT" },
    },
    SeededBug { step: "webhook", missing: "the signature's check", theme: None, how: How::TrustAnybody },
    SeededBug { step: "webhook", missing: "each event once", theme: None, how: How::ForgetEvents },
    SeededBug {
        step: "webhook",
        missing: "the start before the acknowledgement",
        theme: None,
        how: How::SwallowStarts,
    },
];
