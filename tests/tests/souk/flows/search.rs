use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, PROJECTION, Shop, admin, eventually, fresh, stack};

/// A word that only this test's products have.
fn word() -> String {
    format!("zq{}", &fresh("w")[2..14])
}

async fn price(operator: &Api, sku: &str, amount: i64) {
    let body = json!({ "price": { "amount": amount, "currency": "USD" } });
    operator.put(&format!("/admin/prices/{sku}"), body).await.expect(201);
}

fn ids(hits: &Value) -> Vec<String> {
    hits.as_array().unwrap().iter().map(|hit| hit["product_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_an_operator_puts_is_found_changed_and_no_longer_found() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let id = shop.list("Weathered Satchel").await;
    price(&operator, &id, 12_900).await;
    // By its SKU, exactly and first.
    let hit = shop.found(&format!("q={id}"), "found with its price", |hit| hit["price"]["amount"] == 12_900).await;
    assert_eq!((&hit["product_id"], &hit["title"]), (&json!(id), &json!("Weathered Satchel")));
    assert_eq!((&hit["category_names"], &hit["seller_name"]), (&json!(["Backpacks"]), &json!("Harbour & Hide")));
    let second = fresh("sku");
    shop.change(&id, 1, shop.product("Polished Satchel", &[&second])).await.expect(200);
    let by_second = format!("q={second}");
    shop.found(&by_second, "the new variant", |hit| hit["title"] == "Polished Satchel").await;
    eventually("the withdrawn variant is gone", PROJECTION, || async {
        let hits = operator.get(&format!("/search?q={id}&limit=5")).await.expect(200).body;
        hits["hits"].as_array().unwrap().iter().all(|hit| hit["sku"] != id.as_str()).then_some(())
    })
    .await;
    operator.send(Method::DELETE, &admin(&id), &[("if-match", "\"2\"")], None).await.expect(204);
    eventually("the product is gone", PROJECTION, || async {
        let found = operator.get(&format!("/search?{by_second}")).await.expect(200).body;
        (!ids(&found["hits"]).contains(&id)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn typing_errors_filters_and_orders_find_the_right_products() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (word, mut listed) = (word(), Vec::new());
    for (title, amount, average) in
        [("Leather Backpack", 20_000, 4.5), ("Canvas Backpack", 8_000, 3.5), ("Felt Hat", 3_000, 2.0)]
    {
        let id = fresh("prod");
        let mut body = shop.product(&format!("{title} {word}"), &[&id]);
        body["rating"] = json!({ "average": average, "count": 10 });
        operator.put(&admin(&id), body).await.expect(201);
        price(&operator, &id, amount).await;
        shop.found(&format!("q={id}"), title, |hit| hit["price"]["amount"] == amount).await;
        listed.push(id);
    }
    let search = async |query: &str| operator.get(&format!("/search?{query}")).await.expect(200).body;
    let misspelt = search(&format!("q=lether+bakpack+{word}")).await;
    assert_eq!(ids(&misspelt["hits"])[0], listed[0], "{misspelt}");
    assert!(misspelt["hits"][0]["highlights"]["title"].as_str().unwrap().contains("<em>Leather</em>"), "{misspelt}");
    let category = &shop.category_id;
    let all = search(&format!("category={category}&sort=price_asc")).await;
    let cheapest_first: Vec<_> = listed.iter().rev().cloned().collect();
    assert_eq!((ids(&all["hits"]), &all["total"]), (cheapest_first, &json!(3)));
    assert_eq!(ids(&search(&format!("category={category}&sort=price_desc")).await["hits"]), listed);
    assert_eq!(ids(&search(&format!("category={category}&sort=rating")).await["hits"]), listed);
    assert_eq!(
        ids(&search(&format!("category={category}&min_price=3001&max_price=8000")).await["hits"]),
        [listed[1].clone()]
    );
    assert_eq!(ids(&search(&format!("category={category}&min_rating=4")).await["hits"]), [listed[0].clone()]);
    assert_eq!(search(&format!("category={category}&in_stock=true")).await["total"], 0);
    let own = json!({ "category_id": category, "name": "Backpacks", "count": 3 });
    // Each category counts what it would bring, with all filters but that of the category.
    let narrowed = search(&format!("q={word}&category={category}")).await;
    assert_eq!(narrowed["facets"]["categories"], json!([own]));
    assert_eq!(all["facets"]["prices"][1], json!({ "min_price": 2500, "max_price": 4999, "count": 1 }));
    assert_eq!(all["facets"]["ratings"][0], json!({ "min_rating": 4, "count": 1 }));
    let suggested = operator.get(&format!("/search/suggestions?q=leather+backpack+{}", &word[..8])).await.expect(200);
    assert_eq!(suggested.body["suggestions"][0]["product_id"], listed[0].as_str(), "{}", suggested.body);
}

#[tokio::test]
async fn attributes_and_sellers_filter_and_what_is_given_up_is_said() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let mut listed = Vec::new();
    for colour in ["teal", "maroon"] {
        let id = fresh("prod");
        let mut body = shop.product(&format!("{colour} Backpack"), &[&id]);
        body["attributes"] = json!({ "colour": colour });
        operator.put(&admin(&id), body).await.expect(201);
        shop.found(&format!("q={id}"), colour, |hit| hit["product_id"] == id.as_str()).await;
        listed.push(id);
    }
    let search = async |query: &str| {
        operator.get(&format!("/search?category={}&{query}", shop.category_id)).await.expect(200).body
    };
    let teal = search("attribute=colour%3Dteal").await;
    assert_eq!(ids(&teal["hits"]), [listed[0].clone()]);
    let both = search("attribute=colour%3Dteal&attribute=colour%3Dmaroon&sort=newest").await;
    assert_eq!(both["total"], 2);
    let colours = |answer: &Value| {
        let facets = answer["facets"]["attributes"].as_array().unwrap();
        facets.iter().find(|facet| facet["name"] == "colour").unwrap()["values"].clone()
    };
    assert_eq!(colours(&teal), json!([{ "value": "maroon", "count": 1 }, { "value": "teal", "count": 1 }]));
    let seller = both["facets"]["sellers"][0]["seller_id"].as_str().unwrap();
    assert_eq!(search(&format!("seller={seller}")).await["total"], 2);
    assert_eq!(search("seller=nobody").await["total"], 0);
    let given_up = search("q=teal+backpack+qqxxzz").await;
    assert_eq!(
        (ids(&given_up["hits"])[0].as_str(), &given_up["dropped_words"]),
        (listed[0].as_str(), &json!(["qqxxzz"]))
    );
    let many = "attribute=a%3Db&".repeat(21);
    let refused = operator.get(&format!("/search?{}", many.trim_end_matches('&'))).await;
    refused.expect_problem(400, "invalid-request").about_field("attribute");
}

#[tokio::test]
async fn every_product_stands_on_exactly_one_page() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let mut listed = HashSet::new();
    for product in 0..7 {
        let id = fresh("prod");
        let skus: Vec<String> = (0..5).map(|variant| format!("{id}-{variant}")).collect();
        let skus: Vec<&str> = skus.iter().map(String::as_str).collect();
        operator.put(&admin(&id), shop.product("Backpack", &skus)).await.expect(201);
        for (variant, sku) in skus.iter().enumerate() {
            // The variants of all products are mixed in the order of their prices.
            price(&operator, sku, 1_000 + 100 * variant as i64 + product).await;
        }
        for (variant, sku) in skus.iter().enumerate() {
            let amount = 1_000 + 100 * variant as i64 + product;
            shop.found(&format!("q={sku}"), sku, |hit| hit["sku"] == *sku && hit["price"]["amount"] == amount).await;
        }
        listed.insert(id);
    }
    for order in ["price_asc", "price_desc", "relevance", "newest"] {
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let query = format!("/search?category={}&sort={order}&limit=2{cursor}", shop.category_id);
            let page = operator.get(&query).await.expect(200).body;
            assert_eq!(page["total"], 7, "{page}");
            seen.extend(ids(&page["hits"]));
            pages += 1;
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.iter().cloned().collect::<HashSet<_>>(), listed, "{order}");
        assert_eq!((seen.len(), pages), (7, 4), "{order}");
    }
}

/// Whoever looks for what is about to be there is not told from a cache that it is not.
#[tokio::test]
async fn that_nothing_was_found_is_kept_by_no_cache() {
    let nothing = stack().guest().get(&format!("/search?q={}", word())).await.expect(200);
    assert_eq!((&nothing.body["hits"], nothing.header("cache-control")), (&json!([]), "public, no-cache"));
    let all = stack().guest().get("/search").await.expect(200);
    assert!(all.body["hits"] == json!([]) || all.header("cache-control").contains("s-maxage=1"), "{}", all.body);
}

#[tokio::test]
async fn a_search_that_cannot_be_is_refused_by_parameter() {
    let guest = stack().guest();
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("sort=best", "sort"),
        ("min_price=-1", "min_price"),
        ("max_price=1.5", "max_price"),
        ("min_rating=6", "min_rating"),
        ("min_rating=NaN", "min_rating"),
        ("in_stock=perhaps", "in_stock"),
        ("category=no+id", "category"),
        ("seller=no+id", "seller"),
        ("attribute=colour", "attribute"),
        ("attribute=%3Dred", "attribute"),
        ("query=x", "query"),
        ("cursor=x", "cursor"),
    ] {
        let refused = guest.get(&format!("/search?{query}")).await;
        refused.expect_problem(400, "invalid-request").about_field(parameter);
    }
    guest.get("/search?min_price=2&max_price=1").await.expect_problem(422, "unprocessable").about_field("min_price");
    guest.get(&format!("/search?q={}", "x".repeat(201))).await.expect_problem(400, "invalid-request").about_field("q");
    guest.get("/search/suggestions").await.expect_problem(400, "invalid-request").about_field("q");
}

#[tokio::test]
async fn a_cursor_belongs_to_its_query() {
    let guest = stack().guest();
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    for _ in 0..2 {
        let id = shop.list("Backpack").await;
        shop.found(&format!("q={id}"), "indexed", |hit| hit["product_id"] == id.as_str()).await;
    }
    let category = &shop.category_id;
    let page = guest.get(&format!("/search?category={category}&limit=1")).await.expect(200).body;
    let cursor = page["cursor"].as_str().expect("there is more");
    guest.get(&format!("/search?category={category}&limit=2&cursor={cursor}")).await.expect(200);
    let elsewhere = guest.get(&format!("/search?limit=1&cursor={cursor}")).await;
    elsewhere.expect_problem(400, "invalid-request").about_field("cursor");
}
