//! The limits of a product. They keep a page within one DynamoDB item, a product's SKUs within one
//! transaction, and each field within what the search index can hold.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::picture::Picture;

use super::{ProductDetails, Rating, Scalar};
use crate::violation::{Violation, Violations};

const TITLE_MAX: usize = 200;
const DESCRIPTION_MAX: usize = 10_000;
const ALT_MAX: usize = 300;
const URL_MAX: usize = 2_000;
const IMAGES_MAX: usize = 20;
const ATTRIBUTES_MAX: usize = 50;
const ATTRIBUTE_NAME_MAX: usize = 64;
const ATTRIBUTE_TEXT_MAX: usize = 1_000;
/// A transaction holds 100 items: the product, the claims of its SKUs, and each place where it stands beside its main
/// category.
const VARIANTS_MAX: usize = 99;
const FURTHER_CATEGORIES_MAX: usize = 10;
const COLLECTIONS_MAX: usize = 10;
const TAGS_MAX: usize = 20;
/// The search index counts ratings in 32 bits with a sign.
const RATINGS_MAX: u32 = i32::MAX.unsigned_abs();
/// As JSON, in bytes. An item holds 400 KB, and a page adds names, prices and stock.
const PRODUCT_MAX: usize = 256 * 1024;

impl ProductDetails {
    /// Checks everything that can be checked without looking anything up.
    ///
    /// # Errors
    /// All violations.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut found = Violations::default();
        found.text("title", &self.title, TITLE_MAX);
        if self.description.chars().count() > DESCRIPTION_MAX {
            found.out_of_range("description", format!("must have at most {DESCRIPTION_MAX} characters"));
        }
        if let Some(rating) = &self.rating {
            check_rating(rating, &mut found);
        }
        check_attributes("attributes", &self.attributes, &mut found);
        self.check_places(&mut found);
        self.check_images(&mut found);
        self.check_variants(&mut found);
        if serde_json::to_vec(self).is_ok_and(|json| json.len() > PRODUCT_MAX) {
            found.out_of_range("product", format!("must have at most {PRODUCT_MAX} bytes"));
        }
        found.into_result()
    }

    fn check_places(&self, found: &mut Violations) {
        found.at_most("further_category_ids", self.further_category_ids.len(), FURTHER_CATEGORIES_MAX);
        found.at_most("collection_ids", self.collection_ids.len(), COLLECTIONS_MAX);
        found.at_most("tags", self.tags.len(), TAGS_MAX);
        for (index, id) in self.further_category_ids.iter().enumerate() {
            if *id == self.category_id {
                found.senseless(format!("further_category_ids[{index}]"), "is its main category already");
            }
        }
        found.no_twice("further_category_ids", &self.further_category_ids);
        found.no_twice("collection_ids", &self.collection_ids);
        found.no_twice("tags", &self.tags);
        let places = self.further_category_ids.len() + self.collection_ids.len();
        if self.variants.len() <= VARIANTS_MAX && self.variants.len() + places > VARIANTS_MAX {
            let reason =
                format!("must have at most {VARIANTS_MAX} entries, further categories and collections included");
            found.out_of_range("variants", reason);
        }
    }

    fn check_images(&self, found: &mut Violations) {
        found.at_most("images", self.images.len(), IMAGES_MAX);
        for (index, image) in self.images.iter().enumerate() {
            if !is_image_url(&image.url) {
                let reason = "must be an https address, or the path of one of the shop's own pictures";
                found.out_of_range(format!("images[{index}].url"), reason);
            }
            found.text(&format!("images[{index}].alt"), &image.alt, ALT_MAX);
        }
    }

    fn check_variants(&self, found: &mut Violations) {
        if self.variants.is_empty() {
            found.out_of_range("variants", "must have at least one entry");
        }
        found.at_most("variants", self.variants.len(), VARIANTS_MAX);
        let mut skus = BTreeSet::new();
        for (index, variant) in self.variants.iter().enumerate() {
            if !skus.insert(&variant.sku) {
                found.senseless(format!("variants[{index}].sku"), format!("{} is given twice", variant.sku));
            }
            if let Some(title) = &variant.title {
                found.text(&format!("variants[{index}].title"), title, TITLE_MAX);
            }
            check_attributes(&format!("variants[{index}].attributes"), &variant.attributes, found);
        }
    }
}

