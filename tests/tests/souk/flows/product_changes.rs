//! Attributes that categories define, and one change of many products, through HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PROJECTION, Shop, admin, eventually, fresh, stack};

fn outcomes(answer: &Value) -> Vec<String> {
    let told = |product: &Value| match product["outcome"].as_str().unwrap() {
        "refused" => format!("{} {}", product["problem"]["status"], product["problem"]["errors"][0]["field"]),
        outcome => format!("{outcome} {}", product["version"]),
    };
    answer["products"].as_array().unwrap().iter().map(told).collect()
}

#[tokio::test]
async fn a_category_says_which_attributes_its_products_have() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let at = format!("/admin/categories/{}", shop.category_id);
    let defined = |attributes: Value| json!({ "name": "Backpacks", "attributes": attributes });
    let attributes = json!([
        { "name": "litres", "takes": { "type": "number", "unit": "l" }, "required": true },
        { "name": "frame", "takes": { "type": "boolean" } },
        { "name": "size", "takes": { "type": "choice", "of": ["S", "M"] } },
        { "name": "maker's note", "takes": { "type": "text" }, "facet": false },
    ]);
    for (bad, named) in [
        (json!([{ "name": "a=b", "takes": { "type": "text" } }]), "attributes[0].name"),
        (json!([{ "name": "a", "takes": { "type": "choice", "of": [] } }]), "attributes[0].takes.of"),
    ] {
        let put = operator.send(Method::PUT, &at, &[("if-match", "\"1\"")], Some(defined(bad))).await;
        put.expect_problem(400, "invalid-request").about_field(named);
    }
    let put = operator.send(Method::PUT, &at, &[("if-match", "\"1\"")], Some(defined(attributes.clone()))).await;
    assert_eq!(
        put.expect(200).body["attributes"][0],
        json!({
            "name": "litres", "takes": { "type": "number", "unit": "l" }, "required": true, "facet": true,
        })
    );
    // A category below it asks for the same.
    let below = fresh("cat");
    let child = json!({ "name": "Day packs", "parent_id": shop.category_id });
    operator.put(&format!("/admin/categories/{below}"), child).await.expect(201);
    let [small, large] = [fresh("prod"), fresh("prod")];
    let product = |id: &str, of_product: Value, of_variant: Value| {
        let mut body = shop.product("Trail Backpack", &[id]);
        body["category_id"] = json!(below);
        body["attributes"] = of_product;
        body["variants"][0]["attributes"] = of_variant;
        body
    };
    for (of_product, of_variant, named) in [
        (json!({}), json!({}), "attributes.litres"),
        (json!({ "litres": "many" }), json!({}), "attributes.litres"),
        (json!({ "litres": 5 }), json!({ "size": "XL" }), "variants[0].attributes.size"),
        (json!({ "litres": 5, "frame": "perhaps" }), json!({}), "attributes.frame"),
    ] {
        let put = operator.put(&admin(&small), product(&small, of_product, of_variant)).await;
        put.expect_problem(422, "unprocessable").about_field(named);
    }
    let note = json!({ "litres": "18 l", "frame": "no", "maker's note": "A note", "colour": "red" });
    let put = operator.put(&admin(&small), product(&small, note, json!({ "size": "S" }))).await.expect(201);
    assert_eq!((&put.body["attributes"]["litres"], &put.body["attributes"]["frame"]), (&json!(18), &json!(false)));
    operator.put(&admin(&large), product(&large, json!({ "litres": 45.5 }), json!({}))).await.expect(201);
    let query = format!("/search?category={}", shop.category_id);
    let both = eventually("both are counted", PROJECTION, || async {
        let found = operator.get(&query).await.expect(200).body;
        (found["facets"]["numbers"][0]["count"] == 2).then_some(found)
    })
    .await;
    let litres = json!([{ "name": "litres", "unit": "l", "least": 18.0, "most": 45.5, "count": 2 }]);
    assert_eq!(both["facets"]["numbers"], litres);
    let names: Vec<_> = both["facets"]["attributes"].as_array().unwrap().iter().map(|facet| &facet["name"]).collect();
    assert_eq!(names, ["colour", "frame", "size"], "neither the number nor the note is counted by its values");
    let found = operator.get(&format!("{query}&range=litres%3D20..")).await.expect(200).body;
    assert_eq!((found["hits"].as_array().unwrap().len(), &found["hits"][0]["product_id"]), (1, &json!(large)));
    assert_eq!(found["facets"]["numbers"], litres, "without its own filter");
    for bad in ["range=litres", "range=litres%3D2..1", "range=a%3D1..&range=a%3D..2"] {
        operator.get(&format!("/search?{bad}")).await.expect_problem(400, "invalid-request").about_field("range");
    }
}

