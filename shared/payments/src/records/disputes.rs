//! A payment's disputes as they are written.

use jiff::Timestamp;
use souk_domain::payment::Disputes;
use souk_dynamo::{StoreError, Update, attribute, n};

use super::{PaymentRecord, PaymentRecords, RecordOutcome, watched_for};

impl PaymentRecords {
    /// Keeps a payment's disputes, and where operators find it. Condition: the version that was read, so that an older
    /// list never comes after a younger one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn record_disputes(
        &self,
        record: &PaymentRecord,
        disputes: &Disputes,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let update = Update::new()
            .set("disputes", souk_dynamo::value(disputes)?)
            .set("updated_at", n(now.as_millisecond()))
            .add("version", n(1))
            .when(attribute("version").equals(n(record.version)));
        self.change(&record.order_id, watched_for(update, &record.order_id, &record.refunds, disputes)).await
    }
}
