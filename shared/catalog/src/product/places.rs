//! Where products stand beside their main category: an item for each place, so that the indexes list them there.

use std::collections::BTreeSet;

use serde::Serialize;
use souk_domain::ids::{CategoryId, CollectionId, ProductId};
use souk_dynamo::Transaction;

use crate::{Catalog, Key, Place};

/// A transaction takes no more writes.
const WRITES_MAX: usize = 100;

#[derive(Debug, Serialize)]
struct PlacedItem<'a> {
    pk: String,
    /// Key of the index by category.
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<&'a CategoryId>,
    /// Key of the index by collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    collection_id: Option<&'a CollectionId>,
}

impl Catalog {
    /// Adds what moves a product from where it stood to where it stands. An item that is too many to be removed is
    /// left behind: a list then names the product once too often, which nobody believes without looking at it.
    pub(super) fn moved(
        &self,
        mut transaction: Transaction,
        id: &ProductId,
        stood: &BTreeSet<Place>,
        stands: &BTreeSet<Place>,
    ) -> Transaction {
        let key = |place: &Place| Key::Placed(id.clone(), place.clone()).to_string();
        for place in stands.difference(stood) {
            let (category_id, collection_id) = match place {
                Place::Category(id) => (Some(id), None),
                Place::Collection(id) => (None, Some(id)),
            };
            transaction = transaction.put(&self.table, &PlacedItem { pk: key(place), category_id, collection_id });
        }
        let room = WRITES_MAX.saturating_sub(transaction.len());
        for place in stood.difference(stands).take(room) {
            transaction = transaction.delete(&self.table, &[("pk", &key(place))]);
        }
        transaction
    }
}
