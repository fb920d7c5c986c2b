use aws_sdk_dynamodb::types::Select;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use souk_domain::{
    flash_sale::{Cohort, SAMPLE_SLOTS, Sampling, ShopperKey},
    ids::FlashSaleId,
};
use souk_dynamo::{StoreError, n, s};

use super::FlashSales;

/// When DynamoDB may forget a sample: long after the sale has counted it.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// What is counted of shoppers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// That they joined.
    Joined,
    /// That they were there shortly before the opening.
    Present,
}

impl Counted {
    fn name(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Present => "present",
        }
    }
}

/// That a shopper of the sample was counted.
#[derive(Serialize)]
struct SampleRecord<'a> {
    /// One slot of what is counted of a sale in a window.
    sale_id: String,
    part: &'a str,
    at: i64,
    ttl: i64,
}

impl FlashSales {
    /// Counts a shopper, where they are in the sample; returns whether they are. Counting them again changes
    /// nothing but the time.
    pub(crate) async fn count_in(
        &self,
        sale_id: &FlashSaleId,
        sampling: &Sampling,
        what: Counted,
        cohort: Cohort,
        shopper: &ShopperKey,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(slot) = sampling.slot(shopper) else { return Ok(false) };
        let sample = SampleRecord {
            sale_id: partition(sale_id, what, cohort, slot),
            part: shopper.as_str(),
            at: now.as_millisecond(),
            ttl: now.as_second().saturating_add(KEPT.as_secs()),
        };
        self.table.put(&sample).await?;
        Ok(true)
    }

    /// How many shoppers of the sample were counted at `since` or later.
    pub(crate) async fn counted(
        &self,
        sale_id: &FlashSaleId,
        what: Counted,
        cohort: Cohort,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        stream::iter(0..SAMPLE_SLOTS)
            .map(|slot| self.counted_in_slot(partition(sale_id, what, cohort, slot), since))
            .buffer_unordered(SAMPLE_SLOTS.into())
            .try_fold(0, |sum, count| async move { Ok(sum + count) })
            .await
    }

    async fn counted_in_slot(&self, partition: String, since: Timestamp) -> Result<u64, StoreError> {
        let mut pages = self
            .table
            .query()
            .key_condition_expression("sale_id = :partition")
            .filter_expression("#at >= :since")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":partition", s(partition))
            .expression_attribute_values(":since", n(since.as_millisecond()))
            .select(Select::Count)
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += u64::try_from(page.map_err(StoreError::from_sdk)?.count).unwrap_or(0);
        }
        Ok(count)
    }
}

/// FlashSale ids have no `#`, so samples lie beside no sale's own items.
fn partition(sale_id: &FlashSaleId, what: Counted, cohort: Cohort, slot: u8) -> String {
    format!("{sale_id}#{}#{}#{slot}", what.name(), cohort.number())
}
