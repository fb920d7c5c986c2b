use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{PROJECTION, Reply, Shop, admin, eventually, fresh, stack};

/// Changes of stock are gathered for a minute, where the stack is not told to be quicker.
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
    let full = seen("price and stock", PROJECTION, &|page| {
        let variant = &page.body["variants"][0];
        variant["price"]["amount"] == 12_900 && variant["availability"]["left"] == 3
    })
    .await;
    assert_eq!(full.body["variants"][0]["availability"]["label"], "Only 3 left");
    assert_eq!(
        (&full.body["categories"][0]["name"], &full.body["seller"]["name"]),
        (&json!("Backpacks"), &json!("Harbour & Hide"))
    );
    assert!(full.header("cache-control").contains("s-maxage=180"), "{}", full.header("cache-control"));
    let etag = full.header("etag").to_owned();
    for method in [Method::GET, Method::HEAD] {
        guest.send(method, &path, &[("if-none-match", &etag)], None).await.expect(304);
    }
    // It is kept by now, whatever advertisements hang on to its address.
    guest.get(&format!("{path}?utm_source=letter")).await.expect(200);
    let other = guest.get(&format!("{path}?utm_source=search&gclid=1")).await.expect(200);
    assert!(other.header("x-cache").starts_with("Hit"), "{}", other.header("x-cache"));
}

#[tokio::test]
async fn a_deleted_product_is_410_and_not_found_by_words_until_it_is_put_again() {
    let operator = stack().sign_in("operator").await;
    let guest = stack().guest();
    let shop = Shop::open(&operator).await;
    let id = shop.list("Leather Backpack").await;
    let path = format!("/products/{id}");
    shop.found(&format!("q={id}"), "it", |hit| hit["product_id"] == id.as_str()).await;
    guest.get(&path).await.expect(200);
    operator.send(Method::DELETE, &admin(&id), &[("if-match", "\"1\"")], None).await.expect(204);
    let gone = eventually("410", PROJECTION, || async {
        let page = guest.get(&path).await;
        (page.status != 200).then_some(page)
    })
    .await;
    gone.expect_problem(410, "product-deleted");
    let head = guest.send(Method::HEAD, &path, &[], None).await.expect(410);
    assert_eq!(head.header("content-type"), "application/problem+json");
    eventually("no hit", PROJECTION, || async {
        let found = guest.get(&format!("/search?q={id}")).await.expect(200);
        found.body["hits"].as_array().unwrap().iter().all(|hit| hit["product_id"] != id.as_str()).then_some(())
    })
    .await;
    operator.put(&admin(&id), shop.product("Leather Backpack", &[&id])).await.expect(201);
    eventually("its return", PROJECTION, || async { (guest.get(&path).await.status == 200).then_some(()) }).await;
}

#[tokio::test]
async fn products_are_listed_by_ids_and_those_that_are_missing_are_named() {
    let operator = stack().sign_in("operator").await;
    let guest = stack().guest();
    let shop = Shop::open(&operator).await;
    let (first, second, nobody) =
        (shop.list("Leather Backpack").await, shop.list("Canvas Backpack").await, fresh("no"));
    for id in [&first, &second] {
        eventually("the page", PROJECTION, || async {
            (guest.get(&format!("/products/{id}")).await.status == 200).then_some(())
        })
        .await;
    }
    let list = guest.get(&format!("/products?ids={second},{nobody},{first}&utm_source=mail")).await.expect(200);
    let products = list.body["products"].as_array().unwrap();
    let told: Vec<_> = products.iter().map(|one| (&one["product_id"], &one["title"])).collect();
    assert_eq!(told, [(&json!(second), &json!("Canvas Backpack")), (&json!(first), &json!("Leather Backpack"))]);
    assert_eq!((&products[0]["variants"][0]["sku"], &list.body["missing"]), (&json!(second), &json!([nobody])));
    for bad in ["", "?ids=", "?ids=a,a", "?ids=a%20b"] {
        let refused = guest.get(&format!("/products{bad}")).await;
        refused.expect_problem(400, "invalid-request").about_field("ids");
    }
}

/// A change of stock waits to be gathered with others; a row that is new does not.
#[tokio::test]
async fn the_first_hint_of_stock_comes_at_once_and_changes_are_gathered() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (old, new) = (shop.list("Leather Backpack").await, shop.list("Canvas Backpack").await);
    let left = async |id: &str| {
        let page = stack().guest().get(&format!("/products/{id}")).await;
        page.body["variants"][0]["availability"]["left"].as_u64()
    };
    let row = |id: &str| format!("/admin/inventory/{id}/w1");
    operator.put(&row(&old), json!({ "quantity": 3 })).await.expect(201);
    eventually("the old one's first hint", PROJECTION, || async { (left(&old).await == Some(3)).then_some(()) }).await;
    let count = operator.send(Method::PUT, &row(&old), &[("if-match", "\"1\"")], Some(json!({ "quantity": 2 }))).await;
    count.expect(200);
    operator.put(&row(&new), json!({ "quantity": 4 })).await.expect(201);
    eventually("the new one's first hint", PROJECTION, || async { (left(&new).await == Some(4)).then_some(()) }).await;
    assert_eq!(left(&old).await, Some(3), "its change, made before, is still being gathered");
    eventually("the old one's change", HINT, || async { (left(&old).await == Some(2)).then_some(()) }).await;
}

#[tokio::test]
async fn a_product_shows_the_stock_that_came_before_it_and_after_its_return() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (id, second) = (fresh("prod"), fresh("sku"));
    for (sku, units) in [(&id, 3), (&second, 1)] {
        operator.put(&format!("/admin/inventory/{sku}/w1"), json!({ "quantity": units })).await.expect(201);
    }
    // Without prices, so that no cache keeps the page.
    let shows = async |what: &str, labels: &[&str]| {
        eventually(what, PROJECTION, || async {
            let page = stack().guest().get(&format!("/products/{id}")).await;
            let variants = page.body["variants"].as_array().cloned().unwrap_or_default();
            let told = variants.iter().map(|variant| &variant["availability"]["label"]);
            (page.status == 200 && told.eq(labels)).then_some(())
        })
        .await
    };
    operator.put(&admin(&id), shop.product("Leather Backpack", &[&id])).await.expect(201);
    shows("the stock that came before", &["Only 3 left"]).await;
    let both = shop.product("Leather Backpack", &[&id, &second]);
    shop.change(&id, 1, both.clone()).await.expect(200);
    shows("the added variant's stock", &["Only 3 left", "Only 1 left"]).await;
    operator.send(Method::DELETE, &admin(&id), &[("if-match", "\"2\"")], None).await.expect(204);
    operator.put(&admin(&id), both).await.expect(201);
    shows("the stock after its return", &["Only 3 left", "Only 1 left"]).await;
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
