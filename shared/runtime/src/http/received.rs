//! What API Gateway hands over, so that it can be read.

use std::fmt::Write as _;

use lambda_http::{LambdaEvent, request::LambdaRequest};

/// The same event with a query that a URI may have. API Gateway passes on what was sent, `"` and `<` included, and
/// `lambda_http` panics over it; percent-encoded it means the same.
pub(super) fn readable(event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    let LambdaEvent { mut payload, context } = event;
    if let LambdaRequest::ApiGatewayV2(request) = &mut payload
        && let Some(query) = &mut request.raw_query_string
    {
        *query = encoded(query);
    }
    LambdaEvent { payload, context }
}

fn encoded(query: &str) -> String {
    let mut encoded = String::with_capacity(query.len());
    for byte in query.bytes() {
        if byte.is_ascii_alphanumeric() || b"!$%&'()*+,-./:;=?@_~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use lambda_http::Context;
    use serde_json::json;

    use super::*;
    use crate::http::Request;

    fn received(query: &str) -> Request {
        let event = json!({
            "version": "2.0", "routeKey": "GET /search", "rawPath": "/search", "rawQueryString": query, "headers": {},
            "requestContext": {
                "http": {"method": "GET", "path": "/search"}, "requestId": "r", "routeKey": "GET /search", "stage": "$default",
            },
            "isBase64Encoded": false,
        });
        let payload: LambdaRequest = serde_json::from_value(event).unwrap();
        let LambdaEvent { payload, .. } = readable(LambdaEvent::new(payload, Context::default()));
        Request::from(lambda_http::Request::from(payload))
    }

    #[test]
    fn a_query_that_no_uri_may_have_is_read_all_the_same() {
        for (sent, read) in [
            ("q=a\"b", "a\"b"),
            ("q=<b>", "<b>"),
            ("q=a#b", "a#b"),
            ("q=a b", "a b"),
            ("q=é\u{2028}", "é\u{2028}"),
            ("q={x}|\\^`", "{x}|\\^`"),
            ("q=a%2Bb+c", "a+b c"),
        ] {
            assert_eq!(received(sent).query::<String>("q").unwrap().as_deref(), Some(read), "{sent}");
        }
        assert_eq!(received("").query::<String>("q").unwrap(), None);
    }
}
