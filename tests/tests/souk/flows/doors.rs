//! What clients do not write, and people do who look for gaps: through the distribution, and at the API itself.

use std::fmt::Write as _;

use crate::support::{Door, stack};

const JSON: &str = "content-type: application/json";
const BODY: &str = r#"{"quantity": "x"}"#;

fn length(body: &str) -> String {
    format!("content-length: {}", body.len())
}

/// Nothing of it is an id, and nothing fails.
#[tokio::test]
async fn odd_paths_lead_nowhere() {
    for door in Door::both() {
        for target in [
            "/cart/items/a%2Fb",
            "/cart/items/%2e%2e",
            "/cart/items/../../orders",
            "/cart/items/..%2f..%2fadmin",
            "/cart/%2e%2e/orders",
            "/products/..%2fsearch",
            "//cart//items",
            "/cart/items/%00",
            "/cart/items/%FF",
            "/cart/",
            "/CART",
            "/categories/%2e",
            "/cart;x=1",
        ] {
            let answer = door.send("PUT", target, &["content-length: 0"], b"").await;
            let is_refused = [400, 401, 403, 404, 405, 415].contains(&answer.status);
            assert!(is_refused, "{} {target}: {}", door.name, answer.text);
        }
    }
}

#[tokio::test]
async fn a_body_in_chunks_or_one_that_comes_slowly_is_read_as_any_other() {
    for door in Door::both() {
        let mut chunks = String::new();
        for part in [&BODY[..5], &BODY[5..], ""] {
            write!(chunks, "{:x}\r\n{part}\r\n", part.len()).unwrap();
        }
        let headers = ["transfer-encoding: chunked", JSON];
        let chunked = door.send("PUT", "/cart/items/a", &headers, chunks.as_bytes()).await;
        let first_line = format!("PUT {}/cart/items/a", door.prefix);
        let (one, other) = BODY.split_at(9);
        let slow = door.ask(&first_line, &[&length(BODY), JSON], &[one.as_bytes(), other.as_bytes()]).await;
        for (what, answer) in [("chunked", chunked), ("slow", slow)] {
            assert_eq!(answer.status, 400, "{what} {}: {}", door.name, answer.text);
            assert!(answer.text.contains("quantity"), "{what} {}: {}", door.name, answer.text);
        }
    }
}

#[tokio::test]
async fn a_target_with_its_host_is_the_path_in_it() {
    for door in Door::both() {
        let first_line = format!("PUT http://{}{}/cart/items/a", door.host, door.prefix);
        let answer = door.ask(&first_line, &[&length(BODY), JSON], &[BODY.as_bytes()]).await;
        assert_eq!(answer.status, 400, "{}: {}", door.name, answer.text);
        assert!(answer.text.contains("quantity"), "{}: {}", door.name, answer.text);
    }
}

#[tokio::test]
async fn other_charsets_and_codings_are_refused_by_both_doors() {
    for door in Door::both() {
        for odd in [
            &["content-type: application/json; charset=latin1"][..],
            &["content-type: application/json; charset=utf-16"],
            &["content-type: text/plain"],
            &[JSON, "content-encoding: gzip"],
            &[JSON, "content-encoding: br"],
            &[JSON, "content-encoding: identity, gzip"],
        ] {
            let length = length(BODY);
            let headers: Vec<&str> = odd.iter().copied().chain([length.as_str()]).collect();
            let answer = door.send("PUT", "/cart/items/a", &headers, BODY.as_bytes()).await;
            assert_eq!(answer.status, 415, "{} {odd:?}: {}", door.name, answer.text);
        }
    }
}

#[tokio::test]
async fn what_is_there_twice_is_refused_by_both_doors() {
    let token = format!("authorization: Bearer {}", stack().sign_in("shopper").await.token());
    for door in Door::both() {
        let token_twice = door.send("GET", "/orders", &[&token, &token], b"").await;
        assert_eq!(token_twice.status, 401, "{}: {}", door.name, token_twice.text);
        let parameter_twice = door.send("GET", "/orders?limit=1&limit=1", &[&token], b"").await;
        assert_eq!(parameter_twice.status, 400, "{}: {}", door.name, parameter_twice.text);
        assert!(parameter_twice.text.contains("limit"), "{}: {}", door.name, parameter_twice.text);
        let sizes = ["content-length: 2", "content-length: 17"];
        let length_twice = door.send("PUT", "/cart/items/a", &sizes, BODY.as_bytes()).await;
        assert_eq!(length_twice.status, 400, "{}: {}", door.name, length_twice.text);
    }
}
