//! The API's own address answers nobody: requests come through the distribution, which adds a secret.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use souk_wiring::{ConfigError, Environment, FromEnvironment};

use super::{Problem, Request, problem::catalogue::NotThroughTheEdge};

/// The header that the distribution adds to each request.
const HEADER: &str = "souk-edge-secret";

/// The secrets that open the API: the one that the distribution sends, and while it is being changed the
/// one that it has sent so far.
pub(super) struct Edge {
    secrets: Vec<String>,
}

/// The secrets of `EDGE_SECRET` and `EDGE_SECRET_BEFORE`. With neither, nothing is asked for: that is a
/// stack without a distribution in front.
impl FromEnvironment for Edge {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let secrets = ["EDGE_SECRET", "EDGE_SECRET_BEFORE"].into_iter();
        Ok(Self { secrets: secrets.filter_map(|name| environment.optional(name)).collect() })
    }
}

impl Edge {
    /// Refuses what did not come through the distribution.
    ///
    /// # Errors
    /// 403.
    pub(super) fn admit(&self, request: &Request) -> Result<(), Problem> {
        if self.secrets.is_empty() {
            return Ok(());
        }
        let mut sent = request.headers().get_all(HEADER).iter();
        let opens = match (sent.next(), sent.next()) {
            (Some(sent), None) => self.secrets.iter().fold(false, |opens, secret| {
                // The time does not tell which secret, or how much of one, was right.
                opens | verify_slices_are_equal(sent.as_bytes(), secret.as_bytes()).is_ok()
            }),
            _ => false,
        };
        opens
            .then_some(())
            .ok_or_else(|| Problem::new(NotThroughTheEdge, "This API is reached through its distribution."))
    }
}

impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edge").field("secrets", &self.secrets.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(secrets: &[&str]) -> Edge {
        Edge { secrets: secrets.iter().map(|secret| (*secret).to_owned()).collect() }
    }

    fn answer(edge: &Edge, sent: &[&str]) -> u16 {
        let mut request = http::Request::builder();
        for value in sent {
            request = request.header(HEADER, *value);
        }
        let request = Request::from(request.body(lambda_http::Body::Empty).unwrap());
        edge.admit(&request).map_or_else(|problem| problem.status(), |()| 200)
    }

    #[test]
    fn only_the_distributions_secret_opens_the_api() {
        let edge = edge(&["now"]);
        assert_eq!(answer(&edge, &["now"]), 200);
        for bad in [&[][..], &[""], &["no"], &["now "], &["nowx"], &["now", "now"], &["now, now"]] {
            assert_eq!(answer(&edge, bad), 403, "{bad:?}");
        }
    }

    #[test]
    fn while_it_is_changed_both_are_good_and_without_any_nothing_is_asked_for() {
        let both = edge(&["now", "before"]);
        assert_eq!((answer(&both, &["now"]), answer(&both, &["before"]), answer(&both, &["other"])), (200, 200, 403));
        assert_eq!(answer(&edge(&[]), &[]), 200);
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", edge(&["now"])), "Edge { secrets: 1 }");
    }
}
