//! Categories as they are stored: an item each, with its version. A page's path is read node by node, so
//! that it costs the same however large the tree is; for browsing all are read at once, by their kind.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Instant,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use souk_domain::ids::CategoryId;
use souk_dynamo::{AttributeValue, Item, StoreError, Update, attribute, decode, n, s, value};

use super::{
    AttributeRules, CategoryName, CategoryPath, CategoryTree, Pages,
    store::{category_id, category_key},
};

/// No way to the root is longer, whatever state the tree is in.
pub(super) const DEPTH_MAX: usize = 16;
/// What the items of categories are, in the index by kind.
const KIND: &str = "category";
/// Where the whole tree stood in one item, before each category had its own.
const WHOLE_TREE: &str = "categories";
/// So many items are written at once where the tree of one item is taken apart.
const AT_ONCE: usize = 16;

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Node {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parent_id: Option<CategoryId>,
    #[serde(default, skip_serializing_if = "AttributeRules::is_empty")]
    pub(super) attributes: AttributeRules,
    pub(super) version: u64,
}

/// The tree as one item.
#[derive(Debug, Default, Deserialize)]
struct WholeTree {
    revision: u64,
    #[serde(default)]
    nodes: HashMap<CategoryId, Node>,
}

/// Nodes that were read, consistently; `None` of those that are not there.
pub(super) type Read = HashMap<CategoryId, Option<Node>>;

