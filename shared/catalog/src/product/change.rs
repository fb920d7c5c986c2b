//! One change that is made to many products.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{
    condition::ItemCondition,
    ids::{CategoryId, CollectionId, ProductId, SellerId},
    names::{Brand, Tag},
};
use souk_dynamo::StoreError;
use utoipa::ToSchema;

use super::{Product, ProductDetails, PutProductError, Scalar};
use crate::{
    Catalog, PreconditionFailure, ProductsOf, Put, Violation,
    store::{ATTEMPTS, pause},
    violation::Violations,
};

const ENTRIES_MAX: usize = 20;

/// What is to be changed of a product; what is left out stays. Making it twice is making it once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductChange {
    /// Its main category from now on. Where that is one of its further ones, it is no longer a further one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// Who sells it from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller_id: Option<SellerId>,
    /// Who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// In which condition it is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ItemCondition>,
    /// Further categories that it comes into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub add_further_category_ids: Vec<CategoryId>,
    /// Further categories that it leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub remove_further_category_ids: Vec<CategoryId>,
    /// Collections that it comes into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub add_collection_ids: Vec<CollectionId>,
    /// Collections that it leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub remove_collection_ids: Vec<CollectionId>,
    /// Tags that it gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub add_tags: Vec<Tag>,
    /// Tags that it loses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub remove_tags: Vec<Tag>,
    /// Attributes of the product as a whole that it gets, or whose value is another from now on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set_attributes: BTreeMap<String, Scalar>,
    /// Attributes of the product as a whole that it loses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub remove_attributes: Vec<String>,
}

/// Why a product was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeProductError {
    /// There is no such product (any more).
    #[error("the product does not exist")]
    NotFound,
    /// As it would be, it cannot be put.
    #[error(transparent)]
    Put(#[from] PutProductError),
}

impl From<StoreError> for ChangeProductError {
    fn from(error: StoreError) -> Self {
        Self::Put(error.into())
    }
}

impl ProductChange {
    /// Checks everything that can be checked without looking at a product.
    ///
    /// # Errors
    /// All violations.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut found = Violations::default();
        if *self == Self::default() {
            found.out_of_range("change", "must change something");
        }
        for (field, entries) in [
            ("add_further_category_ids", self.add_further_category_ids.len()),
            ("remove_further_category_ids", self.remove_further_category_ids.len()),
            ("add_collection_ids", self.add_collection_ids.len()),
            ("remove_collection_ids", self.remove_collection_ids.len()),
            ("add_tags", self.add_tags.len()),
            ("remove_tags", self.remove_tags.len()),
            ("set_attributes", self.set_attributes.len()),
            ("remove_attributes", self.remove_attributes.len()),
        ] {
            found.at_most(&format!("change.{field}"), entries, ENTRIES_MAX);
        }
        found.into_result()
    }

    /// The product with the change.
    pub fn of(&self, mut details: ProductDetails) -> ProductDetails {
        let ProductDetails { further_category_ids, collection_ids, tags, attributes, .. } = &mut details;
        edit(further_category_ids, &self.add_further_category_ids, &self.remove_further_category_ids);
        edit(collection_ids, &self.add_collection_ids, &self.remove_collection_ids);
        edit(tags, &self.add_tags, &self.remove_tags);
        attributes.retain(|name, _| !self.remove_attributes.contains(name));
        attributes.extend(self.set_attributes.clone());
        if let Some(category) = &self.category_id {
            details.category_id.clone_from(category);
        }
        details.further_category_ids.retain(|id| *id != details.category_id);
        if let Some(seller) = &self.seller_id {
            details.seller_id.clone_from(seller);
        }
        details.brand = self.brand.clone().or(details.brand);
        details.condition = self.condition.unwrap_or(details.condition);
        details
    }
}

fn edit<T: Clone + PartialEq>(entries: &mut Vec<T>, add: &[T], remove: &[T]) {
    entries.retain(|entry| !remove.contains(entry));
    for entry in add {
        if !entries.contains(entry) {
            entries.push(entry.clone());
        }
    }
}