#[tokio::test]
async fn one_change_is_made_to_many_products_each_judged_by_itself() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let path = "/admin/product-changes";
    let (a, b) = (shop.list("A").await, shop.list("B").await);
    let mut full = shop.product("C", &[&fresh("sku")]);
    full["tags"] = json!((0..20).map(|n| format!("t{n}")).collect::<Vec<_>>());
    let c = fresh("prod");
    operator.put(&admin(&c), full).await.expect(201);
    let body = json!({ "of": { "product_ids": [a, b, c, fresh("prod")] }, "change": { "add_tags": ["Sale"], "brand": "Hide" } });
    let changed = operator.post(path, body.clone()).await.expect(200).body;
    assert_eq!(outcomes(&changed)[..3], ["changed 2", "changed 2", "400 \"tags\""]);
    assert_eq!((&changed["products"][3]["problem"]["status"], &changed["cursor"]), (&json!(404), &Value::Null));
    assert_eq!(outcomes(&operator.post(path, body).await.expect(200).body)[..2], ["unchanged 2", "unchanged 2"]);
    let read = operator.get(&admin(&a)).await.expect(200).body;
    assert_eq!((&read["tags"], &read["brand"], &read["title"]), (&json!(["sale"]), &json!("Hide"), &json!("A")));
    for (of, change, status, named) in [
        (json!({ "product_ids": [] }), json!({ "brand": "X" }), 400, "of.product_ids"),
        (json!({ "product_ids": [a, a] }), json!({ "brand": "X" }), 422, "of.product_ids[1]"),
        (json!({ "product_ids": [a] }), json!({}), 400, "change"),
        (json!({ "product_ids": [a] }), json!({ "add_tags": ["!"] }), 400, "change.add_tags[0]"),
    ] {
        let refused = operator.post(path, json!({ "of": of, "change": change })).await;
        let kind = if status == 400 { "invalid-request" } else { "unprocessable" };
        refused.expect_problem(status, kind).about_field(named);
    }
    let forged = json!({ "of": { "category_id": shop.category_id }, "change": { "brand": "X" }, "cursor": "AAAA" });
    operator.post(path, forged).await.expect_problem(400, "invalid-request");
    let (guest, shopper) = (stack().guest(), stack().sign_in("shopper").await);
    guest.post(path, json!({})).await.expect(401);
    shopper.post(path, json!({})).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn a_whole_category_moves_in_steps_of_a_hundred() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let to = fresh("cat");
    operator.put(&format!("/admin/categories/{to}"), json!({ "name": "Packs" })).await.expect(201);
    let ids: Vec<_> = (0..130).map(|_| fresh("prod")).collect();
    for ids in ids.chunks(65) {
        let rows: Vec<_> =
            ids.iter().map(|id| json!({ "product_id": id, "product": shop.product("Pack", &[id]) })).collect();
        operator.post("/admin/products", json!({ "rows": rows })).await.expect(200);
    }
    let all = eventually("all have moved", PROJECTION, || async {
        let (mut moved, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let mut body = json!({ "of": { "category_id": shop.category_id }, "change": { "category_id": to } });
            if !cursor.is_null() {
                body["cursor"] = cursor;
            }
            let answer = operator.post("/admin/product-changes", body).await.expect(200).body;
            assert!(answer["products"].as_array().unwrap().len() <= 100);
            moved.extend(outcomes(&answer));
            cursor = answer["cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        let mut there = 0;
        for id in &ids {
            let read = operator.get(&admin(id)).await.expect(200).body;
            there += usize::from(read["category_id"] == to.as_str());
        }
        (there == ids.len()).then_some(moved)
    })
    .await;
    assert!(all.iter().all(|outcome| !outcome.starts_with("4")), "{all:?}");
}
