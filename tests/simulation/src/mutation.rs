//! Seeded bugs: guards of the protocol that are taken away on the wire, to see that the simulation
//! notices.

use crate::call::Call;

/// A bug, or none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mutation(Option<&'static SeededBug>);

/// A guard and how it is taken away.
#[derive(Debug)]
pub struct SeededBug {
    /// Which part of the protocol.
    pub step: &'static str,
    /// What is missing.
    pub missing: &'static str,
    /// How it is taken away.
    pub how: How,
}

/// Where a guard is taken away.
#[derive(Debug)]
pub enum How {
    /// In the requests that fit, by rewriting their conditions.
    Condition {
        /// Which requests.
        fits: fn(&Call) -> bool,
        /// Their bodies without the guard.
        rewrite: fn(&str) -> String,
    },
    /// In the answers to the requests that fit.
    Answer {
        /// To which requests.
        fits: fn(&Call) -> bool,
        /// What the function is told.
        rewrite: fn(&str) -> String,
    },
    /// The requests that fit are answered, and nothing comes of them.
    Skip {
        /// Which requests.
        fits: fn(&Call) -> bool,
    },
    /// A claim is undone when its message seems to have failed.
    RollBackClaims,
    /// A claim that its shopper's order does not name stays.
    KeepSecondClaims,
    /// The webhook lets anybody in.
    TrustAnybody,
    /// The webhook does not know the events that it has seen.
    ForgetEvents,
    /// The webhook acknowledges events and starts nothing.
    SwallowStarts,
}

impl Mutation {
    /// Production code as it is.
    pub const NONE: Self = Self(None);

    /// Production code with this bug.
    pub fn of(bug: &'static SeededBug) -> Self {
        Self(Some(bug))
    }

    /// The bug.
    pub fn bug(self) -> Option<&'static SeededBug> {
        self.0
    }

    /// The body that the bug makes of a request's.
    pub fn rewrite(self, call: &Call) -> Option<String> {
        match &self.0?.how {
            How::Condition { fits, rewrite } if fits(call) => Some(rewrite(&call.body)),
            _ => None,
        }
    }

    /// What the bug makes of an answer.
    pub fn rewrite_answer(self, call: &Call, answer: &str) -> Option<String> {
        match &self.0?.how {
            How::Answer { fits, rewrite } if fits(call) => Some(rewrite(answer)),
            _ => None,
        }
    }

    /// True where nothing comes of this request.
    pub fn skips(self, call: &Call) -> bool {
        matches!(self.0, Some(SeededBug { how: How::Skip { fits }, .. }) if fits(call))
    }

    /// True where a claim is undone when its message seems to have failed.
    pub fn rolls_claims_back(self) -> bool {
        matches!(self.0, Some(SeededBug { how: How::RollBackClaims, .. }))
    }

    /// True where a claim that its shopper's order does not name stays.
    pub fn keeps_second_claims(self) -> bool {
        matches!(self.0, Some(SeededBug { how: How::KeepSecondClaims, .. }))
    }

    /// False where the webhook lets anybody in.
    pub fn checks_signatures(self) -> bool {
        !matches!(self.0, Some(SeededBug { how: How::TrustAnybody, .. }))
    }

    /// True where this question is about a seen event, and the answer is lost on the webhook.
    pub fn forgets(self, call: &Call) -> bool {
        matches!(self.0, Some(SeededBug { how: How::ForgetEvents, .. }))
            && call.request == "GetItem payments"
            && call.json["Key"]["id"]["S"].as_str().is_some_and(|id| id.starts_with("event#"))
    }

    /// True where the webhook's starts come to nothing.
    pub fn swallows_starts(self) -> bool {
        matches!(self.0, Some(SeededBug { how: How::SwallowStarts, .. }))
    }
}

/// The body with a guard that always holds. Its values stay in use, so that DynamoDB takes it.
pub fn always_true(body: &str, guard: &str, tautology: &str) -> String {
    body.replace(guard, &format!("({guard} OR {tautology})"))
}

/// The write of a captured payment's refunds.
fn keeps_refunds(call: &Call) -> bool {
    call.request == "UpdateItem payments CAPTURED" && call.body.contains("#refunds")
}

