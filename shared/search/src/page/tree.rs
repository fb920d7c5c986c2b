//! The tree of categories, kept whole in one item: a page's path and the browsing tree each cost one
//! read. At DynamoDB's 400 KB an item it holds some 4,000 categories.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use souk_domain::ids::CategoryId;
use souk_dynamo::{Item, StoreError, Update, attribute, decode, n, value};
use utoipa::ToSchema;

use super::{CategoryName, CategoryPath, Pages, store::TREE_KEY};

/// No way to the root is longer, whatever state the tree is in.
const DEPTH_MAX: usize = 16;

/// All categories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryTree {
    /// Raised by one at every change of the tree.
    pub revision: u64,
    #[serde(default)]
    nodes: BTreeMap<CategoryId, Node>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Node {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent_id: Option<CategoryId>,
    version: u64,
}

/// The tree as it is stored.
#[derive(Serialize)]
struct TreeRecord {
    pk: &'static str,
    #[serde(flatten)]
    tree: CategoryTree,
}

/// A category with everything below it, as shoppers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CategoryTree)]
pub struct TreeView {
    /// Which category.
    pub category_id: CategoryId,
    /// What it is called.
    pub name: String,
    /// The way to it from the root; only at the top of an answer about one category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<CategoryName>>,
    /// What stands below it, by name.
    #[schema(no_recursion)]
    pub children: Vec<TreeView>,
}

impl CategoryTree {
    /// The names from the root down to this category.
    pub fn path(&self, id: &CategoryId) -> CategoryPath {
        let mut names = Vec::new();
        let mut next = Some(id);
        let mut complete = true;
        while let Some(category_id) = next {
            let Some(node) = self.nodes.get(category_id).filter(|_| names.len() < DEPTH_MAX) else {
                complete = false;
                break;
            };
            names.push(CategoryName { category_id: category_id.clone(), name: node.name.clone() });
            next = node.parent_id.as_ref();
        }
        names.reverse();
        CategoryPath { category_id: id.clone(), tree_revision: if complete { self.revision } else { 0 }, names }
    }

    /// This category and all that stand below it.
    pub fn subtree(&self, id: &CategoryId) -> Vec<CategoryId> {
        let mut found = vec![id.clone()];
        let mut seen = HashSet::from([id]);
        let mut next = 0;
        while next < found.len() {
            let below = self.nodes.iter().filter(|(_, node)| node.parent_id.as_ref() == Some(&found[next]));
            let below: Vec<_> = below.map(|(child, _)| child).filter(|child| seen.insert(child)).cloned().collect();
            found.extend(below);
            next += 1;
        }
        found
    }

    /// The whole tree, by name. A category whose parent is not yet known stands at the top meanwhile.
    pub fn view(&self) -> Vec<TreeView> {
        let children = self.children();
        let mut roots: Vec<_> = self
            .nodes
            .iter()
            .filter(|(_, node)| node.parent_id.as_ref().is_none_or(|parent| !self.nodes.contains_key(parent)))
            .map(|(id, node)| Self::view_of(id, node, &children, DEPTH_MAX))
            .collect();
        roots.sort_by(|a, b| a.name.cmp(&b.name));
        roots
    }

    /// One category with what stands above and below it.
    pub fn view_from(&self, id: &CategoryId) -> Option<TreeView> {
        let node = self.nodes.get(id)?;
        let view = Self::view_of(id, node, &self.children(), DEPTH_MAX);
        Some(TreeView { path: Some(self.path(id).names), ..view })
    }

    fn children(&self) -> BTreeMap<&CategoryId, Vec<(&CategoryId, &Node)>> {
        let mut children: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (id, node) in &self.nodes {
            if let Some(parent) = &node.parent_id {
                children.entry(parent).or_default().push((id, node));
            }
        }
        children
    }

    fn view_of(
        id: &CategoryId,
        node: &Node,
        children: &BTreeMap<&CategoryId, Vec<(&CategoryId, &Node)>>,
        levels: usize,
    ) -> TreeView {
        let below = if levels == 0 { None } else { children.get(id) };
        let mut below: Vec<_> = below
            .into_iter()
            .flatten()
            .map(|(child, child_node)| Self::view_of(child, child_node, children, levels - 1))
            .collect();
        below.sort_by(|a, b| a.name.cmp(&b.name));
        TreeView { category_id: id.clone(), name: node.name.clone(), path: None, children: below }
    }
}

