use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use jiff::Timestamp;
use souk_domain::ids::ProductId;

use super::{
    Keeper, KeeperError,
    comparison::{Comparison, Counts},
    difference::{Difference, difference},
};
use crate::{document::Action, index::SameVersion, page::ProductPage};

/// One comparison removes so many documents of which no page speaks. Where there are more, it is rather
/// the pages that are missing.
const ORPHANS_MAX: u64 = 1_000;

/// What pages want of documents; `None` of those of which no page speaks.
type Wanted = BTreeMap<ProductId, Option<Action>>;

/// A difference that time has not healed.
#[derive(Debug, PartialEq)]
struct Finding {
    difference: Difference,
    /// What makes it good; `None` where no write can.
    repair: Option<Action>,
}

impl Keeper {
    /// What still differs after the time that a change takes to arrive is repaired and counted.
    pub(super) async fn recheck(&self, comparison: &mut Comparison) -> Result<(), KeeperError> {
        if comparison.suspects.is_empty() {
            return Ok(());
        }
        if let Some(since) = comparison.suspected_at {
            let left = (since + self.arrives_within).duration_since(Timestamp::now());
            tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
        }
        let ids = &comparison.suspects;
        let wanted = wanted_of(ids, &self.pages.items(ids).await?);
        let found = self.index.versions(&comparison.index, &wanted.keys().collect::<Vec<_>>()).await?;
        // Read once more: a page that was written between the two reads looks set back, and is not.
        let later = wanted_of(ids, &self.pages.items(ids).await?);
        let findings = findings(&wanted, &found, &later, &mut comparison.counts);
        let repairs: Vec<_> = findings.iter().filter_map(|finding| finding.repair.clone()).collect();
        let refused = self.index.write_to(&comparison.index, &repairs, SameVersion::Replaces).await?;
        let mut refused: HashMap<_, _> =
            refused.into_iter().map(|document| (document.position, document.product_id)).collect();
        let mut positions = 0..;
        for finding in findings {
            let position = finding.repair.as_ref().and_then(|_| positions.next());
            match position.and_then(|position| refused.remove(&position)) {
                // What the index refuses was never on its way.
                Some(product_id) => comparison.counts.count_refused(product_id),
                None => comparison.counts.count(finding.difference),
            }
            if position.is_none() {
                comparison.counts.left += 1;
            }
        }
        comparison.suspects.clear();
        comparison.suspected_at = None;
        Ok(())
    }
}

/// What pages want of each suspected document. What belongs to a page that cannot be read is left out.
fn wanted_of(suspects: &BTreeSet<ProductId>, pages: &HashMap<ProductId, Option<ProductPage>>) -> Wanted {
    let wanted = suspects.iter().filter_map(|id| match pages.get(id) {
        Some(None) => None,
        Some(Some(page)) => Some((id.clone(), Some(page.action()))),
        None => Some((id.clone(), None)),
    });
    wanted.collect()
}

fn findings(wanted: &Wanted, found: &HashMap<ProductId, u64>, later: &Wanted, counts: &mut Counts) -> Vec<Finding> {
    let mut orphans = counts.orphans;
    let mut findings = Vec::new();
    for (id, action) in wanted {
        let version = found.get(id).copied();
        let Some(difference) = difference(action.as_ref(), version) else { continue };
        let repair = match (difference, action) {
            (Difference::Ahead, _) => {
                let now = later.get(id).and_then(Option::as_ref).map(Action::version);
                if now >= version {
                    continue;
                }
                None
            }
            (_, Some(action)) => Some(action.clone()),
            (_, None) => {
                orphans += 1;
                let delete = || Action::Delete { product_id: id.clone(), version: version.unwrap_or_default() };
                (orphans <= ORPHANS_MAX).then(delete)
            }
        };
        findings.push(Finding { difference, repair });
    }
    counts.orphans = orphans;
    findings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn id(text: &str) -> ProductId {
        text.parse().unwrap()
    }

    fn index(name: &str, version: u64) -> (ProductId, Option<Action>) {
        (id(name), Some(Action::Index { product_id: id(name), version, document: json!({}) }))
    }

    fn found(name: &str, version: u64) -> HashMap<ProductId, u64> {
        HashMap::from([(id(name), version)])
    }

    #[test]
    fn a_document_is_ahead_only_of_a_page_that_stays_behind() {
        let wanted = Wanted::from([index("A", 3)]);
        let set_back = findings(&wanted, &found("A", 5), &Wanted::from([index("A", 4)]), &mut Counts::default());
        assert_eq!(set_back, [Finding { difference: Difference::Ahead, repair: None }]);
        let written = findings(&wanted, &found("A", 5), &Wanted::from([index("A", 5)]), &mut Counts::default());
        assert_eq!(written, []);
    }

    #[test]
    fn a_document_of_no_page_is_removed_at_the_version_that_it_has() {
        let wanted = Wanted::from([(id("A"), None)]);
        let mut counts = Counts::default();
        let delete = Action::Delete { product_id: id("A"), version: 9 };
        let expected = Finding { difference: Difference::Surplus, repair: Some(delete) };
        assert_eq!(findings(&wanted, &found("A", 9), &wanted, &mut counts), [expected]);
        assert_eq!(counts.orphans, 1);
    }

    #[test]
    fn where_all_pages_are_missing_the_index_is_not_emptied() {
        let names: Vec<_> = (0..ORPHANS_MAX + 5).map(|n| id(&format!("S{n}"))).collect();
        let wanted: Wanted = names.iter().map(|id| (id.clone(), None)).collect();
        let found = names.iter().map(|id| (id.clone(), 1)).collect();
        let findings = findings(&wanted, &found, &wanted, &mut Counts::default());
        assert_eq!(findings.iter().filter(|finding| finding.repair.is_none()).count(), 5);
    }
}
