use serde::Serialize;
use souk_domain::{
    ids::{ProductId, Sku},
    money::Money,
};
use utoipa::ToSchema;

use super::{Availability, ImageView, ProductPage, Rating};

/// From so many ratings on, an average counts more than half.
const RATINGS: f64 = 10.0;

/// What a list shows of a product.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ProductCard)]
pub struct CardView {
    /// Which product.
    pub product_id: ProductId,
    /// What it is called.
    pub title: String,
    /// What buyers think of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// The foremost picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageView>,
    /// What can be bought.
    pub variants: Vec<CardVariant>,
}

/// One thing that can be bought.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CardVariant {
    /// Its key.
    pub sku: Sku,
    /// What sets it apart in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it costs; `None` where it has no price and cannot be bought yet.
    pub price: Option<Money>,
    /// What is said about stock.
    pub availability: Availability,
}

impl CardView {
    /// Whether some variant has a price and is not known to be sold out.
    pub fn can_be_bought(&self) -> bool {
        self.variants.iter().any(|variant| variant.price.is_some() && variant.availability.left != Some(0))
    }

    /// How much buyers like it, from 0 to 5: an average counts the more, the more have rated.
    pub fn liking(&self) -> f64 {
        self.rating.map_or(0.0, |Rating { average, count }| {
            let count = f64::from(count);
            average * count / (count + RATINGS)
        })
    }
}

impl ProductPage {
    /// What a list shows; `None` where the product is deleted.
    pub fn card(&self) -> Option<CardView> {
        let product = self.product.as_ref()?;
        let variants = product.variants.iter().map(|variant| CardVariant {
            sku: variant.sku.clone(),
            title: variant.title.clone(),
            price: self.prices.get(&variant.sku).map(|fact| fact.price),
            availability: self.availability.get(&variant.sku).into(),
        });
        Some(CardView {
            product_id: self.product_id.clone(),
            title: product.title.clone(),
            rating: product.rating,
            image: product.images.first().map(ImageView::from),
            variants: variants.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(rating: Option<(f64, u32)>, variants: &[(Option<i64>, Option<u64>)]) -> CardView {
        let variant = |(price, available): &(Option<i64>, Option<u64>)| CardVariant {
            sku: "A".parse().unwrap(),
            title: None,
            price: price.map(|amount| Money::usd(amount).unwrap()),
            availability: Availability::of(*available),
        };
        CardView {
            product_id: "p".parse().unwrap(),
            title: "Kettle".to_owned(),
            rating: rating.map(|(average, count)| Rating { average, count }),
            image: None,
            variants: variants.iter().map(variant).collect(),
        }
    }

    #[test]
    fn what_has_no_price_or_is_sold_out_cannot_be_bought() {
        for (variants, can) in [
            (&[(Some(1), Some(3))][..], true),
            (&[(Some(1), None)], true),
            (&[(Some(1), Some(0))], false),
            (&[(None, Some(3))], false),
            (&[(None, Some(3)), (Some(1), Some(0)), (Some(1), Some(9))], true),
            (&[], false),
        ] {
            assert_eq!(card(None, variants).can_be_bought(), can, "{variants:?}");
        }
    }

    #[test]
    fn one_five_is_liked_less_than_a_thousand_times_4_7() {
        let liking = |rating| card(rating, &[]).liking();
        assert!(liking(Some((4.7, 1_000))) > liking(Some((5.0, 1))) && liking(Some((5.0, 1))) > liking(None));
    }
}
