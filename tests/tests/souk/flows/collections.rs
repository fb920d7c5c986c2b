//! Several categories, collections and tags a product, through HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, PROJECTION, Reply, Shop, admin, eventually, fresh, stack};

/// Past the distribution, which keeps what it was answered for minutes.
async fn uncached(path: &str) -> Reply {
    let api = Api::new(&stack().discovery_api_url, None);
    api.send(Method::GET, path, &[("souk-edge-secret", stack().edge_secret.as_str())], None).await
}

fn ids(hits: &Value) -> Vec<&str> {
    hits.as_array().unwrap().iter().map(|hit| hit["product_id"].as_str().unwrap()).collect()
}

/// The counts of a facet, by what its entries are called.
fn count(facets: &Value, facet: &str, key: &str, value: &str) -> u64 {
    let entries = facets[facet].as_array().unwrap();
    entries.iter().find(|entry| entry[key] == value).map_or(0, |entry| entry["count"].as_u64().unwrap())
}

#[tokio::test]
async fn a_product_is_found_by_all_its_categories_its_collections_and_tags() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (gifts, collection) = (fresh("cat"), fresh("col"));
    let [word, tag] = ["zq", "tg"].map(|before| format!("{before}{}", &fresh("w")[2..14]));
    let theirs = format!("/admin/categories/{gifts}");
    operator.put(&theirs, json!({ "name": format!("Gifts {word}") })).await.expect(201);
    let at = format!("/admin/collections/{collection}");
    let named = |name: &str, featured: &[&str]| json!({ "name": name, "featured_product_ids": featured });
    operator.put(&at, named("Summer", &[])).await.expect(201);
    let (placed, other) = (fresh("prod"), shop.list("Plain Backpack").await);
    let mut body = shop.product("Leather Backpack", &[&placed]);
    body["further_category_ids"] = json!([gifts]);
    body["collection_ids"] = json!([collection]);
    body["tags"] = json!([tag.to_uppercase()]);
    let put = operator.put(&admin(&placed), body).await.expect(201);
    assert_eq!(put.body["tags"], json!([tag]), "in small letters");
    for query in [
        format!("category={gifts}"),
        format!("category={}&tag={tag}", shop.category_id),
        format!("collection={collection}"),
        format!("tag={tag}"),
        format!("q={tag}"),
        format!("q={word}"),
    ] {
        shop.found(&query, &query, |hit| hit["product_id"] == placed.as_str()).await;
    }
    let of_both = eventually("both are counted", PROJECTION, || async {
        let found = operator.get(&format!("/search?category={}", shop.category_id)).await.expect(200).body;
        let is_named = count(&found["facets"], "collections", "collection_id", &collection) == 1;
        (ids(&found["hits"]).len() == 2 && is_named).then_some(found)
    })
    .await;
    let facets = &of_both["facets"];
    assert_eq!(count(facets, "categories", "category_id", &shop.category_id), 2);
    assert_eq!(count(facets, "categories", "category_id", &gifts), 1);
    assert_eq!(count(facets, "tags", "value", &tag), 1);
    // Its page leads back by the main category; the names of the others follow a rename.
    operator.send(Method::PUT, &at, &[("if-match", "\"1\"")], Some(named("Sun", &[&other, &placed]))).await.expect(200);
    let renamed = json!({ "name": "Presents" });
    operator.send(Method::PUT, &theirs, &[("if-match", "\"1\"")], Some(renamed)).await.expect(200);
    let page = eventually("the new names", PROJECTION, || async {
        let page = uncached(&format!("/products/{placed}")).await;
        (page.status == 200 && page.body["further_categories"][0][0]["name"] == "Presents").then_some(page.body)
    })
    .await;
    assert_eq!(page["categories"][0]["category_id"], shop.category_id.as_str());
    assert_eq!(page["tags"], json!([tag]));
    eventually("the collection's new name", PROJECTION, || async {
        let page = uncached(&format!("/products/{placed}")).await.body;
        (page["collections"] == json!([{ "collection_id": collection, "name": "Sun" }])).then_some(())
    })
    .await;
    let shown = eventually("the collection's page", PROJECTION, || async {
        let page = uncached(&format!("/collections/{collection}")).await;
        (page.status == 200 && ids(&page.body["featured"]) == [other.as_str(), &placed]).then_some(page.body)
    })
    .await;
    assert_eq!((&shown["name"], &shown["description"]), (&json!("Sun"), &json!("")));
    let all = uncached("/collections").await.expect(200).body;
    let entry = json!({ "collection_id": collection, "name": "Sun" });
    assert!(all["collections"].as_array().unwrap().contains(&entry), "{all}");
}

