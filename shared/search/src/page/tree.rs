//! The tree of categories as shoppers browse it.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use serde::Serialize;
use souk_domain::ids::CategoryId;
use utoipa::ToSchema;

use super::{
    CategoryName,
    nodes::{DEPTH_MAX, Node},
};

/// All categories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryTree {
    pub(super) nodes: BTreeMap<CategoryId, Node>,
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
    /// How many categories there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The same for the same categories in the same versions, and for nothing else.
    pub fn revision(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (id, node) in &self.nodes {
            (id.as_str(), node.version).hash(&mut hasher);
        }
        // Exact in every JSON reader.
        hasher.finish() >> 11
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
        Some(TreeView { path: Some(self.names(id)), ..view })
    }

    /// The names from the root down to a category.
    fn names(&self, id: &CategoryId) -> Vec<CategoryName> {
        let mut names = Vec::new();
        let mut next = Some(id);
        while let Some((id, node)) =
            next.and_then(|id| self.nodes.get_key_value(id)).filter(|_| names.len() < DEPTH_MAX)
        {
            names.push(CategoryName { category_id: id.clone(), name: node.name.clone() });
            next = node.parent_id.as_ref();
        }
        names.reverse();
        names
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

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(nodes: &[(&str, Option<&str>)]) -> CategoryTree {
        let node = |(id, parent): &(&str, Option<&str>)| {
            let parent_id = parent.map(|p| p.parse().unwrap());
            (id.parse().unwrap(), Node { name: id.to_uppercase(), parent_id, attributes: BTreeMap::new(), version: 1 })
        };
        CategoryTree { nodes: nodes.iter().map(node).collect() }
    }

    #[test]
    fn the_view_nests_by_name() {
        let tree = tree(&[("z", None), ("a", None), ("c", Some("a")), ("b", Some("a"))]);
        let view = tree.view();
        assert_eq!(view.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["A", "Z"]);
        assert_eq!(view[0].children.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["B", "C"]);
        let one = tree.view_from(&"c".parse().unwrap()).unwrap();
        assert_eq!(one.path.unwrap().iter().map(|name| name.name.as_str()).collect::<Vec<_>>(), ["A", "C"]);
        assert_eq!(tree.view_from(&"nope".parse().unwrap()), None);
    }

    #[test]
    fn a_circle_ends() {
        let circle = tree(&[("a", Some("b")), ("b", Some("a"))]);
        assert_eq!(circle.view(), [], "nothing stands at the top");
        assert_eq!(circle.view_from(&"a".parse().unwrap()).unwrap().path.unwrap().len(), DEPTH_MAX);
    }

    #[test]
    fn the_revision_changes_with_each_change() {
        let before = tree(&[("a", None), ("b", Some("a"))]);
        let mut after = before.clone();
        assert_eq!(before.revision(), after.revision());
        after.nodes.values_mut().last().unwrap().version = 2;
        assert_ne!(before.revision(), after.revision());
        assert_ne!(before.revision(), tree(&[("a", None)]).revision());
    }
}
