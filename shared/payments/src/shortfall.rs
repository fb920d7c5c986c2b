use jiff::Timestamp;
use souk_domain::{
    ids::RefundId,
    money::Money,
    order::{Order, OrderStatus},
    payment::{Ask, RefundOrigin, RefundReason, Refunds},
};
use souk_dynamo::StoreError;

use crate::{PaymentRecords, RecordOutcome};

/// How often a record that moved meanwhile is looked at again.
const ATTEMPTS: usize = 8;

/// Where more was taken than is [due](Order::due), since units turned out to be missing, writes down that the
/// difference goes back (step "short 4"); true where it did. Whoever takes the money and whoever finds units missing
/// both call this when they are done, so the later of them sees both. Repeating it writes nothing more, also with an
/// order that is older. The refunds' sweeper makes what is written down.
///
/// # Errors
/// [`StoreError`]; repeating is safe.
pub async fn refund_shortfall(records: &PaymentRecords, order: &Order, now: Timestamp) -> Result<bool, StoreError> {
    // A cancelled order's money goes back as a whole.
    if order.shortages.is_empty() || order.status == OrderStatus::Cancelled {
        return Ok(false);
    }
    for _ in 0..ATTEMPTS {
        let Some(record) = records.get(&order.order_id).await? else { return Ok(false) };
        let Some(captured) = record.captured() else { return Ok(false) };
        let Some(amount) = excess(captured, order.due(), &record.refunds) else { return Ok(false) };
        let number = order.shortages.len();
        let ask = Ask {
            refund_id: RefundId::of_shortages(&order.order_id, number),
            amount: Some(amount),
            origin: RefundOrigin::System { reason: RefundReason::ShortPick },
            request_digest: format!("short-{number}"),
        };
        let mut refunds = record.refunds.clone();
        if let Err(why) = refunds.ask(captured, ask, now) {
            tracing::warn!(order_id = %order.order_id, %why, "what is missing cannot be refunded: somebody must look");
            return Ok(false);
        }
        if refunds == record.refunds {
            return Ok(false);
        }
        if let RecordOutcome::Kept(_) = records.record_refunds(&record, &refunds, now).await? {
            return Ok(true);
        }
    }
    Err(StoreError::Busy("the payment record keeps changing".to_owned()))
}

/// What was taken beyond what is due, and is not refunded for that or otherwise. A refund for it that has failed is an
/// operator's case, and is not asked for again.
fn excess(captured: Money, due: Money, refunds: &Refunds) -> Option<Money> {
    let is_for_this =
        |origin: &RefundOrigin| matches!(origin, RefundOrigin::System { reason: RefundReason::ShortPick });
    // A new attempt of one asks for nothing more.
    let asked: i64 = refunds
        .iter()
        .filter(|refund| is_for_this(&refund.origin) && refund.retry.is_none())
        .map(|refund| refund.amount.amount())
        .sum();
    let excess = captured.amount() - due.amount() - asked;
    let amount = excess.min(refunds.refundable(captured).amount());
    captured.of_same(amount).ok().filter(|amount| !amount.is_nothing())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(amount: i64) -> Money {
        Money::usd(amount).unwrap()
    }

    fn asked(refunds: &mut Refunds, id: &str, amount: i64, origin: RefundOrigin) {
        let order_id = format!("ord_{}", "0".repeat(32)).parse().unwrap();
        let ask = Ask {
            refund_id: RefundId::of_request(&order_id, id),
            amount: Some(usd(amount)),
            origin,
            request_digest: id.to_owned(),
        };
        refunds.ask(usd(100), ask, Timestamp::UNIX_EPOCH).unwrap();
    }

    #[test]
    fn what_exceeds_what_is_due_goes_back_once_and_no_more_than_is_left() {
        let mut refunds = Refunds::default();
        assert_eq!(excess(usd(80), usd(80), &refunds), None, "the shortage was known when the money was taken");
        assert_eq!(excess(usd(100), usd(80), &refunds), Some(usd(20)));
        asked(&mut refunds, "1", 20, RefundOrigin::System { reason: RefundReason::ShortPick });
        assert_eq!(excess(usd(100), usd(80), &refunds), None);
        assert_eq!(excess(usd(100), usd(90), &refunds), None, "an order read before");
        asked(&mut refunds, "2", 70, RefundOrigin::Gateway);
        assert_eq!(excess(usd(100), usd(50), &refunds), Some(usd(10)), "an operator has given the rest");
    }
}
