use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Shelf, eventually, fresh, stack};

/// Longer than a checkout goes without reading the table of warehouses.
const KNOWN_WITHIN: Duration = Duration::from_secs(100);

fn site(country: &str, region: Option<&str>, priority: u32) -> Value {
    json!({ "area": { "country": country, "region": region }, "priority": priority })
}

/// The warehouse that holds the units of a checkout that goes there.
async fn sender(shopper: &Api, operator: &Api, sku: &str, ship_to: Value) -> String {
    let body = json!({ "lines": [{ "sku": sku, "quantity": 1 }], "ship_to": ship_to });
    let made = shopper.post("/checkouts", body).await.expect(201);
    let rows = operator.get(&format!("/admin/inventory/{sku}")).await.expect(200).body;
    let holder = rows["rows"].as_array().unwrap().iter().find(|row| row["reserved_quantity"] == 1).unwrap().clone();
    shopper.delete(&format!("/checkouts/{}", made.text("checkout_id"))).await.expect(204);
    holder["warehouse_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_order_is_sent_from_where_it_goes() {
    let operator = stack().sign_in("operator").await;
    let shopper = Api::new(&stack().api_url, Some(stack().person(&[]).await.sign_in(stack()).await.access));
    let shelf = Shelf::stocked(&operator, 900, 0).await;
    let (near, far) = (fresh("near"), fresh("afar"));
    for (place, details) in [(&near, site("IS", Some("Norðurland"), 7)), (&far, site("NZ", None, 7))] {
        operator.put(&format!("/admin/warehouses/{place}"), details.clone()).await.expect(201);
        operator.put(&format!("/admin/warehouses/{place}"), details).await.expect(200);
        shelf.also_in(place, 5).await;
    }
    eventually("the warehouses are known", KNOWN_WITHIN, || async {
        let of_iceland = sender(&shopper, &operator, &shelf.sku, json!({ "country": "IS" })).await;
        let of_new_zealand = sender(&shopper, &operator, &shelf.sku, json!({ "country": "NZ" })).await;
        (of_iceland == near && of_new_zealand == far).then_some(())
    })
    .await;
}

#[tokio::test]
async fn warehouses_are_described_by_operators_and_by_nobody_else() {
    let (operator, shopper) = (stack().sign_in("operator").await, stack().sign_in("shopper").await);
    let id = fresh("site");
    let path = format!("/admin/warehouses/{id}");
    operator.get(&path).await.expect_problem(404, "not-found");
    let created = operator.put(&path, site("US", Some("TN"), 3)).await.expect(201);
    assert_eq!((created.header("etag"), &created.body["area"]["region"]), ("\"1\"", &json!("TN")));
    operator.put(&path, site("US", Some("NV"), 3)).await.expect_problem(428, "if-match-required");
    let change = async |etag: &str| {
        operator.send(Method::PUT, &path, &[("if-match", etag)], Some(site("US", Some("NV"), 3))).await
    };
    change("\"7\"").await.expect_problem(412, "stale-version");
    assert_eq!(change("\"1\"").await.expect(200).header("etag"), "\"2\"");
    assert_eq!(operator.get(&path).await.expect(200).body["area"]["region"], "NV");
    let all = operator.get("/admin/warehouses").await.expect(200).body;
    assert!(all["warehouses"].as_array().unwrap().iter().any(|it| it["warehouse_id"] == id.as_str()), "{all}");
    for (bad, field) in [
        (site("XX", None, 1), "area.country"),
        (site("US", Some("\n"), 1), "area.region"),
        (site("US", None, 1_000_001), "priority"),
    ] {
        operator.put(&path, bad).await.expect_problem(400, "invalid-request").about_field(field);
    }
    operator.put(&path, json!({ "area": { "country": "US" } })).await.expect_problem(400, "invalid-request");
    let lines = json!({ "lines": [{ "sku": "sku", "quantity": 1 }], "ship_to": { "country": "XX" } });
    shopper.post("/checkouts", lines).await.expect_problem(400, "invalid-request").about_field("ship_to.country");
    shopper.get(&path).await.expect_problem(403, "forbidden");
    shopper.get("/admin/warehouses").await.expect_problem(403, "forbidden");
    shopper.put(&path, site("US", None, 1)).await.expect_problem(403, "forbidden");
}
