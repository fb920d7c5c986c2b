use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use souk_domain::{
    condition::ItemCondition,
    ids::{CategoryId, CollectionId, SellerId, Sku},
    measure::{Length, Weight},
    names::{Brand, Tag},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, SchemaType, Type},
    },
};

/// Everything about a product that an operator decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductDetails {
    /// What the product is called.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// What there is to say about it.
    #[schema(max_length = 10_000)]
    pub description: String,
    /// Its main category: where in the tree it stands, and what its page leads back to.
    pub category_id: CategoryId,
    /// Where else in the tree it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub further_category_ids: Vec<CategoryId>,
    /// The collections that it is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub collection_ids: Vec<CollectionId>,
    /// Free words, by which it is found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub tags: Vec<Tag>,
    /// Who sells it.
    pub seller_id: SellerId,
    /// Who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// In which condition it is sold; new unless said otherwise.
    #[serde(default)]
    #[schema(required = false)]
    pub condition: ItemCondition,
    /// What buyers think of it, where anybody has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Properties that all variants share.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Scalar>,
    /// Pictures, the first one foremost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub images: Vec<Image>,
    /// What can be bought; at least one.
    #[schema(min_items = 1, max_items = 99)]
    pub variants: Vec<Variant>,
}

/// One thing that can be bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The key that prices, stock and orders know it by.
    pub sku: Sku,
    /// What sets it apart in words, such as `Black, XL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// What sets it apart as properties.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Scalar>,
    /// What it weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// How large it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
}

/// How large something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimensions {
    /// From the front to the back.
    pub length: Length,
    /// From side to side.
    pub width: Length,
    /// From the bottom to the top.
    pub height: Length,
}

impl Variant {
    /// What sets it apart, in words: its title, else its properties, no longer than a title may be.
    pub fn apart(&self) -> Option<String> {
        let properties = || self.attributes.values().map(Scalar::to_string).collect::<Vec<_>>().join(", ");
        let words = self.title.clone().unwrap_or_else(properties);
        Some(words.chars().take(200).collect()).filter(|words: &String| !words.is_empty())
    }
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// An https address, or the path of one of the shop's own pictures: the `url` of one that was uploaded for this
    /// product and is ready, or that of a content-addressed file in the shop's bucket.
    #[schema(
        max_length = 2_000,
        pattern = "^(https://[A-Za-z0-9]\\S*|/images/[0-9a-f]{64}\\.[A-Za-z0-9]{1,5}|/images/pic_[0-9a-f]{32}/[1-9][0-9]{0,3}x[1-9][0-9]{0,3}\\.(jpg|png))$"
    )]
    pub url: String,
    /// What it shows, for those who cannot see it.
    #[schema(min_length = 1, max_length = 300)]
    pub alt: String,
}

/// The mean of the ratings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// From 0 to 5.
    #[schema(minimum = 0, maximum = 5)]
    pub average: f64,
    /// How many ratings.
    #[schema(maximum = 2_147_483_647)]
    pub count: u32,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Decimal(f64),
    /// A text.
    Text(String),
}

/// One of several types, and not one of several schemas: a whole number is a number, too.
impl PartialSchema for Scalar {
    fn schema() -> RefOr<Schema> {
        let types = SchemaType::Array(vec![Type::Boolean, Type::Number, Type::String]);
        ObjectBuilder::new().schema_type(types).description(Some("The value of an attribute.")).into()
    }
}

impl ToSchema for Scalar {}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Decimal(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}
