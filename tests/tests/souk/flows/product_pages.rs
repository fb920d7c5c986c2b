use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{PROJECTION, Reply, Shop, eventually, fresh, stack};

/// Hints of stock are gathered for a minute, where the stack is not told to be quicker.
const HINT: Duration = Duration::from_secs(100);

#[tokio::test]
async fn a_page_shows_names_price_and_stock_once_they_are_known() {
    let operator = stack().sign_in("operator").await;
    let guest = stack().guest();
    let shop = Shop::open(&operator).await;
    let id = shop.list("Leather Backpack").await;
    let path = format!("/products/{id}");
    let seen = async |what: &str, within: Duration, is_it: &dyn Fn(&Reply) -> bool| {
        eventually(what, within, || async {
            let reply = guest.get(&path).await;
            is_it(&reply).then_some(reply)
        })
        .await
    };
    let bare = seen("the page", PROJECTION, &|page| page.status == 200).await;
    assert_eq!((&bare.body["variants"][0]["price"], bare.text("title")), (&json!(null), "Leather Backpack"));
    assert_eq!(bare.header("cache-control"), "public, no-cache", "it is about to change");
    let price = json!({ "price": { "amount": 12_900, "currency": "USD" } });
    operator.put(&format!("/admin/prices/{id}"), price).await.expect(201);
    operator.put(&format!("/admin/inventory/{id}/w1"), json!({ "quantity": 3 })).await.expect(201);
    let full = seen("price and stock", HINT, &|page| {
        let variant = &page.body["variants"][0];
        variant["price"]["amount"] == 12_900 && variant["availability"]["left"] == 3
    })
    .await;
    assert_eq!(full.body["variants"][0]["availability"]["label"], "Only 3 left");
    assert_eq!(
        (&full.body["categories"][0]["name"], &full.body["seller"]["name"]),
        (&json!("Backpacks"), &json!("Harbour & Hide"))
    );
    assert!(full.header("cache-control").contains("s-maxage=300"), "{}", full.header("cache-control"));
    let etag = full.header("etag").to_owned();
    guest.send(Method::GET, &path, &[("if-none-match", &etag)], None).await.expect(304);
}

#[tokio::test]
async fn a_page_that_is_not_there_is_404_and_no_id_is_400() {
    let guest = stack().guest();
    guest.get(&format!("/products/{}", fresh("nothing"))).await.expect_problem(404, "not-found");
    guest.get("/products/no%20id").await.expect_problem(400, "invalid-request").about_field("product_id");
}

#[tokio::test]
async fn a_new_name_of_category_or_seller_reaches_the_pages_that_show_it() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let id = shop.list("Leather Backpack").await;
    shop.found(&format!("q={id}"), "the old names", |hit| hit["seller_name"] == "Harbour & Hide").await;
    let parent = fresh("cat");
    operator.put(&format!("/admin/categories/{parent}"), json!({ "name": "Bags" })).await.expect(201);
    for (path, body) in [
        (format!("/admin/categories/{}", shop.category_id), json!({ "name": "Rucksacks", "parent_id": parent })),
        (format!("/admin/sellers/{}", shop.seller_id), json!({ "name": "Hide & Harbour" })),
    ] {
        operator.send(Method::PUT, &path, &[("if-match", "\"1\"")], Some(body)).await.expect(200);
    }
    shop.found(&format!("q={id}&category={parent}"), "the new names, also from above", |hit| {
        hit["category_names"] == json!(["Bags", "Rucksacks"]) && hit["seller_name"] == "Hide & Harbour"
    })
    .await;
}

#[tokio::test]
async fn the_tree_nests_and_a_category_shows_its_way() {
    let operator = stack().sign_in("operator").await;
    let guest = stack().guest();
    let (top, below) = (fresh("cat"), fresh("cat"));
    operator.put(&format!("/admin/categories/{top}"), json!({ "name": "Bags" })).await.expect(201);
    operator.put(&format!("/admin/categories/{below}"), json!({ "name": "Packs", "parent_id": top })).await.expect(201);
    let path = format!("/categories/{below}");
    let category = eventually("the category", PROJECTION, || async {
        let reply = guest.get(&path).await;
        (reply.status == 200 && reply.body["path"].as_array().unwrap().len() == 2).then_some(reply)
    })
    .await;
    assert_eq!(category.body["path"][0], json!({ "category_id": top, "name": "Bags" }));
    assert_eq!(category.body["children"], json!([]));
    let tree = eventually("the tree", PROJECTION, || async {
        let tree = guest.get("/categories").await.expect(200).body;
        tree["categories"].as_array().unwrap().iter().find(|node| node["category_id"] == top.as_str()).cloned()
    })
    .await;
    assert_eq!(tree["children"][0]["category_id"], below.as_str());
    guest.get(&format!("/categories/{}", fresh("nothing"))).await.expect_problem(404, "not-found");
    guest.get("/categories/no%20id").await.expect_problem(400, "invalid-request");
}
