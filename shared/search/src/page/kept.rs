//! What a warm instance keeps of the tree in its memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use souk_domain::ids::CategoryId;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use super::{CategoryTree, nodes::DEPTH_MAX};

/// A tree that is browsed may be this old; what caches keep comes on top.
const TREE_FOR: Duration = Duration::from_secs(10);
/// So many parents are remembered; then it begins anew.
const PARENTS_MAX: usize = 50_000;

/// Shared by all clones of the pages.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    /// Under which category each was seen to stand. Never believed: it says which nodes to read at once,
    /// and those say what is true now.
    parents: HashMap<CategoryId, Option<CategoryId>>,
    tree: Option<(Arc<CategoryTree>, Instant)>,
}

impl FromEnvironment for Kept {
    async fn from_environment(_: &Environment) -> Result<Self, ConfigError> {
        Ok(Self::default())
    }
}

impl Kept {
    /// Over which categories the way to this one leads, as far as is known: itself first.
    pub(super) fn guess(&self, id: &CategoryId) -> Vec<CategoryId> {
        let inside = self.inside();
        let mut way = vec![id.clone()];
        while let Some(Some(parent)) = way.last().and_then(|last| inside.parents.get(last)) {
            // A circle that was seen half way through a move.
            if way.len() == DEPTH_MAX || way.contains(parent) {
                break;
            }
            way.push(parent.clone());
        }
        way
    }

    pub(super) fn learn(&self, id: &CategoryId, parent: Option<&CategoryId>) {
        let mut inside = self.inside();
        if inside.parents.get(id).is_some_and(|known| known.as_ref() == parent) {
            return;
        }
        if inside.parents.len() >= PARENTS_MAX {
            inside.parents.clear();
        }
        inside.parents.insert(id.clone(), parent.cloned());
    }

    /// The tree, where it was read lately.
    pub(super) fn tree(&self, now: Instant) -> Option<Arc<CategoryTree>> {
        let inside = self.inside();
        let (tree, read_at) = inside.tree.as_ref()?;
        (now.duration_since(*read_at) < TREE_FOR).then(|| Arc::clone(tree))
    }

    pub(super) fn keep_tree(&self, tree: CategoryTree, now: Instant) -> Arc<CategoryTree> {
        let tree = Arc::new(tree);
        self.inside().tree = Some((Arc::clone(&tree), now));
        tree
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> CategoryId {
        text.parse().unwrap()
    }

    #[test]
    fn a_way_is_guessed_as_far_as_it_was_seen_and_never_in_circles() {
        let kept = Kept::default();
        assert_eq!(kept.guess(&id("c")), [id("c")]);
        kept.learn(&id("c"), Some(&id("b")));
        kept.learn(&id("b"), Some(&id("a")));
        kept.learn(&id("a"), None);
        assert_eq!(kept.guess(&id("c")), [id("c"), id("b"), id("a")]);
        kept.learn(&id("a"), Some(&id("c")));
        assert_eq!(kept.guess(&id("c")), [id("c"), id("b"), id("a")]);
    }

    #[test]
    fn a_tree_is_kept_for_some_seconds() {
        let (kept, now) = (Kept::default(), Instant::now());
        assert!(kept.tree(now).is_none());
        kept.keep_tree(CategoryTree::default(), now);
        assert!(kept.tree(now + TREE_FOR / 2).is_some());
        assert!(kept.tree(now + TREE_FOR).is_none());
    }
}
