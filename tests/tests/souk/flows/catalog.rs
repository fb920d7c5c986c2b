use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Shop, admin, fresh, stack};

#[tokio::test]
async fn a_product_is_created_read_changed_deleted_and_put_back() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let id = fresh("prod");
    let path = admin(&id);
    let body = shop.product("Leather Backpack", &[&id]);
    let created = operator.put(&path, body.clone()).await.expect(201);
    assert_eq!((created.header("etag"), &created.body["version"]), ("\"1\"", &json!(1)));
    let read = operator.get(&path).await.expect(200);
    assert_eq!((read.header("etag"), read.text("title")), ("\"1\"", "Leather Backpack"));
    // Equal to what is there: nothing changes, with or without the version.
    assert_eq!(operator.put(&path, body.clone()).await.expect(200).header("etag"), "\"1\"");
    assert_eq!(shop.change(&id, 1, body.clone()).await.expect(200).header("etag"), "\"1\"");
    let renamed = shop.product("Canvas Backpack", &[&id]);
    assert_eq!(shop.change(&id, 1, renamed.clone()).await.expect(200).header("etag"), "\"2\"");
    let stale = shop.change(&id, 1, renamed).await.expect_problem(412, "stale-version");
    assert_eq!(stale.header("etag"), "\"2\"");
    operator.delete(&path).await.expect_problem(428, "if-match-required");
    operator.send(Method::DELETE, &path, &[("if-match", "\"2\"")], None).await.expect(204);
    operator.get(&path).await.expect_problem(404, "not-found");
    operator.send(Method::DELETE, &path, &[("if-match", "\"3\"")], None).await.expect_problem(404, "not-found");
    assert_eq!(operator.put(&path, body).await.expect(201).header("etag"), "\"4\"", "versions only rise");
}

#[tokio::test]
async fn a_product_that_cannot_be_is_refused_by_field() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let path = admin(&fresh("prod"));
    let sku = fresh("sku");
    let with = |field: &str, value: Value| {
        let mut body = shop.product("Leather Backpack", &[&sku]);
        body[field] = value;
        body
    };
    for (field, value, named) in [
        ("title", json!(""), "title"),
        ("title", json!("x".repeat(201)), "title"),
        ("description", json!("x".repeat(10_001)), "description"),
        ("rating", json!({ "average": 5.5, "count": 1 }), "rating.average"),
        ("rating", json!({ "average": 4, "count": -1 }), "rating.count"),
        ("images", json!([{ "url": "http://x.example/a.png", "alt": "" }]), "images[0].url"),
        ("variants", json!([]), "variants"),
        ("variants", json!([{ "sku": "not a sku" }]), "variants[0].sku"),
        ("category_id", json!("no id!"), "category_id"),
    ] {
        operator.put(&path, with(field, value)).await.expect_problem(400, "invalid-request").about_field(named);
    }
    operator.put(&path, with("price", json!(100))).await.expect_problem(400, "invalid-request");
    for field in ["category_id", "seller_id"] {
        let nowhere = with(field, json!(fresh("nowhere")));
        operator.put(&path, nowhere).await.expect_problem(422, "unprocessable").about_field(field);
    }
    let twice = with("variants", json!([{ "sku": sku }, { "sku": sku }]));
    operator.put(&path, twice).await.expect_problem(422, "unprocessable").about_field("variants[1].sku");
    operator.put(&admin("no%20id"), with("title", json!("T"))).await.expect_problem(400, "invalid-request");
    let early = operator.send(Method::PUT, &path, &[("if-match", "\"1\"")], Some(with("title", json!("T")))).await;
    early.expect_problem(412, "stale-version");
    operator.get(&path).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_change_without_the_version_is_refused() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let id = shop.list("Leather Backpack").await;
    let changed = shop.product("Canvas Backpack", &[&id]);
    operator.put(&admin(&id), changed).await.expect_problem(428, "if-match-required");
    for (path, body) in [
        (format!("/admin/categories/{}", shop.category_id), json!({ "name": "Packs" })),
        (format!("/admin/sellers/{}", shop.seller_id), json!({ "name": "Hide" })),
    ] {
        operator.put(&path, body.clone()).await.expect_problem(428, "if-match-required");
        let put = operator.send(Method::PUT, &path, &[("if-match", "\"1\"")], Some(body.clone())).await.expect(200);
        assert_eq!((put.header("etag"), &put.body["name"]), ("\"2\"", &body["name"]));
        let stale = operator.send(Method::PUT, &path, &[("if-match", "\"1\"")], Some(body.clone())).await;
        stale.expect_problem(412, "stale-version");
        let read = operator.get(&path).await.expect(200);
        assert_eq!((read.header("etag"), &read.body["name"]), ("\"2\"", &body["name"]));
    }
}

#[tokio::test]
async fn a_sku_of_another_product_is_refused_with_whose_it_is() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let owner = shop.list("Leather Backpack").await;
    let thief = operator.put(&admin(&fresh("prod")), shop.product("Copy", &[&owner])).await;
    let problem = thief.expect_problem(409, "sku-taken");
    assert_eq!((problem.text("sku"), problem.text("product_id")), (owner.as_str(), owner.as_str()));
}

#[tokio::test]
async fn a_category_stands_under_one_that_exists_and_never_under_itself() {
    let operator = stack().sign_in("operator").await;
    let (top, below) = (fresh("cat"), fresh("cat"));
    let path = |id: &str| format!("/admin/categories/{id}");
    operator.put(&path(&top), json!({ "name": "Bags" })).await.expect(201);
    operator.put(&path(&below), json!({ "name": "Packs", "parent_id": top })).await.expect(201);
    let cycle = json!({ "name": "Bags", "parent_id": below });
    let cycle = operator.send(Method::PUT, &path(&top), &[("if-match", "\"1\"")], Some(cycle)).await;
    cycle.expect_problem(422, "unprocessable").about_field("parent_id");
    let orphan = json!({ "name": "Hats", "parent_id": fresh("nowhere") });
    operator.put(&path(&fresh("cat")), orphan).await.expect_problem(422, "unprocessable").about_field("parent_id");
    for body in [json!({ "name": "" }), json!({}), json!({ "name": "Hats", "colour": "red" })] {
        operator.put(&path(&fresh("cat")), body).await.expect_problem(400, "invalid-request");
    }
    operator.get(&path(&fresh("nowhere"))).await.expect_problem(404, "not-found");
    operator.get(&format!("/admin/sellers/{}", fresh("nowhere"))).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn the_catalog_is_for_operators() {
    let (guest, shopper) = (stack().guest(), stack().sign_in("shopper").await);
    for path in ["/admin/products/p", "/admin/categories/c", "/admin/sellers/s"] {
        for method in [Method::GET, Method::PUT] {
            let body = (method == Method::PUT).then(|| json!({}));
            guest.send(method.clone(), path, &[], body.clone()).await.expect(401);
            shopper.send(method, path, &[], body).await.expect_problem(403, "forbidden");
        }
    }
    shopper.delete("/admin/products/p").await.expect_problem(403, "forbidden");
}
