use jiff::Timestamp;
use souk_domain::ids::OrderId;
use souk_dynamo::StoreError;

use crate::{PaymentError, PaymentRecord, PaymentRecords, RecordOutcome, gateway::Gateway};

/// How often a record that moved meanwhile is looked at again.
const ATTEMPTS: usize = 8;

/// Takes over what the gateway knows of a payment's disputes, each once. Whoever hears of one calls this; repeating it
/// writes nothing more. Returns the record as it was and as it is; `None` where there is none.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub async fn settle_disputes<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<Option<(PaymentRecord, PaymentRecord)>, PaymentError> {
    for _ in 0..ATTEMPTS {
        // The record first: what is written below stands on a list that is younger than its version.
        let Some(record) = records.get(order_id).await? else { return Ok(None) };
        let Some(intent_id) = &record.gateway_id else { return Ok(Some((record.clone(), record))) };
        let mut disputes = record.disputes.clone();
        disputes.learn(&gateway.disputes(intent_id, now).await?);
        if disputes == record.disputes {
            return Ok(Some((record.clone(), record)));
        }
        if let RecordOutcome::Kept(written) = records.record_disputes(&record, &disputes, now).await? {
            return Ok(Some((record, *written)));
        }
    }
    Err(StoreError::Busy("the payment record keeps changing".to_owned()).into())
}
