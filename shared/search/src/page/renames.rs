//! How far a changed name has come to the pages that show it: an item for each segment of the products that
//! it concerns. What is open are parts of a segment, what failed are pages by their names, and both are
//! sets, so that what is said twice counts once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::ids::ProductId;
use souk_dynamo::{AttributeValue, StoreError, Update, attribute, decode, n, s, value};

use super::Pages;

/// What the segments' items are, in the index by kind.
const KIND: &str = "rename";
/// So long a rename is told of after its last change.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many products make a part of a segment.
pub const PRODUCTS_A_PART: usize = 100;
/// So many of the pages that failed are named.
const NAMED: usize = 20;

/// A segment of the products that a rename concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Which rename, such as `category#bags@3`.
    pub rename: String,
    /// Whose products, such as `category#packs`.
    pub of: String,
    /// How many segments stand before it.
    pub number: u32,
}

/// How far a rename has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenameReport {
    /// Which rename: of a category or seller, at this version of it.
    pub rename: String,
    /// In one word.
    pub state: RenameState,
    /// When its first products were listed.
    pub begun_at: Timestamp,
    /// When it last got on.
    pub changed_at: Timestamp,
    /// How many lists of products are still to be made.
    pub unlisted: usize,
    /// How many products were listed.
    pub listed: usize,
    /// How many of their pages say the new name.
    pub done: usize,
    /// How many pages cannot be brought up to date.
    pub failed: usize,
    /// Some of those.
    pub failed_products: BTreeSet<ProductId>,
}

/// Whether anything is left to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RenameState {
    /// It goes on.
    Running,
    /// Every page says the new name.
    Done,
    /// All that is left are pages that failed.
    Failed,
}

#[derive(Debug, Deserialize)]
struct SegmentItem {
    rename: String,
    begun_at: Timestamp,
    changed_at: Timestamp,
    listed: Option<usize>,
    #[serde(default)]
    open: BTreeSet<usize>,
    #[serde(default)]
    failed: BTreeSet<ProductId>,
}

impl Segment {
    fn key(&self) -> String {
        format!("rename#{}#{}#{:06}", self.rename, self.of, self.number)
    }

    fn update(&self, now: Timestamp) -> Result<Update, StoreError> {
        Ok(Update::new()
            .set("kind", s(KIND))
            .set("rename", s(&self.rename))
            .set_if_absent("begun_at", value(&now)?)
            .set("changed_at", value(&now)?)
            .set("ttl", n((now + KEPT_FOR).as_second())))
    }
}

impl Pages {
    /// A segment is to be listed.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn rename_is_to_list(&self, segment: &Segment, now: Timestamp) -> Result<(), StoreError> {
        let update = segment.update(now)?.when(attribute("pk").is_absent());
        self.settle(&segment.key(), update).await.map(drop)
    }

    /// A segment is listed; its parts are to be brought up to date.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn rename_has_listed(
        &self,
        segment: &Segment,
        products: usize,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = segment.update(now)?.set("listed", n(products)).remove("failed");
        let parts: Vec<_> = (0..products.div_ceil(PRODUCTS_A_PART)).map(|part| part.to_string()).collect();
        // Most categories are new and empty: nobody needs to be told of those.
        let update = match parts.is_empty() {
            true => update.remove("open").when(attribute("pk").exists()),
            false => update.set("open", AttributeValue::Ns(parts)),
        };
        self.settle(&segment.key(), update).await.map(drop)
    }

    /// A part of a segment was seen to. Of its pages these failed, and are tried one by one.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn rename_has_done(
        &self,
        segment: &Segment,
        part: u32,
        failed: &[ProductId],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = segment.update(now)?.delete("open", AttributeValue::Ns(vec![part.to_string()]));
        let update = if failed.is_empty() { update } else { update.add("failed", names(failed)) };
        self.settle(&segment.key(), update).await.map(drop)
    }

    /// One of the pages that failed is up to date after all.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn rename_has_healed(
        &self,
        segment: &Segment,
        products: &[ProductId],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = segment.update(now)?.delete("failed", names(products));
        self.settle(&segment.key(), update).await.map(drop)
    }

    /// The renames of the last days, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renames(&self) -> Result<Vec<RenameReport>, StoreError> {
        let mut reports = BTreeMap::new();
        for item in self.of_kind(KIND).await? {
            let segment: SegmentItem = decode(item)?;
            let report = reports.entry(segment.rename.clone()).or_insert_with(|| RenameReport::new(&segment));
            report.add(segment);
        }
        let mut reports: Vec<_> = reports.into_values().map(RenameReport::judged).collect();
        reports.sort_by_key(|report| std::cmp::Reverse(report.begun_at));
        Ok(reports)
    }
}

impl RenameReport {
    fn new(segment: &SegmentItem) -> Self {
        Self {
            rename: segment.rename.clone(),
            state: RenameState::Running,
            begun_at: segment.begun_at,
            changed_at: segment.changed_at,
            unlisted: 0,
            listed: 0,
            done: 0,
            failed: 0,
            failed_products: BTreeSet::new(),
        }
    }

    fn add(&mut self, segment: SegmentItem) {
        self.begun_at = self.begun_at.min(segment.begun_at);
        self.changed_at = self.changed_at.max(segment.changed_at);
        let Some(listed) = segment.listed else {
            self.unlisted += 1;
            return;
        };
        let size = |part: &usize| PRODUCTS_A_PART.min(listed.saturating_sub(part * PRODUCTS_A_PART));
        let open: usize = segment.open.iter().map(size).sum();
        self.listed += listed;
        self.failed += segment.failed.len();
        self.done += listed.saturating_sub(open + segment.failed.len());
        self.failed_products.extend(segment.failed);
    }

    fn judged(mut self) -> Self {
        self.state = match self.listed - self.done.min(self.listed) {
            _ if self.unlisted > 0 => RenameState::Running,
            0 => RenameState::Done,
            left if left == self.failed => RenameState::Failed,
            _ => RenameState::Running,
        };
        self.failed_products = self.failed_products.into_iter().take(NAMED).collect();
        self
    }
}

fn names(products: &[ProductId]) -> AttributeValue {
    AttributeValue::Ss(products.iter().map(|id| id.as_str().to_owned()).collect())
}
