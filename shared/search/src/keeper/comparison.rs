//! Comparing an index with the pages, in two walks: whether what each page says is in the index, and
//! whether what is in the index is said by a page.
//!
//! A difference may only be a change that is on its way. So it is a suspicion at first; what still
//! differs when every change has had its time to arrive was lost, and is repaired.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::ProductId;

use super::{
    Keeper, KeeperError,
    difference::{Difference, difference},
};
use crate::page::Part;

/// How many items of the table one step reads.
pub(super) const ITEMS_PER_STEP: i32 = 200;
/// How many documents of the index one step lists.
const DOCUMENTS_PER_STEP: usize = 200;
/// So many products are looked at again at once.
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
    /// Some of these, by their products.
    pub refused_products: BTreeSet<String>,
    /// Pages and documents that cannot be read.
    pub unreadable: u64,
}

impl Counts {
    /// How many documents differed, other than by being refused.
    pub fn differences(&self) -> u64 {
        self.missing + self.stale + self.surplus + self.ahead
    }

    /// Counts what another part of the comparison has found.
    pub(super) fn add(&mut self, other: &Self) {
        let theirs = other.numbers();
        for (mine, theirs) in self.numbers_mut().into_iter().zip(theirs) {
            *mine += theirs;
        }
        let room = NAMED_MAX.saturating_sub(self.refused_products.len());
        self.refused_products.extend(other.refused_products.iter().take(room).cloned());
    }

    fn numbers(&self) -> [u64; 11] {
        let mut counts = self.clone();
        counts.numbers_mut().map(|number| *number)
    }

    fn numbers_mut(&mut self) -> [&mut u64; 11] {
        [
            &mut self.pages,
            &mut self.expected,
            &mut self.documents,
            &mut self.missing,
            &mut self.stale,
            &mut self.surplus,
            &mut self.ahead,
            &mut self.orphans,
            &mut self.left,
            &mut self.refused,
            &mut self.unreadable,
        ]
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

    pub(super) fn count_refused(&mut self, product_id: String) {
        self.refused += 1;
        if self.refused_products.len() < NAMED_MAX {
            self.refused_products.insert(product_id);
        }
    }
}

/// How far a comparison has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Comparison {
    pub(super) index: String,
    part: Part,
    pub(super) counts: Counts,
    walk: Walk,
    /// Products to look at again.
    pub(super) suspects: BTreeSet<ProductId>,
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
    pub(super) fn new(index: &str, part: Part) -> Self {
        Self {
            index: index.to_owned(),
            part,
            counts: Counts::default(),
            walk: Walk::Pages { after: None },
            suspects: BTreeSet::new(),
            suspected_at: None,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.walk == Walk::Done
    }

    fn suspect(&mut self, product_id: ProductId) {
        self.suspects.insert(product_id);
        self.suspected_at = Some(Timestamp::now());
    }
}

impl Keeper {
    /// One bounded step. Repeating it is safe, and counts twice.
    pub(super) async fn compare_on(&self, comparison: &mut Comparison) -> Result<(), KeeperError> {
        if comparison.suspects.len() >= SUSPECTS_MAX {
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
        let slice = self.pages.scan(comparison.part, after.as_deref(), ITEMS_PER_STEP).await?;
        let ids: Vec<_> = slice.pages.iter().map(|page| &page.product_id).collect();
        let found = self.index.versions(&comparison.index, &ids).await?;
        comparison.counts.pages += slice.pages.len() as u64;
        comparison.counts.unreadable += slice.unreadable;
        for page in &slice.pages {
            let action = page.action();
            comparison.counts.expected += u64::from(action.is_index());
            if difference(Some(&action), found.get(&page.product_id).copied()).is_some() {
                comparison.suspect(page.product_id.clone());
            }
        }
        comparison.walk = match slice.next {
            Some(last) => Walk::Pages { after: Some(last) },
            None => Walk::Documents { after: None },
        };
        Ok(())
    }

    async fn walk_documents(&self, comparison: &mut Comparison, after: Option<String>) -> Result<(), KeeperError> {
        let marks = comparison.part.marks();
        let listing = self.index.list(&comparison.index, &marks, after.as_deref(), DOCUMENTS_PER_STEP).await?;
        let ids: BTreeSet<_> = listing.documents.iter().map(|document| document.product_id.clone()).collect();
        let pages = self.pages.items(&ids).await?;
        comparison.counts.documents += listing.documents.len() as u64;
        comparison.counts.unreadable += listing.foreign;
        for document in listing.documents {
            let action = match pages.get(&document.product_id) {
                // It is there and cannot be read: that is counted where pages are.
                Some(None) => continue,
                Some(Some(page)) => Some(page.action()),
                None => None,
            };
            if difference(action.as_ref(), Some(document.version)).is_some() {
                comparison.suspect(document.product_id);
            }
        }
        comparison.walk = match listing.next {
            Some(last) => Walk::Documents { after: Some(last) },
            None => Walk::LastLook,
        };
        Ok(())
    }
}
