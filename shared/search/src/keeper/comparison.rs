//! Comparing an index with the pages, in two walks: whether what each page says is in the index, and
//! whether what is in the index is said by a page.
//!
//! A difference may only be a change that is on its way. So it is a suspicion at first; what still
//! differs when every change has had its time to arrive was lost, and is repaired.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{ProductId, Sku};

use super::{
    Keeper, KeeperError,
    difference::{Difference, difference},
};
use crate::document::Action;

/// How many items of the table one step reads.
pub(super) const ITEMS_PER_STEP: i32 = 200;
/// How many documents of the index one step lists.
const DOCUMENTS_PER_STEP: usize = 200;
/// So many products and SKUs are looked at again at once.
const SUSPECTS_MAX: usize = 400;
/// So many refused documents are named; all of them are counted.
const NAMED_MAX: usize = 20;

/// What a comparison has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Pages that were read, those of deleted products included.
    pub pages: u64,
    /// Documents that they lead to.
    pub expected: u64,
    /// Documents that the index listed.
    pub documents: u64,
    /// Documents that had not arrived.
    pub missing: u64,
    /// Documents that were older than their pages.
    pub stale: u64,
    /// Documents that should not have been there.
    pub surplus: u64,
    /// Documents that are newer than their pages: the pages were set back. It takes a reindex.
    pub ahead: u64,
    /// Surplus documents of which no page speaks at all.
    pub orphans: u64,
    /// Differences that are still there.
    pub left: u64,
    /// Documents that the index refuses for what they hold.
    pub refused: u64,
    /// Some of these, by their SKUs.
    pub refused_skus: BTreeSet<String>,
    /// Pages and documents that cannot be read.
    pub unreadable: u64,
}

impl Counts {
    /// How many documents differed, other than by being refused.
    pub fn differences(&self) -> u64 {
        self.missing + self.stale + self.surplus + self.ahead
    }

    pub(super) fn count(&mut self, difference: Difference) {
        let counter = match difference {
            Difference::Missing => &mut self.missing,
            Difference::Stale => &mut self.stale,
            Difference::Surplus => &mut self.surplus,
            Difference::Ahead => &mut self.ahead,
        };
        *counter += 1;
    }

    pub(super) fn count_refused(&mut self, sku: String) {
        self.refused += 1;
        if self.refused_skus.len() < NAMED_MAX {
            self.refused_skus.insert(sku);
        }
    }
}

/// How far a comparison has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Comparison {
    pub(super) index: String,
    pub(super) counts: Counts,
    walk: Walk,
    /// Products to look at again, with SKUs that the index lists under them and their pages do not know.
    pub(super) suspects: BTreeMap<ProductId, BTreeSet<Sku>>,
    pub(super) suspected_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Walk {
    Pages { after: Option<String> },
    Documents { after: Option<String> },
    LastLook,
    Done,
}

impl Comparison {
    pub(super) fn new(index: &str) -> Self {
        Self {
            index: index.to_owned(),
            counts: Counts::default(),
            walk: Walk::Pages { after: None },
            suspects: BTreeMap::new(),
            suspected_at: None,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.walk == Walk::Done
    }

    fn suspect(&mut self, product_id: ProductId, sku: Option<Sku>) {
        self.suspects.entry(product_id).or_default().extend(sku);
        self.suspected_at = Some(Timestamp::now());
    }

    fn is_full(&self) -> bool {
        self.suspects.values().map(|skus| 1 + skus.len()).sum::<usize>() >= SUSPECTS_MAX
    }
}

impl Keeper {
    /// One bounded step. Repeating it is safe, and counts twice.
    pub(super) async fn compare_on(&self, comparison: &mut Comparison) -> Result<(), KeeperError> {
        if comparison.is_full() {
            return self.recheck(comparison).await;
        }
        match comparison.walk.clone() {
            Walk::Pages { after } => self.walk_pages(comparison, after).await,
            Walk::Documents { after } => self.walk_documents(comparison, after).await,
            Walk::LastLook => {
                self.recheck(comparison).await?;
                comparison.walk = Walk::Done;
                Ok(())
            }
            Walk::Done => Ok(()),
        }
    }

    async fn walk_pages(&self, comparison: &mut Comparison, after: Option<String>) -> Result<(), KeeperError> {
        let slice = self.pages.scan(after.as_deref(), ITEMS_PER_STEP).await?;
        let wanted: Vec<(ProductId, Vec<Action>)> =
            slice.pages.iter().map(|page| (page.product_id.clone(), page.actions())).collect();
        let skus: Vec<_> = wanted.iter().flat_map(|(_, actions)| actions.iter().map(Action::sku)).collect();
        let found = self.index.versions(&comparison.index, &skus).await?;
        comparison.counts.pages += wanted.len() as u64;
        comparison.counts.unreadable += slice.unreadable;
        for (product_id, actions) in wanted {
            comparison.counts.expected += actions.iter().filter(|action| action.is_index()).count() as u64;
            let differs = |action: &Action| difference(Some(action), found.get(action.sku()).copied()).is_some();
            if actions.iter().any(differs) {
                comparison.suspect(product_id, None);
            }
        }
        comparison.walk = match slice.next {
            Some(last) => Walk::Pages { after: Some(last) },
            None => Walk::Documents { after: None },
        };
        Ok(())
    }

    async fn walk_documents(&self, comparison: &mut Comparison, after: Option<String>) -> Result<(), KeeperError> {
        let listing = self.index.list(&comparison.index, after.as_deref(), DOCUMENTS_PER_STEP).await?;
        let ids: BTreeSet<_> = listing.documents.iter().map(|document| document.product_id.clone()).collect();
        let pages = self.pages.items(&ids).await?;
        comparison.counts.documents += listing.documents.len() as u64;
        comparison.counts.unreadable += listing.foreign;
        for document in listing.documents {
            let page = match pages.get(&document.product_id) {
                // It is there and cannot be read: that is counted where pages are.
                Some(None) => continue,
                Some(Some(page)) => Some(page),
                None => None,
            };
            let action = page.and_then(|page| page.actions().into_iter().find(|action| *action.sku() == document.sku));
            if difference(action.as_ref(), Some(document.version)).is_some() {
                let unknown = action.is_none().then_some(document.sku);
                comparison.suspect(document.product_id, unknown);
            }
        }
        comparison.walk = match listing.next {
            Some(last) => Walk::Documents { after: Some(last) },
            None => Walk::LastLook,
        };
        Ok(())
    }
}