/// One or more for each part of the protocol. Conditions keep their values, so that DynamoDB takes them.
pub const BUGS: &[SeededBug] = &[
    SeededBug {
        step: "reserve",
        missing: "available >= n",
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems reservations HELD"),
            rewrite: |body| always_true(body, "#available >= :if_available", "attribute_exists(sku)"),
        },
    },
    SeededBug {
        step: "commit",
        missing: "the reservation still is what was judged",
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems reservations COMMITTED"),
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(reservation_id)"),
        },
    },
    SeededBug {
        step: "release",
        missing: "the reservation still is what was judged",
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems reservations RELEASED"),
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(reservation_id)"),
        },
    },
    SeededBug {
        step: "confirm",
        missing: "PENDING_PAYMENT",
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders CONFIRMED",
            rewrite: |body| always_true(body, "#status IN (:if_status)", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "cancel",
        missing: "PENDING_PAYMENT or CONFIRMED",
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
        how: How::Condition {
            fits: |call| call.request == "UpdateItem payments INTENT",
            rewrite: |body| always_true(body, "#state IN (:if_state)", "attribute_exists(id)"),
        },
    },
    SeededBug {
        step: "place",
        missing: "the checkout is not consumed",
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
        step: "cancel",
        missing: "no parcel has left",
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders CANCELLED",
            rewrite: |body| always_true(body, "attribute_not_exists(#departed_at)", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "cancel",
        missing: "nothing is packed, for its customer",
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders CANCELLED",
            rewrite: |body| always_true(body, "attribute_not_exists(#packed_at)", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "ship",
        missing: "the order still is what was judged",
        how: How::Condition {
            fits: |call| call.request.starts_with("UpdateItem orders") && call.body.contains(":shipments"),
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(order_id)"),
        },
    },
    SeededBug {
        step: "short",
        missing: "the reservation says what did not come back",
        how: How::Condition {
            fits: |call| call.request.starts_with("TransactWriteItems reservations COMMITTED"),
            rewrite: |body| body.replace(r#""missing":"#, r#""forgotten":"#),
        },
    },
    SeededBug {
        step: "refund",
        missing: "the record still is what was judged",
        how: How::Condition {
            fits: keeps_refunds,
            rewrite: |body| always_true(body, "#version = :if_version", "attribute_exists(id)"),
        },
    },
    SeededBug {
        step: "refund",
        missing: "its place in the sweeper's index",
        how: How::Condition {
            fits: keeps_refunds,
            rewrite: |body| body.replace(r##""#refunds_open":"refunds_open""##, r##""#refunds_open":"forgotten""##),
        },
    },
    SeededBug {
        step: "tell",
        missing: "the message is new",
        how: How::Condition {
            fits: |call| call.request.starts_with("PutItem messages"),
            rewrite: |body| always_true(body, "attribute_not_exists(#id)", "attribute_exists(#id)"),
        },
    },
    SeededBug {
        step: "tell",
        missing: "it is noted that the mail is sent a second time",
        how: How::Skip { fits: |call| call.request == "UpdateItem messages SENT" },
    },
    SeededBug { step: "webhook", missing: "the signature's check", how: How::TrustAnybody },
    SeededBug { step: "webhook", missing: "each event once", how: How::ForgetEvents },
    SeededBug { step: "webhook", missing: "the start before the acknowledgement", how: How::SwallowStarts },
];

/// A write of a row that touches a hold.
fn writes_hold(call: &Call, from: &str) -> bool {
    call.request == "UpdateItem inventory" && call.body.contains(from)
}

/// As [`BUGS`], of the order protocol's second edition.
pub const HOLD_BUGS: &[SeededBug] = &[
    SeededBug {
        step: "P2",
        missing: "available >= n",
        how: How::Condition {
            fits: |call| writes_hold(call, "attribute_not_exists(#holds.#key)"),
            rewrite: |body| always_true(body, "#available >= :if_available", "attribute_exists(sku)"),
        },
    },
    SeededBug {
        step: "P2",
        missing: "nothing is remembered of the checkout",
        how: How::Condition {
            fits: |call| writes_hold(call, "attribute_not_exists(#holds.#key)"),
            rewrite: |body| always_true(body, "attribute_not_exists(#holds.#key)", "attribute_exists(sku)"),
        },
    },
    SeededBug {
        step: "S4",
        missing: "the row still holds what was believed",
        how: How::Condition {
            fits: |call| writes_hold(call, "COMMITTED"),
            rewrite: |body| always_true(body, "#holds.#key = :if_holds", "attribute_exists(sku)"),
        },
    },
    SeededBug {
        step: "T2",
        missing: "a mark where nothing is held",
        how: How::Skip {
            fits: |call| writes_hold(call, "RELEASED") && call.body.contains("attribute_not_exists(#holds.#key)"),
        },
    },
    SeededBug {
        step: "O2",
        missing: "the order is absent",
        how: How::Condition {
            fits: |call| call.request == "PutItem orders PENDING_PAYMENT",
            rewrite: |body| always_true(body, "attribute_not_exists(#order_id)", "attribute_exists(#order_id)"),
        },
    },
    SeededBug {
        step: "T1",
        missing: "the checkout is OPEN",
        how: How::Condition {
            fits: |call| call.request == "UpdateItem checkouts CLOSED",
            rewrite: |body| always_true(body, "#state = :if_state", "attribute_exists(id)"),
        },
    },
    SeededBug {
        step: "S5",
        missing: "what left from where",
        how: How::Condition {
            fits: |call| call.request == "UpdateItem orders" && call.body.contains(":units"),
            rewrite: |body| body.replace(r##""#units":"units""##, r##""#units":"forgotten""##),
        },
    },
];
