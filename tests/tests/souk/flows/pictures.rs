use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, PROJECTION, Reply, Shop, admin, eventually, fresh, png, sent_by_form, stack};

fn list_of(product_id: &str) -> String {
    format!("{}/pictures", admin(product_id))
}

/// Sends a file as the form says; the picture's id.
async fn sent(operator: &Api, product_id: &str, content_type: &str, file: Vec<u8>) -> String {
    let asked = operator.post(&list_of(product_id), json!({ "content_type": content_type })).await.expect(201);
    let (status, said) = sent_by_form(&asked.body["form"], &[], file).await;
    assert_eq!(status, 204, "{said}");
    asked.body["picture"]["picture_id"].as_str().unwrap().to_owned()
}

/// A picture once it has been looked at.
async fn looked_at(operator: &Api, product_id: &str, picture_id: &str) -> Value {
    eventually("the picture", PROJECTION, || async {
        let list = operator.get(&list_of(product_id)).await.expect(200).body;
        let picture = list["pictures"].as_array().unwrap().iter().find(|one| one["picture_id"] == picture_id)?.clone();
        (picture["state"] != "awaited").then_some(picture)
    })
    .await
}

fn assert_harmless(picture: &Reply) {
    let policy = picture.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert!(!policy.contains("allow-scripts"), "{policy}");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_picture_is_served_for_a_year_and_the_bucket_shows_nothing_else() {
    let guest = stack().guest();
    let path = stack().picture("<svg/>").await;
    let picture = guest.get(&path).await.expect(200);
    assert_eq!((picture.header("content-type"), &picture.body), ("image/svg+xml", &"<svg/>".into()));
    assert_harmless(&picture);
    guest.get(&format!("/images/{}", fresh("nothing"))).await.expect(403);
}

#[tokio::test]
async fn a_picture_that_an_operator_sends_comes_in_widths_onto_page_and_hit() {
    let (operator, guest) = (stack().sign_in("operator").await, stack().guest());
    let shop = Shop::open(&operator).await;
    let id = shop.list("Leather Backpack").await;
    let picture_id = sent(&operator, &id, "image/png", png(700, 350)).await;
    let picture = looked_at(&operator, &id, &picture_id).await;
    let url = format!("/images/{picture_id}/700x350.jpg");
    assert_eq!((&picture["state"], &picture["url"]), (&json!("ready"), &json!(url)), "{picture}");
    let mut body = shop.product("Leather Backpack", &[&id]);
    body["images"] = json!([{ "url": url, "alt": "A backpack from the side" }]);
    shop.change(&id, 1, body).await.expect(200);
    let shown = eventually("the picture on the page", PROJECTION, || async {
        let page = guest.get(&format!("/products/{id}")).await;
        page.body["images"].get(0).cloned()
    })
    .await;
    assert_eq!((&shown["url"], &shown["alt"]), (&json!(url), &json!("A backpack from the side")));
    let sources: Vec<_> = shown["sources"].as_array().unwrap().iter().map(|one| &one["width"]).collect();
    assert_eq!(sources, [240, 480, 700]);
    let hit = shop.found(&format!("q={id}"), "the picture on the hit", |hit| hit["image"]["url"] == url.as_str()).await;
    assert_eq!(hit["image"], shown);
    for source in shown["sources"].as_array().unwrap() {
        let path = source["url"].as_str().unwrap();
        let file = guest.send(Method::HEAD, path, &[], None).await.expect(200);
        assert_eq!(file.header("content-type"), "image/jpeg");
        assert!(file.header("cache-control").contains("immutable"), "{}", file.header("cache-control"));
        assert_harmless(&file);
    }
    let path = format!("{}/{picture_id}", list_of(&id));
    operator.delete(&path).await.expect_problem(409, "picture-shown");
    guest.get(&format!("/uploads/{id}/{picture_id}")).await.expect(404);
}

#[tokio::test]
async fn a_picture_that_nobody_shows_can_be_deleted() {
    let operator = stack().sign_in("operator").await;
    let id = fresh("prod");
    let picture_id = sent(&operator, &id, "image/png", png(300, 300)).await;
    let picture = looked_at(&operator, &id, &picture_id).await;
    let file = picture["sources"][0]["url"].as_str().unwrap();
    operator.delete(&format!("{}/{picture_id}", list_of(&id))).await.expect(204);
    operator.delete(&format!("{}/{picture_id}", list_of(&id))).await.expect_problem(404, "not-found");
    stack().guest().get(file).await.expect(403);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_the_operator_sees_why() {
    let operator = stack().sign_in("operator").await;
    let id = fresh("prod");
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    for (content_type, file, reason) in [
        ("image/png", svg, "not-a-picture"),
        ("image/jpeg", png(100, 100), "other-type"),
        ("image/png", png(20, 20), "too-small"),
        ("image/png", png(100, 100)[..60].to_vec(), "unreadable"),
    ] {
        let picture_id = sent(&operator, &id, content_type, file).await;
        let picture = looked_at(&operator, &id, &picture_id).await;
        assert_eq!(
            (&picture["state"], &picture["refusal"]["reason"]),
            (&json!("refused"), &json!(reason)),
            "{picture}"
        );
        assert!(!picture["refusal"]["detail"].as_str().unwrap().is_empty());
        operator.delete(&format!("{}/{picture_id}", list_of(&id))).await.expect(204);
    }
    assert_eq!(operator.get(&list_of(&id)).await.expect(200).body["pictures"], json!([]));
}

#[tokio::test]
async fn a_form_takes_nothing_but_what_was_signed() {
    let operator = stack().sign_in("operator").await;
    let id = fresh("prod");
    let asked = operator.post(&list_of(&id), json!({ "content_type": "image/png" })).await.expect(201);
    let form = &asked.body["form"];
    for (field, value) in [
        ("Content-Type", "image/svg+xml"),
        ("Content-Type", "text/html"),
        ("key", "images/mine.svg"),
        ("key", "uploads/another/pic_0"),
    ] {
        assert_eq!(sent_by_form(form, &[(field, value)], png(100, 100)).await.0, 403, "{field} {value}");
    }
    let most = usize::try_from(form["max_bytes"].as_u64().unwrap()).unwrap();
    assert_eq!(sent_by_form(form, &[], vec![0; most + 1]).await.0, 400);
    assert_eq!(sent_by_form(form, &[], Vec::new()).await.0, 400);
    for content_type in ["image/svg+xml", "image/gif", "text/html", ""] {
        let refused = operator.post(&list_of(&id), json!({ "content_type": content_type })).await;
        refused.expect_problem(400, "invalid-request").about_field("content_type");
    }
}

#[tokio::test]
async fn a_product_shows_no_picture_that_is_not_its_own_and_none_without_words() {
    let operator = stack().sign_in("operator").await;
    let shop = Shop::open(&operator).await;
    let (id, other) = (fresh("prod"), fresh("prod"));
    let picture_id = sent(&operator, &other, "image/png", png(100, 100)).await;
    looked_at(&operator, &other, &picture_id).await;
    let with = |url: String, alt: &str| {
        let mut body = shop.product("Leather Backpack", &[&id]);
        body["images"] = json!([{ "url": url, "alt": alt }]);
        body
    };
    let url = format!("/images/{picture_id}/100x100.jpg");
    let stolen = operator.put(&admin(&id), with(url, "A backpack")).await;
    stolen.expect_problem(422, "unprocessable").about_field("images[0].url");
    let mute = operator.put(&admin(&id), with("https://images.souk.test/a.png".to_owned(), "")).await;
    mute.expect_problem(400, "invalid-request").about_field("images[0].alt");
}

#[tokio::test]
async fn pictures_are_for_operators() {
    let (guest, shopper) = (stack().guest(), stack().sign_in("shopper").await);
    let path = list_of("p");
    let one = format!("{path}/pic_{}", "0".repeat(32));
    guest.get(&path).await.expect(401);
    guest.post(&path, json!({ "content_type": "image/png" })).await.expect(401);
    shopper.get(&path).await.expect_problem(403, "forbidden");
    shopper.post(&path, json!({ "content_type": "image/png" })).await.expect_problem(403, "forbidden");
    shopper.delete(&one).await.expect_problem(403, "forbidden");
    let operator = stack().sign_in("operator").await;
    operator.delete(&one).await.expect_problem(404, "not-found");
    operator.delete(&format!("{path}/1")).await.expect_problem(400, "invalid-request").about_field("picture_id");
}
