//! How changes of stock are answered.

use souk_domain::stock::{StockError, StockRow};
use souk_inventory::{AdjustOutcome, RepairOutcome, SetQuantityOutcome};
use souk_runtime::http::{
    Effect, HttpResult, Problem,
    problem::catalogue::{BelowReserved, IdempotencyKeyReused, RowMoving, TooFewUnits, TooMuchStock},
};

use crate::operator::{RowView, answer};

pub(crate) fn set_quantity(outcome: SetQuantityOutcome) -> Result<(Effect, StockRow), Problem> {
    match outcome {
        SetQuantityOutcome::Created(row) => Ok((Effect::Created, row)),
        SetQuantityOutcome::Changed(row) => Ok((Effect::Changed, row)),
        SetQuantityOutcome::Unchanged(row) => Ok((Effect::Unchanged, row)),
        SetQuantityOutcome::BelowReserved(row) => Err(below_reserved(&row)),
        SetQuantityOutcome::VersionNeeded(row) => Err(Problem::version_needed(row.version)),
        SetQuantityOutcome::Stale(Some(row)) => Err(Problem::stale(row.version)),
        SetQuantityOutcome::Stale(None) => Err(Problem::nothing_to_match()),
    }
}

pub(crate) fn adjust(outcome: AdjustOutcome) -> HttpResult {
    match outcome {
        AdjustOutcome::Adjusted(row) => Ok(answer(200, &row)),
        AdjustOutcome::Refused(StockError::TooMany, row) => {
            Err(Problem::new(TooMuchStock, StockError::TooMany.to_string()).with("present", RowView::from(&row)))
        }
        AdjustOutcome::Refused(_, row) => Err(below_reserved(&row)),
        AdjustOutcome::KeyReused => Err(Problem::new(
            IdempotencyKeyReused,
            "Another adjustment was made with this key. Use a fresh key for a new one.",
        )
        .with_field("Idempotency-Key", "was used with another body")),
        AdjustOutcome::Absent => Err(Problem::not_found("stock in this warehouse")),
        AdjustOutcome::Busy => Err(Problem::try_again("the row is being changed by others")),
    }
}

pub(crate) fn repair(outcome: RepairOutcome) -> HttpResult {
    match outcome {
        RepairOutcome::Repaired(row) | RepairOutcome::Sound(row) => Ok(answer(200, &row)),
        RepairOutcome::TooFewUnits { quantity, held } => Err(Problem::new(
            TooFewUnits,
            format!("Reservations hold {held} units, the row has {quantity}. Count, set the quantity, then repair."),
        )
        .with("quantity", quantity)
        .with("held", held)),
        RepairOutcome::Moving => {
            Err(Problem::new(RowMoving, "Only a row at rest can be repaired. Look at it again in some seconds."))
        }
        RepairOutcome::Stale(version) => Err(Problem::stale(version)),
        RepairOutcome::Absent => Err(Problem::not_found("stock in this warehouse")),
    }
}

fn below_reserved(row: &StockRow) -> Problem {
    Problem::new(
        BelowReserved,
        format!("Of {} units, {} are reserved and {} available.", row.quantity, row.set_aside(), row.available),
    )
    .with("present", RowView::from(row))
}