impl Pages {
    /// The tree, eventually consistent: for browsing. It may be some seconds old.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn browse_tree(&self) -> Result<Arc<CategoryTree>, StoreError> {
        if let Some(tree) = self.kept.tree(Instant::now()) {
            return Ok(tree);
        }
        let whole: Option<WholeTree> = self.table.get_eventually(&[("pk", WHOLE_TREE)]).await?;
        let mut nodes: BTreeMap<CategoryId, Node> = whole.unwrap_or_default().nodes.into_iter().collect();
        for item in self.of_kind(KIND).await? {
            let Some(id) = category_id(&item) else { continue };
            let node: Node = decode(item)?;
            if nodes.get(&id).is_none_or(|known| known.version < node.version) {
                nodes.insert(id, node);
            }
        }
        Ok(self.kept.keep_tree(CategoryTree { nodes }, Instant::now()))
    }

    /// The way to a category as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn category_path(&self, id: &CategoryId) -> Result<CategoryPath, StoreError> {
        let guess = self.kept.guess(id);
        let keys: Vec<_> = guess.iter().map(category_key).collect();
        let keys: Vec<_> = keys.iter().map(|key| [("pk", key.as_str())]).collect();
        let mut found = HashMap::new();
        for item in self.table.get_many(&keys, true).await? {
            if let Some(id) = category_id(&item) {
                found.insert(id, item);
            }
        }
        self.path_of(id, &nodes(guess, |id| found.remove(id))?).await
    }

    /// The way to a category, of which these nodes were read because it was guessed to lead over them.
    pub(super) async fn path_of(&self, id: &CategoryId, read: &Read) -> Result<CategoryPath, StoreError> {
        let (mut names, mut versions, mut complete) = (Vec::new(), Vec::new(), false);
        let mut attributes = AttributeRules::new();
        let mut next = Some(id.clone());
        while names.len() < DEPTH_MAX {
            let Some(id) = next else {
                complete = true;
                break;
            };
            let node = match read.get(&id) {
                Some(Some(node)) => Some(node.clone()),
                read => self.node(&id, read.is_some()).await?,
            };
            let Some(Node { name, parent_id, attributes: rules, version }) = node else {
                versions.push(0);
                break;
            };
            self.kept.learn(&id, parent_id.as_ref());
            names.push(CategoryName { category_id: id, name });
            versions.push(version);
            // What is nearer goes before.
            for (name, rule) in rules {
                attributes.entry(name).or_insert(rule);
            }
            next = parent_id;
        }
        names.reverse();
        // That an attribute is a text to choose from, or that nobody speaks of it, is the same to whoever shows it.
        attributes.retain(|_, rule| rule.is_number || !rule.is_facet);
        Ok(CategoryPath {
            category_id: id.clone(),
            versions: versions_key(&versions),
            tree_revision: complete.into(),
            names,
            attributes,
        })
    }

    /// Takes note of a category. The pages of all that stands in it or below it have to be refreshed after it.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_category(
        &self,
        id: &CategoryId,
        name: &str,
        parent_id: Option<&CategoryId>,
        version: u64,
    ) -> Result<(), StoreError> {
        self.record_category_with(id, name, parent_id, AttributeRules::new(), version).await
    }

    /// Takes note of a category, as [`Pages::record_category`] does, and of what it says of attributes.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_category_with(
        &self,
        id: &CategoryId,
        name: &str,
        parent_id: Option<&CategoryId>,
        attributes: AttributeRules,
        version: u64,
    ) -> Result<(), StoreError> {
        self.set_node(id, &Node { name: name.to_owned(), parent_id: parent_id.cloned(), attributes, version }).await
    }

    async fn set_node(&self, id: &CategoryId, node: &Node) -> Result<(), StoreError> {
        let update = Update::new().set("kind", s(KIND)).set("name", s(&node.name)).set("version", n(node.version));
        let update = match &node.parent_id {
            Some(parent) => update.set("parent_id", s(parent.as_str())),
            None => update.remove("parent_id"),
        };
        let update = match node.attributes.is_empty() {
            true => update.remove("attributes"),
            false => update.set("attributes", value(&node.attributes)?),
        };
        let is_newer = attribute("pk").is_absent().or(attribute("version").is_below(n(node.version)));
        self.settle(&category_key(id), update.when(is_newer)).await.map(drop)
    }

    /// A node as it is now. What is missing may still stand in the tree of one item.
    async fn node(&self, id: &CategoryId, is_missing: bool) -> Result<Option<Node>, StoreError> {
        let key = category_key(id);
        if !is_missing && let Some(node) = self.table.get(&[("pk", &key)]).await? {
            return Ok(Some(node));
        }
        if !self.take_whole_tree_apart().await? {
            return Ok(None);
        }
        self.table.get(&[("pk", &key)]).await
    }

    /// Gives each category of the tree of one item, as it was once stored, an item of its own. False where there
    /// is no such tree any more.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn take_whole_tree_apart(&self) -> Result<bool, StoreError> {
        let whole: Option<WholeTree> = self.table.get(&[("pk", WHOLE_TREE)]).await?;
        let Some(WholeTree { revision, nodes }) = whole.filter(|whole| !whole.nodes.is_empty()) else {
            return Ok(false);
        };
        let written = nodes.into_iter().map(|(id, node)| async move { self.set_node(&id, &node).await });
        stream::iter(written).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        // Left empty, not absent: while a deployment goes on, an instance of the former code may add to it.
        let empty = AttributeValue::M(HashMap::new());
        let update = Update::new().set("nodes", empty).when(attribute("revision").equals(n(revision)));
        self.settle(WHOLE_TREE, update).await?;
        Ok(true)
    }
}

/// Nodes out of the items that were read for these categories.
pub(super) fn nodes(
    ids: impl IntoIterator<Item = CategoryId>,
    mut item: impl FnMut(&CategoryId) -> Option<Item>,
) -> Result<Read, StoreError> {
    ids.into_iter().map(|id| Ok((id.clone(), item(&id).map(decode).transpose()?))).collect()
}

/// Orders the paths of one category by age, as a text: its own version first, then those above it. What was
/// read while others wrote is older than what is true in the end, whichever of the nodes were read early: a
/// node names the next one, and versions only rise.
fn versions_key(versions: &[u64]) -> String {
    versions.iter().map(|version| format!("{version:08x}")).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_path_is_above_each_that_was_read_before_it_or_half_way() {
        let rises = |older: &[u64], newer: &[u64]| assert!(versions_key(older) < versions_key(newer), "{newer:?}");
        rises(&[], &[0]);
        rises(&[0], &[1, 0]);
        rises(&[1, 0], &[1, 1]);
        rises(&[1, 9], &[1, 10]);
        // Moved from below the one to below the other, which was renamed before.
        rises(&[5, 3], &[6, 1]);
        rises(&[6, 1], &[6, 2]);
        rises(&[1, 255], &[1, 256]);
        rises(&[5, 3, 7], &[6]);
    }
}
