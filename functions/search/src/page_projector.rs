//! `page-projector`: the catalog's stream becomes product pages.

use std::collections::BTreeMap;

use serde_json::Value;
use souk_catalog::{
    AttributeDefinition, AttributeType, CategoryRecord, CollectionDetails, CollectionRecord, Key, ProductRecord,
    Scalar, SellerRecord,
};
use souk_events::search::NameOf;
use souk_runtime::stream::{self, BatchResult, Record, RecordFailure};
use souk_search::{AttributeRule, CollectionNode, Dimensions, Image, PageProduct, Pages, Rating, Variant};
use souk_wiring::{Call, FromEnvironment};

use crate::refreshes::Refreshes;

/// Every write is guarded by its version, so the order within a batch does not matter.
const AT_ONCE: usize = 16;

/// The pages, and the queue for those that a changed name concerns.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pages: Pages,
    refreshes: Refreshes,
}

/// Projects a batch.
///
/// # Errors
/// The first record that could not be projected.
pub async fn handle(deps: &Deps, records: Vec<Record>, _: Call) -> BatchResult {
    stream::each(records, AT_ONCE, |record| project(deps, record)).await
}

async fn project(deps: &Deps, record: Record) -> Result<(), RecordFailure> {
    match record.key("pk").map(str::parse) {
        Some(Ok(Key::Product(_))) => {
            let Some(product) = record.new_image::<ProductRecord>()? else { return Ok(()) };
            Ok(project_product(&deps.pages, product).await?)
        }
        Some(Ok(Key::Category(id))) => {
            let Some(CategoryRecord { name, parent_id, attributes, version, .. }) = record.new_image()? else {
                return Ok(());
            };
            let rules = attributes.into_iter().map(rule).collect();
            deps.pages.record_category_with(&id, &name, parent_id.as_ref(), rules, version).await?;
            Ok(deps.refreshes.begin(NameOf::Category(id), version).await?)
        }
        Some(Ok(Key::Collection(id))) => {
            let Some(CollectionRecord { details, version, .. }) = record.new_image()? else { return Ok(()) };
            let CollectionDetails { name, description, featured_product_ids: featured } = details;
            let is_renamed = record.old::<CollectionRecord>().is_none_or(|old| old.details.name != name);
            deps.pages.record_collection(&id, &CollectionNode { name, description, featured, version }).await?;
            // Its products show nothing but its name.
            if is_renamed { Ok(deps.refreshes.begin(NameOf::Collection(id), version).await?) } else { Ok(()) }
        }
        Some(Ok(Key::Seller(seller_id))) => {
            let Some(SellerRecord { name, version, .. }) = record.new_image()? else { return Ok(()) };
            deps.pages.record_seller(&seller_id, &name, version).await?;
            Ok(deps.refreshes.begin(NameOf::Seller(seller_id), version).await?)
        }
        // Which product a SKU belongs to is said by the product too, and so is where it stands.
        Some(Ok(Key::Sku(_) | Key::Placed(..))) => Ok(()),
        Some(Err(_)) | None => Err(RecordFailure::Poison("a record of an unknown kind".into())),
    }
}

async fn project_product(pages: &Pages, record: ProductRecord) -> Result<(), souk_dynamo::StoreError> {
    let (version, skus) = (record.version, record.skus.clone());
    match page_product(record.clone()) {
        Some(product) => pages.project(&product).await,
        // A tombstone is not changed after it was made.
        None => pages.remove(&record.product_id, version, &skus, record.updated_at).await,
    }
}

/// What a page takes over from the catalog; `None` for a tombstone.
pub(crate) fn page_product(record: ProductRecord) -> Option<PageProduct> {
    let details = record.details?;
    Some(PageProduct {
        product_id: record.product_id,
        version: record.version,
        title: details.title,
        description: details.description,
        category_id: details.category_id,
        further_category_ids: details.further_category_ids,
        collection_ids: details.collection_ids,
        tags: details.tags,
        seller_id: details.seller_id,
        brand: details.brand,
        condition: details.condition,
        rating: details.rating.map(|rating| Rating { average: rating.average, count: rating.count }),
        attributes: attributes(details.attributes),
        images: details.images.into_iter().map(|image| Image { url: image.url, alt: image.alt }).collect(),
        variants: details.variants.into_iter().map(variant).collect(),
        created_at: record.created_at,
    })
}

/// What pages and search want to know of an attribute's definition. A nearer one counts even where it says nothing more
/// than that the attribute is a text.
pub(crate) fn rule(definition: AttributeDefinition) -> (String, AttributeRule) {
    let AttributeDefinition { name, takes, facet: is_facet, .. } = definition;
    let (is_number, unit) = match takes {
        AttributeType::Number { unit } => (true, unit),
        AttributeType::Text {} | AttributeType::Boolean {} | AttributeType::Choice { .. } => (false, None),
    };
    (name, AttributeRule { is_number, unit, is_facet })
}

fn variant(variant: souk_catalog::Variant) -> Variant {
    let size =
        |size: souk_catalog::Dimensions| Dimensions { length: size.length, width: size.width, height: size.height };
    Variant {
        sku: variant.sku,
        title: variant.title,
        attributes: attributes(variant.attributes),
        weight: variant.weight,
        dimensions: variant.dimensions.map(size),
    }
}

fn attributes(attributes: BTreeMap<String, Scalar>) -> BTreeMap<String, Value> {
    let value = |scalar| match scalar {
        Scalar::Bool(value) => value.into(),
        Scalar::Integer(value) => value.into(),
        Scalar::Decimal(value) => value.into(),
        Scalar::Text(value) => value.into(),
    };
    attributes.into_iter().map(|(name, scalar)| (name, value(scalar))).collect()
}