impl Pages {
    /// The tree, eventually consistent: for browsing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn browse_tree(&self) -> Result<CategoryTree, StoreError> {
        Ok(self.table.get_eventually(&[("pk", TREE_KEY)]).await?.unwrap_or_default())
    }

    /// The tree as it is now: what pages are joined from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tree(&self) -> Result<CategoryTree, StoreError> {
        Ok(self.table.get(&[("pk", TREE_KEY)]).await?.unwrap_or_default())
    }

    /// Takes note of a category and returns the tree as it stands then.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_category(
        &self,
        id: &CategoryId,
        name: &str,
        parent_id: Option<&CategoryId>,
        version: u64,
    ) -> Result<CategoryTree, StoreError> {
        let node = Node { name: name.to_owned(), parent_id: parent_id.cloned(), version };
        if let Some(tree) = self.set_node(id, &node).await? {
            return decode(tree);
        }
        // The very first category: the item is made empty, so that each of several first ones finds it.
        let empty = TreeRecord { pk: TREE_KEY, tree: CategoryTree::default() };
        let _made_or_there = self.table.put_if(&empty, attribute("pk").is_absent()).await?;
        decode(self.set_node(id, &node).await?.ok_or_else(|| StoreError::corrupt("the tree has gone"))?)
    }

    /// The tree with this node, or with a newer one; `None` where there is no tree yet.
    async fn set_node(&self, id: &CategoryId, node: &Node) -> Result<Option<Item>, StoreError> {
        let place = attribute("nodes").key(id.as_str());
        let is_newer = place.clone().field("version").is_below(n(node.version));
        let update = Update::new()
            .set(place.clone(), value(node)?)
            .add("revision", n(1))
            .when(attribute("nodes").exists())
            .when(place.is_absent().or(is_newer));
        self.settle(TREE_KEY, update).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(nodes: &[(&str, Option<&str>)]) -> CategoryTree {
        let node = |(id, parent): &(&str, Option<&str>)| {
            let parent_id = parent.map(|p| p.parse().unwrap());
            (id.parse().unwrap(), Node { name: id.to_uppercase(), parent_id, version: 1 })
        };
        CategoryTree { revision: 7, nodes: nodes.iter().map(node).collect() }
    }

    fn names(path: &CategoryPath) -> Vec<&str> {
        path.names.iter().map(|n| n.name.as_str()).collect()
    }

    #[test]
    fn a_path_leads_from_the_root_down() {
        let tree = tree(&[("a", None), ("b", Some("a")), ("c", Some("b"))]);
        let path = tree.path(&"c".parse().unwrap());
        assert_eq!((names(&path), path.tree_revision), (vec!["A", "B", "C"], 7));
    }

    #[test]
    fn a_path_with_a_gap_is_marked_to_be_filled_later() {
        let tree = tree(&[("b", Some("a"))]);
        let path = tree.path(&"b".parse().unwrap());
        assert_eq!((names(&path), path.tree_revision), (vec!["B"], 0));
        assert_eq!(tree.path(&"x".parse().unwrap()).tree_revision, 0);
    }

    #[test]
    fn a_subtree_holds_everything_below_even_in_a_broken_tree() {
        let whole = tree(&[("a", None), ("b", Some("a")), ("c", Some("b")), ("d", None)]);
        let ids: Vec<String> = whole.subtree(&"a".parse().unwrap()).into_iter().map(String::from).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        let circle = tree(&[("a", Some("b")), ("b", Some("a"))]);
        assert_eq!(circle.subtree(&"a".parse().unwrap()).len(), 2);
        assert_eq!(circle.path(&"a".parse().unwrap()).tree_revision, 0);
    }

    #[test]
    fn the_view_nests_by_name() {
        let tree = tree(&[("z", None), ("a", None), ("c", Some("a")), ("b", Some("a"))]);
        let view = tree.view();
        assert_eq!(view.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["A", "Z"]);
        assert_eq!(view[0].children.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["B", "C"]);
        let one = tree.view_from(&"c".parse().unwrap()).unwrap();
        assert_eq!(one.path.unwrap().len(), 2);
        assert_eq!(tree.view_from(&"nope".parse().unwrap()), None);
    }
}