fn check_rating(rating: &Rating, found: &mut Violations) {
    if !(0.0..=5.0).contains(&rating.average) {
        found.out_of_range("rating.average", "must be from 0 to 5");
    }
    if rating.count > RATINGS_MAX {
        found.out_of_range("rating.count", format!("must be at most {RATINGS_MAX}"));
    }
    if rating.count == 0 && rating.average != 0.0 {
        found.senseless("rating.average", "must be 0 where nobody has rated");
    }
}

fn check_attributes(field: &str, attributes: &BTreeMap<String, Scalar>, found: &mut Violations) {
    found.at_most(field, attributes.len(), ATTRIBUTES_MAX);
    for (name, value) in attributes {
        if name.trim().is_empty() || name.chars().count() > ATTRIBUTE_NAME_MAX {
            found.out_of_range(field, format!("names must have 1 to {ATTRIBUTE_NAME_MAX} characters"));
        }
        match value {
            Scalar::Text(text) if text.chars().count() > ATTRIBUTE_TEXT_MAX => {
                found.out_of_range(
                    format!("{field}.{name}"),
                    format!("must have at most {ATTRIBUTE_TEXT_MAX} characters"),
                );
            }
            // DynamoDB keeps magnitudes from 1E-130 to 1E+125 only.
            Scalar::Decimal(number) if number.abs() > 1e15 || (*number != 0.0 && number.abs() < 1e-15) => {
                found.out_of_range(format!("{field}.{name}"), "is a number out of range");
            }
            _ => {}
        }
    }
}

fn is_image_url(url: &str) -> bool {
    if url.len() > URL_MAX || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return false;
    }
    if let Some(rest) = url.strip_prefix("https://") {
        return rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    }
    url.parse::<Picture>().is_ok() || is_content_addressed(url)
}

