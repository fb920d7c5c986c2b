//! Each route is asked by a flow test. What the tests ask is read from their text.

use super::document::{document, operations};
use crate::architecture::visit;

/// A path in a test's text, and the method that stands before it, where one does.
#[derive(Debug)]
struct Asked {
    method: Option<&'static str>,
    path: String,
}

/// These walk over whatever routes there are, so they show of none that it works.
const WALKERS: [&str; 3] = ["canary", "edge.rs", "edges.rs"];

fn asked() -> Vec<Asked> {
    let mut asked = Vec::new();
    for folder in ["tests/tests/souk/flows", "tests/tests/souk/support", "tests/tests/souk/races"] {
        visit(folder, &mut |name, text| {
            if !WALKERS.iter().any(|walker| name.contains(walker)) {
                let parts: Vec<_> = text.split('"').collect();
                asked.extend(parts.windows(2).filter_map(|pair| read(pair[0], pair[1])));
            }
        });
    }
    asked
}

fn read(before: &str, quoted: &str) -> Option<Asked> {
    let path = quoted.split('?').next()?;
    let is_path = path.starts_with('/') || (path.starts_with('{') && path.contains("}/"));
    let before = before.trim_end().trim_end_matches("format!(").trim_end_matches('&').trim_end();
    let method = ["get", "post", "put", "delete"].into_iter().find(|method| {
        before.ends_with(&format!(".{method}(")) || before.ends_with(&format!("Method::{},", method.to_uppercase()))
    });
    is_path.then(|| Asked { method, path: path.to_owned() })
}

impl Asked {
    fn is(&self, method: &str, pattern: &str) -> bool {
        let (mut wanted, mut asked): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), self.path.split('/').collect());
        // `{path}/open` begins with a path that was made elsewhere.
        if !self.path.starts_with('/') {
            asked.remove(0);
            if asked.len() >= wanted.len() {
                return false;
            }
            wanted.drain(..wanted.len() - asked.len());
        }
        let is_like = |(wanted, asked): (&&str, &&str)| {
            wanted == asked || asked.starts_with('{') || (wanted.starts_with('{') && !asked.is_empty())
        };
        // `/{collection}` alone names nothing.
        let names_something = wanted.iter().zip(&asked).any(|(wanted, asked)| wanted == asked && !asked.is_empty());
        let is_method = self.method.is_none_or(|own| own.eq_ignore_ascii_case(method));
        is_method && names_something && wanted.len() == asked.len() && wanted.iter().zip(&asked).all(is_like)
    }
}

#[test]
fn each_route_is_asked_by_a_flow_test() {
    let asked = asked();
    let missing: Vec<_> = operations(&document())
        .into_iter()
        .filter(|operation| !asked.iter().any(|asked| asked.is(&operation.method, &operation.path)))
        .map(|operation| operation.route())
        .collect();
    assert_eq!(missing, [""; 0], "no test under tests/tests/souk/flows asks these");
}

#[test]
fn paths_are_read_as_tests_write_them() {
    let is = |before: &str, quoted: &str, method: &str, pattern: &str| {
        read(before, quoted).is_some_and(|asked| asked.is(method, pattern))
    };
    assert!(is("api.get(", "/cart", "GET", "/cart"));
    assert!(!is("api.get(", "/cart", "PUT", "/cart"));
    assert!(is("api.put(&format!(", "/cart/items/{sku}", "PUT", "/cart/items/{sku}"));
    assert!(is("send(Method::POST, ", "/sales/none/queue", "POST", "/sales/{sale_id}/queue"));
    assert!(is("api.post(&format!(", "{path}/open", "POST", "/admin/sales/{sale_id}/open"));
    assert!(!is("api.post(&format!(", "{path}/open", "POST", "/admin/sales/{sale_id}/close"));
    assert!(is("api.get(&format!(", "/search?q={q}", "GET", "/search"));
    assert!(!is("format!(", "/{path}", "GET", "/openapi.json"));
    assert!(!is("assert_eq!(x, ", "title", "GET", "/search"));
}
