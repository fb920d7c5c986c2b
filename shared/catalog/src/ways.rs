//! Which categories stand above which, as a warm instance has seen it. Never believed: it says which of them to read at
//! once, and those say what is true now.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use souk_domain::ids::CategoryId;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::category::DEPTH_MAX;

/// So many parents are remembered; then it begins anew.
const PARENTS_MAX: usize = 50_000;

/// Shared by all clones of the catalog.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ways(Arc<Mutex<HashMap<CategoryId, CategoryId>>>);

impl FromEnvironment for Ways {
    async fn from_environment(_: &Environment) -> Result<Self, ConfigError> {
        Ok(Self::default())
    }
}

impl Ways {
    /// What stands above a category, as far as is known: its parent first.
    pub(crate) fn above(&self, id: &CategoryId) -> Vec<CategoryId> {
        let parents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut way: Vec<CategoryId> = Vec::new();
        while let Some(parent) = parents.get(way.last().unwrap_or(id)) {
            if way.len() == DEPTH_MAX || way.contains(parent) {
                break;
            }
            way.push(parent.clone());
        }
        way
    }

    pub(crate) fn learn(&self, id: &CategoryId, parent: Option<&CategoryId>) {
        let mut parents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if parents.get(id) == parent {
            return;
        }
        if parents.len() >= PARENTS_MAX {
            parents.clear();
        }
        match parent {
            Some(parent) => parents.insert(id.clone(), parent.clone()),
            None => parents.remove(id),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_known_as_far_as_it_was_seen_and_never_in_circles() {
        let [a, b, c]: [CategoryId; 3] = ["a", "b", "c"].map(|id| id.parse().unwrap());
        let ways = Ways::default();
        assert_eq!(ways.above(&c), []);
        ways.learn(&c, Some(&b));
        ways.learn(&b, Some(&a));
        assert_eq!(ways.above(&c), [b.clone(), a.clone()]);
        ways.learn(&a, Some(&b));
        assert_eq!(ways.above(&c), [b.clone(), a]);
        ways.learn(&c, None);
        assert_eq!(ways.above(&c), []);
    }
}
