use jiff::Timestamp;
use souk_domain::stock::{Change, Delta, MAX_UNITS, Movement, StockRow};
use souk_dynamo::{AttributeValue, StoreError, n};

/// One update of one row: additions to its numbers under the conditions that keep invariant I1.
///
/// Without [`RowWrite::unless_moved`] it commutes with every other change of the row.
#[derive(Debug, Clone)]
pub(crate) struct RowWrite {
    condition: String,
    values: Vec<(&'static str, AttributeValue)>,
}

const EXPRESSION: &str = "SET quantity = quantity + :quantity, reserved_quantity = reserved_quantity + :reserved, \
                          available = available + :available, version = version + :one, movement = :movement";

impl RowWrite {
    /// The write of a movement.
    pub(crate) fn new(movement: &Movement) -> Result<Self, StoreError> {
        let Delta { quantity, reserved } = movement.delta;
        let available = movement.delta.available();
        let mut write = Self {
            condition: "attribute_exists(sku)".to_owned(),
            values: vec![
                (":quantity", n(quantity)),
                (":reserved", n(reserved)),
                (":available", n(available)),
                (":one", n(1)),
                (":movement", souk_dynamo::value(movement)?),
            ],
        };
        if available < 0 {
            write.require(" AND available >= :taken", ":taken", -available);
        }
        if reserved < 0 {
            write.require(" AND reserved_quantity >= :unreserved", ":unreserved", -reserved);
        }
        if quantity > 0 {
            write.require(" AND quantity <= :room", ":room", i64::from(MAX_UNITS) - quantity);
        }
        Ok(write)
    }

    /// Only while the row still has the version that was seen.
    #[must_use]
    pub(crate) fn unless_moved(mut self, seen: u64) -> Self {
        self.condition.push_str(" AND version = :seen");
        self.values.push((":seen", n(seen)));
        self
    }

    fn require(&mut self, condition: &str, name: &'static str, value: i64) {
        self.condition.push_str(condition);
        self.values.push((name, n(value)));
    }

    /// As part of a transaction.
    pub(crate) fn in_transaction(
        self,
        update: aws_sdk_dynamodb::types::builders::UpdateBuilder,
    ) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        let update = update.update_expression(EXPRESSION).condition_expression(self.condition);
        self.values.into_iter().fold(update, |u, (name, value)| u.expression_attribute_values(name, value))
    }

    /// As a write of its own.
    pub(crate) fn alone(self, update: souk_dynamo::UpdateBuilder) -> souk_dynamo::UpdateBuilder {
        let update = update.update_expression(EXPRESSION).condition_expression(self.condition);
        self.values.into_iter().fold(update, |u, (name, value)| u.expression_attribute_values(name, value))
    }
}

/// The key of a row.
pub(crate) fn key(row: &StockRow) -> [(&'static str, &str); 2] {
    [("sku", row.sku.as_str()), ("warehouse_id", row.warehouse_id.as_str())]
}

/// The cause of a change that a reservation makes. Those changes do not depend on what stands there.
pub(crate) fn caused_by(reservation: impl ToString, change: Change, now: Timestamp) -> Movement {
    Movement { kind: change.kind(), reference: reservation.to_string(), reason: None, delta: change.delta(0), at: now }
}
