use jiff::Timestamp;
use souk_domain::{
    flash_sale::{FlashSaleStatus, FlashSaleTerms},
    ids::FlashSaleId,
};
use souk_dynamo::{Refusal, StoreError, Transaction, TransactionOutcome, Update, attribute, n, s};

use super::{FlashSale, FlashSales, Room, record::Part};

/// How changing a sale's terms ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ChangeOutcome {
    /// They are these from now on.
    Changed(Box<FlashSale>),
    /// They were these already; nothing was written.
    Unchanged(Box<FlashSale>),
    /// The definition has another version than the caller named.
    Stale(Box<FlashSale>),
    /// This field is fixed: its units are taken from stock when the sale is defined.
    Fixed(&'static str),
    /// The moment of the opening has come, or the sale has opened.
    TooLate(FlashSaleStatus),
    /// Somebody else was writing the same items: nothing happened, try again.
    Contention,
    /// There is no such sale.
    Unknown,
}

impl FlashSales {
    /// Changes a sale's terms. Conditions: the definition has the version that was seen, and the opening
    /// is yet to come; from then on the beacon is known, and whoever could move the opening could
    /// choose another.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Stale` or `Unchanged`.
    pub async fn change(
        &self,
        sale_id: &FlashSaleId,
        terms: &FlashSaleTerms,
        seen: u64,
        now: Timestamp,
    ) -> Result<ChangeOutcome, StoreError> {
        let Some(sale) = self.get(sale_id).await? else { return Ok(ChangeOutcome::Unknown) };
        if sale.version != seen {
            return Ok(ChangeOutcome::Stale(Box::new(sale)));
        }
        if sale.terms == *terms {
            return Ok(ChangeOutcome::Unchanged(Box::new(sale)));
        }
        if sale.terms.sku() != terms.sku() {
            return Ok(ChangeOutcome::Fixed("sku"));
        }
        if sale.terms.units() != terms.units() {
            return Ok(ChangeOutcome::Fixed("units"));
        }
        match self.changing(&sale, terms, now)?.commit(self.table.client()).await? {
            TransactionOutcome::Committed { .. } => {
                Ok(ChangeOutcome::Changed(Box::new(FlashSale { terms: terms.clone(), version: seen + 1, ..sale })))
            }
            TransactionOutcome::Refused(reasons) => why(reasons),
        }
    }

    fn changing(&self, sale: &FlashSale, terms: &FlashSaleTerms, now: Timestamp) -> Result<Transaction, StoreError> {
        let definition = Update::new()
            .set("terms", souk_dynamo::value(terms)?)
            .add("version", n(1))
            .when(attribute("version").equals(n(sale.version)));
        let yet_to_open = [FlashSaleStatus::Preparing, FlashSaleStatus::Scheduled].map(|status| s(status.as_str()));
        let room = Update::new()
            .set("opens_at", n(terms.opens_at().as_millisecond()))
            .set("rate", n(terms.admission_rate()))
            .set("sale_version", n(sale.version + 1))
            .add("version", n(1))
            .when(attribute("status").is_one_of(yet_to_open))
            .when(attribute("opens_at").is_above(n(now.as_millisecond())));
        let room = match terms.closes_at() {
            Some(closes_at) => room.set("closes_at", n(closes_at.as_millisecond())),
            None => room.remove("closes_at"),
        };
        Ok(Transaction::new().update(&self.table, &Part::Sale.key(&sale.sale_id), definition).update(
            &self.table,
            &Part::Room.key(&sale.sale_id),
            room,
        ))
    }
}

fn why(reasons: Vec<Refusal>) -> Result<ChangeOutcome, StoreError> {
    let mut reasons = reasons.into_iter();
    let (sale, room) = (reasons.next(), reasons.next());
    if let Some(Refusal::Condition(Some(item))) = sale {
        return Ok(ChangeOutcome::Stale(Box::new(souk_dynamo::decode(item)?)));
    }
    if let Some(Refusal::Condition(Some(item))) = room {
        return Ok(ChangeOutcome::TooLate(souk_dynamo::decode::<Room>(item)?.status));
    }
    Ok(ChangeOutcome::Contention)
}
