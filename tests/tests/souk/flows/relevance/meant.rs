//! Many products that have all words are not enough where they only mention what is looked for, or share a stem with it.

use serde_json::{Value, json};

use super::{Measured, catalogue::Catalogue};

/// More than a search calls enough.
const MANY: usize = 12;

fn product(id: &str, title: &str, description: &str, category: &str) -> Value {
    json!({
        "id": id, "title": title, "description": description, "category_id": category, "seller_id": "others",
        "attributes": {}, "variants": [{ "sku": id, "price": { "amount": 1_000 }, "stock": { "here": 1 } }],
    })
}

async fn shop() -> Measured {
    let mut catalogue = Catalogue::empty();
    let [cushions, sneakers, bowls, ribbons] =
        ["Cushions", "Sneakers", "Bowls", "Ribbons"].map(|name| catalogue.add_path(&["All", name]));
    for n in 0..MANY {
        let sneaker = format!("Red Sneaker {n}");
        catalogue.products.push(product(&format!("sneaker-{n}"), &sneaker, "With a cushioned sole.", &sneakers));
        catalogue.products.push(product(&format!("bow-{n}"), &format!("Bow {n}"), "Of silk.", &ribbons));
    }
    for n in 0..3 {
        catalogue.products.push(product(&format!("cushion-{n}"), &format!("Kilim {n}"), "For a sofa.", &cushions));
        catalogue.products.push(product(&format!("bowl-{n}"), &format!("Breakfast {n}"), "Of oak.", &bowls));
    }
    Measured::of("meant", catalogue).await
}

#[tokio::test]
async fn what_only_mentions_a_kind_or_shares_its_stem_is_not_what_is_meant() {
    let shop = shop().await;
    for (q, kind, first) in [("red cushion", "cushion-", 3), ("bowes", "bowl-", 3), ("bow", "bow-", 10)] {
        let answer = shop.search(q).await;
        let ids: Vec<_> = answer.hits.iter().map(|hit| hit.product_id.as_str()).collect();
        assert!(ids.len() >= first && ids[..first].iter().all(|id| id.starts_with(kind)), "{q}: {ids:?}");
    }
}