/// What those who run the shop put into its bucket themselves, such as the sample catalogue's drawings.
fn is_content_addressed(url: &str) -> bool {
    url.strip_prefix("/images/").and_then(|name| name.split_once('.')).is_some_and(|(hash, extension)| {
        hash.len() == 64
            && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            && (1..=5).contains(&extension.len())
            && extension.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn backpack() -> Value {
        json!({
            "title": "Leather Backpack", "description": "", "category_id": "bags", "seller_id": "hide",
            "rating": {"average": 4.5, "count": 2}, "attributes": {"material": "leather", "litres": 22, "vegan": false},
            "images": [{"url": format!("/images/{}.png", "a".repeat(64)), "alt": "a backpack"}],
            "variants": [{"sku": "BP-1", "title": "Brown"}, {"sku": "BP-2"}],
        })
    }

    fn violations(change: impl Fn(&mut Value)) -> Vec<(String, bool)> {
        let mut body = backpack();
        change(&mut body);
        let details: ProductDetails = serde_json::from_value(body).unwrap();
        details.check().err().unwrap_or_default().into_iter().map(|v| (v.field, v.semantic)).collect()
    }

    #[test]
    fn a_good_product_passes() {
        assert_eq!(violations(|_| {}), []);
    }

    #[test]
    fn each_limit_names_its_field() {
        let out_of_range = |field: &str| vec![(field.to_owned(), false)];
        assert_eq!(violations(|b| b["title"] = json!(" ")), out_of_range("title"));
        assert_eq!(violations(|b| b["title"] = json!("x".repeat(201))), out_of_range("title"));
        assert_eq!(violations(|b| b["description"] = json!("x".repeat(10_001))), out_of_range("description"));
        assert_eq!(violations(|b| b["rating"]["average"] = json!(5.1)), out_of_range("rating.average"));
        assert_eq!(violations(|b| b["rating"]["count"] = json!(2_147_483_647)), []);
        assert_eq!(violations(|b| b["rating"]["count"] = json!(2_147_483_648_u32)), out_of_range("rating.count"));
        assert_eq!(violations(|b| b["variants"] = json!([])), out_of_range("variants"));
        assert_eq!(violations(|b| b["variants"][1]["title"] = json!("")), out_of_range("variants[1].title"));
        let many: Vec<_> = (0..100).map(|i| json!({"sku": format!("S{i}")})).collect();
        assert_eq!(violations(|b| b["variants"] = json!(many)), out_of_range("variants"));
        assert_eq!(violations(|b| b["attributes"]["x"] = json!("x".repeat(1_001))), out_of_range("attributes.x"));
    }

    #[test]
    fn a_product_whose_fields_are_each_within_their_limits_may_still_be_too_large() {
        let attributes: serde_json::Map<_, _> = (0..50).map(|n| (format!("a{n}"), json!("x".repeat(1_000)))).collect();
        let with_variants = |count: usize| {
            let variant = |n| json!({"sku": format!("S{n}"), "attributes": attributes});
            violations(|b| b["variants"] = (0..count).map(variant).collect())
        };
        assert_eq!(with_variants(4), []);
        assert_eq!(with_variants(6), [("product".to_owned(), false)]);
    }

    #[test]
    fn a_picture_says_what_it_shows() {
        for alt in ["", " ", "a\0b", &"x".repeat(301)] {
            assert_eq!(
                violations(|b| b["images"][0]["alt"] = json!(alt)),
                [("images[0].alt".to_owned(), false)],
                "{alt}"
            );
        }
        assert_eq!(violations(|b| b["images"][0]["alt"] = json!("x".repeat(300))), []);
    }

    #[test]
    fn pictures_are_https_or_the_shops_own() {
        let own = format!("/images/pic_{}/1600x900.jpg", "0".repeat(32));
        assert_eq!(violations(|b| b["images"][0]["url"] = json!(own)), []);
        let [svg, odd] = ["1600x900.svg", "1601x900.jpg"].map(|name| format!("/images/pic_{}/{name}", "0".repeat(32)));
        for bad in [
            "http://x.example/a.png",
            "https://",
            "/images/a.png",
            "javascript:alert(1)",
            "//x.example/a.png",
            &svg,
            &odd,
        ] {
            assert_eq!(
                violations(|b| b["images"][0]["url"] = json!(bad)),
                [("images[0].url".to_owned(), false)],
                "{bad}"
            );
        }
        assert_eq!(violations(|b| b["images"][0]["url"] = json!("https://x.example/a.png")), []);
    }

    #[test]
    fn places_and_tags_are_few_and_none_is_given_twice() {
        let ids = |count: usize| json!((0..count).map(|n| format!("x{n}")).collect::<Vec<_>>());
        for (field, most) in [("further_category_ids", 10), ("collection_ids", 10), ("tags", 20)] {
            assert_eq!(violations(|b| b[field] = ids(most)), [], "{field}");
            assert_eq!(violations(|b| b[field] = ids(most + 1)), [(field.to_owned(), false)]);
            assert_eq!(violations(|b| b[field] = json!(["a", "b", "a"])), [(format!("{field}[2]"), true)]);
        }
        assert_eq!(violations(|b| b["tags"] = json!(["Gift", "gift"])), [("tags[1]".to_owned(), true)]);
        let main = violations(|b| b["further_category_ids"] = json!(["bags"]));
        assert_eq!(main, [("further_category_ids[0]".to_owned(), true)]);
    }

    #[test]
    fn variants_and_places_fit_into_one_transaction() {
        let variants = |count: usize| json!((0..count).map(|i| json!({"sku": format!("S{i}")})).collect::<Vec<_>>());
        let with = |count: usize| {
            violations(|b| {
                b["variants"] = variants(count);
                b["collection_ids"] = json!(["summer", "gifts"]);
            })
        };
        assert_eq!(with(97), []);
        assert_eq!(with(98), [("variants".to_owned(), false)]);
        assert_eq!(with(100), [("variants".to_owned(), false)]);
    }

    #[test]
    fn a_sku_given_twice_makes_no_sense() {
        assert_eq!(violations(|b| b["variants"][1]["sku"] = json!("BP-1")), [("variants[1].sku".to_owned(), true)]);
    }
}