impl ProductsOf {
    /// Whether a product is one of these now.
    fn has(&self, details: &ProductDetails) -> bool {
        match self {
            Self::Category(id) => details.category_id == *id || details.further_category_ids.contains(id),
            Self::Collection(id) => details.collection_ids.contains(id),
            Self::Seller(id) => details.seller_id == *id,
        }
    }
}

impl Catalog {
    /// Makes a change to a product, whoever else changes it at the same time. With `listed`, only if it still is where
    /// it was listed.
    ///
    /// # Errors
    /// [`ChangeProductError`]; then nothing was written.
    pub async fn change_product(
        &self,
        id: &ProductId,
        change: &ProductChange,
        listed: Option<&ProductsOf>,
        now: Timestamp,
    ) -> Result<Put<Product>, ChangeProductError> {
        for attempt in 0..ATTEMPTS {
            let product = self.product(id).await?.ok_or(ChangeProductError::NotFound)?;
            if listed.is_some_and(|of| !of.has(&product.details)) {
                return Ok(Put::Unchanged(product));
            }
            let changed = change.of(product.details.clone());
            if changed == product.details {
                return Ok(Put::Unchanged(product));
            }
            match self.put_product(id, changed, Some(product.version), now).await {
                Err(PutProductError::Precondition(PreconditionFailure::Stale { .. } | PreconditionFailure::Absent)) => {
                    pause(attempt).await
                }
                put => return Ok(put?),
            }
        }
        Err(StoreError::Busy("the product is being changed by others".to_owned()).into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn changed(product: Value, change: Value) -> Value {
        let mut body = json!({
            "title": "T", "description": "", "category_id": "bags", "seller_id": "s", "variants": [{"sku": "A"}],
        });
        body.as_object_mut().unwrap().extend(product.as_object().unwrap().clone());
        let change: ProductChange = serde_json::from_value(change).unwrap();
        let changed = change.of(serde_json::from_value(body).unwrap());
        assert_eq!(change.of(changed.clone()), changed, "twice is once");
        serde_json::to_value(changed).unwrap()
    }

    #[test]
    fn a_change_adds_removes_and_replaces_and_leaves_the_rest() {
        let tagged = changed(json!({"tags": ["a", "b"]}), json!({"add_tags": ["C", "a"], "remove_tags": ["b"]}));
        assert_eq!((&tagged["tags"], &tagged["category_id"]), (&json!(["a", "c"]), &json!("bags")));
        let moved = changed(
            json!({"further_category_ids": ["packs", "gifts"], "brand": "Old"}),
            json!({"category_id": "packs", "add_further_category_ids": ["bags"], "brand": "New", "condition": "refurbished"}),
        );
        assert_eq!(
            (&moved["category_id"], &moved["further_category_ids"]),
            (&json!("packs"), &json!(["gifts", "bags"]))
        );
        assert_eq!((&moved["brand"], &moved["condition"]), (&json!("New"), &json!("refurbished")));
        let set = changed(
            json!({"attributes": {"a": 1, "b": 2}, "collection_ids": ["x"]}),
            json!({"set_attributes": {"a": "one"}, "remove_attributes": ["b"], "remove_collection_ids": ["x"]}),
        );
        assert_eq!((&set["attributes"], &set["collection_ids"]), (&json!({"a": "one"}), &Value::Null));
    }

    #[test]
    fn a_change_changes_something_and_is_short() {
        let fields = |change: Value| {
            let checked = serde_json::from_value::<ProductChange>(change).unwrap().check();
            checked.err().unwrap_or_default().into_iter().map(|violation| violation.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(json!({})), ["change"]);
        let many: Vec<_> = (0..21).map(|n| format!("t{n}")).collect();
        assert_eq!(fields(json!({"add_tags": many})), ["change.add_tags"]);
        assert_eq!(fields(json!({"add_tags": ["a"]})), [""; 0]);
    }
}
