//! The API about itself.

use reqwest::Method;

use crate::{architecture::root, support::stack};

#[tokio::test]
async fn the_description_that_is_served_is_the_one_in_the_repository() {
    let guest = stack().guest();
    let reply = guest.get("/openapi.json").await.expect(200);
    let written = std::fs::read_to_string(root().join("docs/openapi.json")).unwrap();
    assert_eq!(reply.body, serde_json::from_str::<serde_json::Value>(&written).unwrap());
    assert_eq!(reply.header("cache-control"), "public, max-age=3600");
    let etag = reply.header("etag").to_owned();
    guest.send(Method::GET, "/openapi.json", &[("if-none-match", &etag)], None).await.expect(304);
}