#[tokio::test]
async fn brand_condition_and_measures_are_shown_and_searched_by() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let brand = format!("Zq{}", &fresh("w")[2..14]);
    let (used, new) = (fresh("prod"), fresh("prod"));
    let mut body = shop.product("Travel Kettle", &[&used]);
    body["brand"] = json!(format!(" {brand} "));
    body["condition"] = json!("used_like_new");
    body["variants"][0]["weight"] = json!("1.2 kg");
    body["variants"][0]["dimensions"] = json!({ "length": "10 in", "width": "20cm", "height": "0.3 m" });
    let put = operator.put(&admin(&used), body.clone()).await.expect(201);
    let size = json!({ "length": "254 mm", "width": "200 mm", "height": "300 mm" });
    assert_eq!((put.text("brand"), &put.body["variants"][0]["dimensions"]), (brand.as_str(), &size));
    let mut again = put.body.clone();
    for field in ["product_id", "version", "created_at", "updated_at"] {
        again.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(operator.put(&admin(&used), again).await.expect(200).header("etag"), "\"1\"", "as it was told");
    let mut other = shop.product("Kettle", &[&new]);
    other["brand"] = json!(brand);
    let put = operator.put(&admin(&new), other).await.expect(201);
    assert_eq!(put.text("condition"), "new", "unless said otherwise");
    let page = eventually("its page", PROJECTION, || async {
        let page = uncached(&format!("/products/{used}")).await;
        (page.status == 200).then_some(page.body)
    })
    .await;
    assert_eq!((page["brand"].as_str(), page["condition"].as_str()), (Some(brand.as_str()), Some("used_like_new")));
    assert_eq!(page["variants"][0]["weight"], json!({ "value": 1200.0, "unit": "g" }));
    assert_eq!(page["variants"][0]["dimensions"]["length"], json!({ "value": 254.0, "unit": "mm" }));
    let both = eventually("both of the brand", PROJECTION, || async {
        let found = operator.get(&format!("/search?brand={brand}")).await.expect(200).body;
        (ids(&found["hits"]).len() == 2).then_some(found)
    })
    .await;
    assert_eq!(count(&both["facets"], "brands", "value", &brand), 2);
    assert_eq!(count(&both["facets"], "conditions", "value", "used_like_new"), 1);
    let one = operator.get(&format!("/search?q={brand}&condition=used_like_new&condition=refurbished")).await;
    let one = one.expect(200).body;
    assert_eq!(ids(&one["hits"]), [used.as_str()]);
    assert_eq!((&one["hits"][0]["brand"], &one["hits"][0]["condition"]), (&json!(brand), &json!("used_like_new")));
    assert_eq!(count(&one["facets"], "conditions", "value", "new"), 1, "without its own filter");
    let search = stack().guest().get("/search?condition=worn").await;
    search.expect_problem(400, "invalid-request").about_field("condition");
}

#[tokio::test]
async fn a_product_stands_beside_those_that_stand_in_its_category_too() {
    let operator = stack().sign_in("operator").await;
    let (shop, elsewhere) = (Shop::open(&operator).await, Shop::open(&operator).await);
    let of = shop.list("Leather Backpack").await;
    let guest = fresh("prod");
    let mut body = elsewhere.product("Strap", &[&guest]);
    body["further_category_ids"] = json!([shop.category_id]);
    operator.put(&admin(&guest), body).await.expect(201);
    let price = json!({ "price": { "amount": 1_000, "currency": "USD" } });
    operator.put(&format!("/admin/prices/{guest}"), price).await.expect(201);
    eventually("what stands beside it", PROJECTION, || async {
        let related = uncached(&format!("/products/{of}/related")).await;
        (related.status == 200 && ids(&related.body["also_in_category"]) == [guest.as_str()]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_collection_is_put_and_read_by_version_and_refused_by_field() {
    let operator = stack().sign_in("operator").await;
    let at = format!("/admin/collections/{}", fresh("col"));
    operator.get(&at).await.expect_problem(404, "not-found");
    let body = json!({ "name": "Summer", "description": "For the beach.", "featured_product_ids": ["a", "b"] });
    operator.put(&at, body.clone()).await.expect(201);
    assert_eq!(operator.put(&at, body.clone()).await.expect(200).header("etag"), "\"1\"");
    let read = operator.get(&at).await.expect(200);
    assert_eq!((read.header("etag"), read.text("description")), ("\"1\"", "For the beach."));
    operator.put(&at, json!({ "name": "Sun" })).await.expect_problem(428, "if-match-required");
    let many: Vec<_> = (0..25).map(|n| format!("p{n}")).collect();
    for (field, value, status, kind, named) in [
        ("name", json!(""), 400, "invalid-request", "name"),
        ("description", json!("x".repeat(2_001)), 400, "invalid-request", "description"),
        ("featured_product_ids", json!(many), 400, "invalid-request", "featured_product_ids"),
        ("featured_product_ids", json!(["a", "a"]), 422, "unprocessable", "featured_product_ids[1]"),
    ] {
        let mut bad = body.clone();
        bad[field] = value;
        operator.put(&at, bad).await.expect_problem(status, kind).about_field(named);
    }
    let guest = stack().guest();
    guest.get(&format!("/collections/{}", fresh("nothing"))).await.expect_problem(404, "not-found");
    let search = guest.get("/search?collection=no%20id").await;
    search.expect_problem(400, "invalid-request").about_field("collection");
    guest.get("/search?tag=%21").await.expect_problem(400, "invalid-request").about_field("tag");
}
