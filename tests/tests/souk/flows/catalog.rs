use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Rows, Shop, admin, fresh, stack};

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
        ("variants", json!([{ "sku": sku, "weight": "1,2 kg" }]), "variants[0].weight"),
        ("variants", json!([{ "sku": sku, "weight": "30 cm" }]), "variants[0].weight"),
        (
            "variants",
            json!([{ "sku": sku, "dimensions": { "length": "30 cm", "width": "20 cm", "height": "0 m" } }]),
            "variants[0].dimensions.height",
        ),
        ("category_id", json!("no id!"), "category_id"),
        ("further_category_ids", json!(["no id!"]), "further_category_ids[0]"),
        ("collection_ids", json!(["a", "no id!"]), "collection_ids[1]"),
        ("tags", json!(["a", ""]), "tags[1]"),
        ("brand", json!("x".repeat(101)), "brand"),
        ("condition", json!("worn"), "condition"),
        ("tags", json!(["x".repeat(41)]), "tags[0]"),
    ] {
        operator.put(&path, with(field, value)).await.expect_problem(400, "invalid-request").about_field(named);
    }
    operator.put(&path, with("price", json!(100))).await.expect_problem(400, "invalid-request");
    for field in ["category_id", "seller_id"] {
        let nowhere = with(field, json!(fresh("nowhere")));
        operator.put(&path, nowhere).await.expect_problem(422, "unprocessable").about_field(field);
    }
    for field in ["further_category_ids", "collection_ids"] {
        let nowhere = with(field, json!([fresh("nowhere")]));
        operator.put(&path, nowhere).await.expect_problem(422, "unprocessable").about_field(&format!("{field}[0]"));
    }
    let twice = with("further_category_ids", json!([shop.category_id]));
    let twice = operator.put(&path, twice).await;
    twice.expect_problem(422, "unprocessable").about_field("further_category_ids[0]");
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
async fn many_products_are_put_at_once_and_each_is_judged_by_itself() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (a, b, c) = (fresh("prod"), fresh("prod"), fresh("prod"));
    let row = |id: &str, title: &str| json!({ "product_id": id, "product": shop.product(title, &[id]) });
    let seen = |id: &str, title: &str, version: u64| json!({ "product_id": id, "if_match": version, "product": shop.product(title, &[id]) });
    let rows = Rows::put(&operator, "products", &[row(&a, "A"), row(&b, "B"), row(&c, "")]).await;
    assert_eq!(rows.outcomes(), ["created 1", "created 1", "400 invalid-request"]);
    assert_eq!(rows.field(2), "product.title");
    let mut nowhere = row(&c, "C");
    nowhere["product"]["seller_id"] = json!(fresh("nowhere"));
    let again = [
        row(&a, "A"),
        row(&b, "B two"),
        nowhere,
        json!({ "product_id": fresh("prod"), "product": shop.product("Copy", &[&a]) }),
        row(&a, "A"),
        json!({ "product_id": "no id!", "product": shop.product("E", &[&fresh("sku")]) }),
        seen(&fresh("prod"), "D", 1),
    ];
    let rows = Rows::put(&operator, "products", &again).await;
    let told = [
        "unchanged 1",
        "428 if-match-required",
        "422 unprocessable",
        "409 sku-taken",
        "422 unprocessable",
        "400 invalid-request",
        "412 stale-version",
    ];
    assert_eq!(rows.outcomes(), told);
    assert_eq!((&rows.problem(1)["present_version"], rows.field(2)), (&json!(1), "product.seller_id"));
    assert_eq!((rows.field(4), rows.field(5)), ("product_id", "product_id"));
    let rows = Rows::put(&operator, "products", &[seen(&a, "A two", 1), seen(&b, "B two", 7), row(&c, "C")]).await;
    assert_eq!(rows.outcomes(), ["changed 2", "412 stale-version", "created 1"]);
    assert_eq!(rows.problem(1)["present_version"], 1);
    assert_eq!(operator.get(&admin(&a)).await.expect(200).text("title"), "A two");
    assert_eq!(operator.get(&admin(&b)).await.expect(200).text("title"), "B");
}

#[tokio::test]
async fn what_is_no_body_of_rows_is_refused_as_a_whole() {
    let operator = stack().sign_in("operator").await;
    for collection in ["products", "prices", "inventory"] {
        let path = format!("/admin/{collection}");
        let many: Vec<_> = (0..101).map(|_| json!({})).collect();
        for body in [json!({ "rows": [] }), json!({ "rows": many })] {
            operator.post(&path, body).await.expect_problem(400, "invalid-request").about_field("rows");
        }
        for body in [json!({}), json!([]), json!({ "rows": [{}], "all": true })] {
            operator.post(&path, body).await.expect_problem(400, "invalid-request");
        }
        let large = json!({ "rows": [{ "product_id": "x".repeat(1024 * 1024) }] });
        operator.post(&path, large).await.expect_problem(413, "body-too-large");
    }
}

#[tokio::test]
async fn rows_are_for_operators() {
    let (guest, shopper) = (stack().guest(), stack().sign_in("shopper").await);
    for collection in ["products", "prices", "inventory"] {
        let (path, body) = (format!("/admin/{collection}"), json!({ "rows": [{}] }));
        guest.post(&path, body.clone()).await.expect(401);
        shopper.post(&path, body).await.expect_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn the_catalog_is_for_operators() {
    let (guest, shopper) = (stack().guest(), stack().sign_in("shopper").await);
    for path in ["/admin/products/p", "/admin/categories/c", "/admin/collections/c", "/admin/sellers/s"] {
        for method in [Method::GET, Method::PUT] {
            let body = (method == Method::PUT).then(|| json!({}));
            guest.send(method.clone(), path, &[], body.clone()).await.expect(401);
            shopper.send(method, path, &[], body).await.expect_problem(403, "forbidden");
        }
    }
    shopper.delete("/admin/products/p").await.expect_problem(403, "forbidden");
}
