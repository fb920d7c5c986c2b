use reqwest::Method;

use crate::support::stack;

#[tokio::test]
async fn a_path_that_nobody_serves_is_404_in_both_worlds() {
    let guest = stack().guest();
    for path in ["/nothing-here", "/search/nothing-here"] {
        guest.get(path).await.expect_problem(404, "no-such-path");
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_405_with_those_that_it_takes() {
    let guest = stack().guest();
    let reply = guest.send(Method::PATCH, "/cart", &[], None).await.expect_problem(405, "method-not-allowed");
    assert_eq!(reply.header("allow"), "GET, HEAD, OPTIONS");
    guest.send(Method::DELETE, "/search", &[], None).await.expect_problem(405, "method-not-allowed");
}
