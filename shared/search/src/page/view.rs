use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use souk_domain::{
    condition::ItemCondition,
    ids::{CollectionId, ProductId, Sku},
    measure::{Length, Weight},
    money::Money,
    names::{Brand, Tag},
};
use utoipa::ToSchema;

use super::{
    Availability, CategoryName, CollectionName, Dimensions, ImageView, PageProduct, ProductPage, Rating, SellerName,
    Variant,
};

/// A product page as shoppers see it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ProductPage)]
pub struct PageView {
    /// Which product.
    pub product_id: ProductId,
    /// What it is called.
    pub title: String,
    /// What there is to say about it.
    pub description: String,
    /// The way to it through the tree, its main category last.
    pub categories: Vec<CategoryName>,
    /// The ways to its further categories, each with that category last.
    pub further_categories: Vec<Vec<CategoryName>>,
    /// The collections that it is in.
    pub collections: Vec<CollectionView>,
    /// Free words.
    pub tags: Vec<Tag>,
    /// Who sells it.
    pub seller: SellerView,
    /// Who makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// In which condition it is sold.
    pub condition: ItemCondition,
    /// What buyers think of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Properties that all variants share.
    pub attributes: BTreeMap<String, Value>,
    /// The units of those that are numbers and have one, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, String>,
    /// Pictures, the first one foremost.
    pub images: Vec<ImageView>,
    /// What can be bought.
    pub variants: Vec<VariantView>,
    /// The page's revision.
    pub revision: u64,
}

/// A collection that it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PageCollection)]
pub struct CollectionView {
    /// Which collection.
    pub collection_id: CollectionId,
    /// What it is called; `None` where that is not known yet.
    pub name: Option<String>,
}

/// Who sells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PageSeller)]
pub struct SellerView {
    /// Which seller.
    pub seller_id: String,
    /// What they are called; `None` where that is not known yet.
    pub name: Option<String>,
}

/// One thing that can be bought.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PageVariant)]
pub struct VariantView {
    /// Its key.
    pub sku: Sku,
    /// What sets it apart in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What sets it apart as properties.
    pub attributes: BTreeMap<String, Value>,
    /// What it weighs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<MeasureView>,
    /// How large it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<DimensionsView>,
    /// What it costs; `None` where it has no price and cannot be bought yet.
    pub price: Option<Money>,
    /// What is said about stock.
    pub availability: Availability,
}

/// A number of units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = PageMeasure)]
pub struct MeasureView {
    /// How many, to three decimals.
    pub value: f64,
    /// Of what: `g` for weights, `mm` for lengths.
    pub unit: &'static str,
}

/// How large it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = PageDimensions)]
pub struct DimensionsView {
    /// From the front to the back.
    pub length: MeasureView,
    /// From side to side.
    pub width: MeasureView,
    /// From the bottom to the top.
    pub height: MeasureView,
}

impl From<Weight> for MeasureView {
    fn from(weight: Weight) -> Self {
        Self { value: weight.value(), unit: Weight::UNIT }
    }
}

impl From<Length> for MeasureView {
    fn from(length: Length) -> Self {
        Self { value: length.value(), unit: Length::UNIT }
    }
}

impl From<Dimensions> for DimensionsView {
    fn from(Dimensions { length, width, height }: Dimensions) -> Self {
        Self { length: length.into(), width: width.into(), height: height.into() }
    }
}

impl From<(&CollectionId, &CollectionName)> for CollectionView {
    fn from((id, shown): (&CollectionId, &CollectionName)) -> Self {
        Self { collection_id: id.clone(), name: shown.name.clone() }
    }
}

impl ProductPage {
    /// What shoppers see; `None` where the product is deleted.
    pub fn view(&self) -> Option<PageView> {
        let product = self.product.as_ref()?;
        Some(PageView {
            product_id: self.product_id.clone(),
            title: product.title.clone(),
            description: product.description.clone(),
            categories: self.category.as_ref().map(|path| path.names.clone()).unwrap_or_default(),
            further_categories: self.further.values().map(|path| path.names.clone()).collect(),
            collections: self.collections.iter().map(CollectionView::from).collect(),
            tags: product.tags.clone(),
            seller: SellerView {
                seller_id: product.seller_id.to_string(),
                name: self.seller.as_ref().and_then(|SellerName { name, .. }| name.clone()),
            },
            brand: product.brand.clone(),
            condition: product.condition,
            rating: product.rating,
            attributes: product.attributes.clone(),
            units: self.units(product),
            images: product.images.iter().map(ImageView::from).collect(),
            variants: product.variants.iter().map(|variant| self.variant_view(variant)).collect(),
            revision: self.revision,
        })
    }

    /// Of the attributes that product and variants have.
    fn units(&self, product: &PageProduct) -> BTreeMap<String, String> {
        let has = |name: &String| {
            product.attributes.contains_key(name)
                || product.variants.iter().any(|variant| variant.attributes.contains_key(name))
        };
        let rules = self.category.iter().flat_map(|path| &path.attributes).filter(|(name, _)| has(name));
        rules.filter_map(|(name, rule)| Some((name.clone(), rule.unit.clone()?))).collect()
    }

    /// True where nothing is missing that other contexts have still to publish: such a page may be kept in
    /// caches for as long as they like.
    pub fn is_complete(&self) -> bool {
        self.category.is_some()
            && self.paths().all(|path| path.tree_revision > 0)
            && self.collections.values().all(|collection| collection.name.is_some())
            && self.seller.as_ref().is_some_and(|seller| seller.name.is_some())
            && self.product.as_ref().is_some_and(|product| {
                product
                    .variants
                    .iter()
                    .all(|v| self.prices.contains_key(&v.sku) && self.availability.contains_key(&v.sku))
            })
    }

    fn variant_view(&self, variant: &Variant) -> VariantView {
        VariantView {
            sku: variant.sku.clone(),
            title: variant.title.clone(),
            attributes: variant.attributes.clone(),
            weight: variant.weight.map(MeasureView::from),
            dimensions: variant.dimensions.map(DimensionsView::from),
            price: self.prices.get(&variant.sku).map(|fact| fact.price),
            availability: self.availability.get(&variant.sku).into(),
        }
    }
}
