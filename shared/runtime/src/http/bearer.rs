//! Bearer tokens on routes without an authorizer: those that guests may use, too.
//!
//! A token that is there must be good. A bad one is refused, never taken for a guest: a shopper whose
//! session has expired must not find himself in front of an empty cart.

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

use super::{Caller, Problem, Request, jwks::Jwks};
use crate::{ConfigError, Environment};

/// Seconds by which clocks may differ.
const LEEWAY: u64 = 30;

/// Verifies access tokens of the user pool as the API's authorizer does.
#[derive(Debug)]
pub struct BearerVerifier {
    keys: Jwks,
    issuer: String,
    client_id: String,
}

/// The claims of an access token that matter here; issuer and expiry are checked by the decoder.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    client_id: String,
    token_use: String,
    #[serde(default, rename = "cognito:groups")]
    groups: Vec<String>,
}

impl BearerVerifier {
    /// Reads `JWKS_URL`, `ISSUER` and `CLIENT_ID`.
    ///
    /// # Errors
    /// [`ConfigError`] where one is missing.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            keys: Jwks::from_environment(environment)?,
            issuer: environment.required("ISSUER")?,
            client_id: environment.required("CLIENT_ID")?,
        })
    }

    /// Who sends the request; `None` where it carries no token.
    ///
    /// # Errors
    /// 401 for a token that is not good, 503 where the pool's keys cannot be had.
    pub async fn caller(&self, request: &Request) -> Result<Option<Caller>, Problem> {
        let mut headers = request.headers_all("authorization");
        let (first, more) = (headers.next(), headers.next());
        match (first, more) {
            (None, _) => Ok(None),
            (Some(header), None) => {
                let token = bearer_token(header).ok_or_else(Problem::unauthorized)?;
                self.verify(token).await.map(Some)
            }
            (Some(_), Some(_)) => Err(Problem::unauthorized()),
        }
    }

    async fn verify(&self, token: &str) -> Result<Caller, Problem> {
        let key_id = decode_header(token).ok().and_then(|header| header.kid).ok_or_else(Problem::unauthorized)?;
        let key = self.keys.key(&key_id).await.map_err(Problem::try_again)?.ok_or_else(Problem::unauthorized)?;
        // The algorithm is ours to say, not the token's.
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        // Access tokens have no audience: their client stands in `client_id`.
        rules.validate_aud = false;
        let claims = decode::<Claims>(token, &key, &rules).map_err(|_| Problem::unauthorized())?.claims;
        if claims.token_use != "access" || claims.client_id != self.client_id {
            return Err(Problem::unauthorized());
        }
        Caller::from_claims(
            &[("sub".to_owned(), claims.sub), ("cognito:groups".to_owned(), claims.groups.join(" "))].into(),
        )
    }
}

/// The token of `Authorization: Bearer …`; the scheme's case does not matter.
fn bearer_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use aws_lc_rs::{
        encoding::{AsDer as _, Pkcs8V1Der},
        rsa::{KeyPair, KeySize},
    };
    use aws_smithy_runtime_api::{
        client::{
            http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector},
            orchestrator::{HttpRequest, HttpResponse},
        },
        http::StatusCode,
    };
    use aws_smithy_types::body::SdkBody;
    use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp, jwk::Jwk};
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://pool.example/p";

    /// A pool with one key, and how often its keys were asked for.
    #[derive(Debug, Clone)]
    struct Pool {
        signing: EncodingKey,
        keys: Arc<str>,
        fetches: Arc<AtomicUsize>,
    }

    impl HttpConnector for Pool {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            self.fetches.fetch_add(1, Ordering::SeqCst);
            let status = StatusCode::try_from(200).unwrap();
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(self.keys.as_bytes().to_vec()))))
        }
    }

    fn pool() -> Pool {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        // The signer takes the bare RSA key, which PKCS #8 wraps in 26 bytes.
        let signing = EncodingKey::from_rsa_der(&der.as_ref()[26..]);
        let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::RS256).unwrap();
        jwk.common.key_id = Some("k1".to_owned());
        Pool { signing, keys: json!({ "keys": [jwk] }).to_string().into(), fetches: Arc::default() }
    }

    fn verifier(pool: &Pool) -> BearerVerifier {
        let variables = [("JWKS_URL", "http://127.0.0.1:1/jwks.json"), ("ISSUER", ISSUER), ("CLIENT_ID", "shop")];
        let environment = Environment::given(
            aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build(),
            variables.map(|(name, value)| (name, value.to_owned())).into(),
            SharedHttpConnector::new(pool.clone()),
        );
        BearerVerifier::from_environment(&environment).unwrap()
    }

    fn claims(change: &[(&str, Value)]) -> Value {
        let mut claims = json!({
            "sub": "5f0c", "iss": ISSUER, "client_id": "shop", "token_use": "access",
            "exp": get_current_timestamp() + 300, "cognito:groups": ["operator"],
        });
        for (name, value) in change {
            claims[name] = value.clone();
        }
        claims
    }

    fn token(pool: &Pool, claims: &Value) -> String {
        encode(&Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::RS256) }, claims, &pool.signing).unwrap()
    }

    async fn caller(verifier: &BearerVerifier, authorization: Option<&str>) -> Result<Option<Caller>, u16> {
        let mut request = http::Request::builder();
        if let Some(header) = authorization {
            request = request.header("authorization", header);
        }
        let request = Request::from(request.body(lambda_http::Body::Empty).unwrap());
        verifier.caller(&request).await.map_err(|problem| problem.status)
    }

    #[tokio::test]
    async fn a_good_token_names_its_user_and_none_is_a_guest() {
        let pool = pool();
        let verifier = verifier(&pool);
        let bearer = format!("Bearer {}", token(&pool, &claims(&[])));
        let user = caller(&verifier, Some(&bearer)).await.unwrap().unwrap();
        assert_eq!(user.user_id.as_str(), "5f0c");
        assert!(user.require_any(&[crate::http::Role::Operator]).is_ok());
        assert_eq!(caller(&verifier, None).await, Ok(None));
    }

    #[tokio::test]
    async fn a_bad_token_is_never_a_guest() {
        let (pool, stranger) = (pool(), pool());
        let verifier = verifier(&pool);
        let now = get_current_timestamp();
        for change in [
            ("exp", json!(now - 100)),
            ("nbf", json!(now + 100)),
            ("iss", json!("https://pool.example/other")),
            ("client_id", json!("other")),
            ("token_use", json!("id")),
            ("sub", json!("")),
        ] {
            let bearer = format!("Bearer {}", token(&pool, &claims(std::slice::from_ref(&change))));
            assert_eq!(caller(&verifier, Some(&bearer)).await, Err(401), "{change:?}");
        }
        let good = token(&pool, &claims(&[]));
        let forged = token(&stranger, &claims(&[]));
        let (head, signature) = good.rsplit_once('.').unwrap();
        let unsigned = format!("Bearer {head}.");
        for bad in
            [&format!("Bearer {forged}"), &format!("Basic {good}"), "Bearer", "Bearer x.y.z", &unsigned, signature]
        {
            assert_eq!(caller(&verifier, Some(bad)).await, Err(401), "{bad}");
        }
    }

    #[tokio::test]
    async fn an_hmac_made_with_the_public_key_is_refused() {
        let pool = pool();
        let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::HS256) };
        let forged = encode(&header, &claims(&[]), &EncodingKey::from_secret(pool.keys.as_bytes())).unwrap();
        assert_eq!(caller(&verifier(&pool), Some(&format!("Bearer {forged}"))).await, Err(401));
    }

    #[tokio::test]
    async fn keys_are_fetched_once_and_unknown_ids_cause_no_flood() {
        let pool = pool();
        let verifier = verifier(&pool);
        let header = Header { kid: Some("invented".to_owned()), ..Header::new(Algorithm::RS256) };
        let unknown = format!("Bearer {}", encode(&header, &claims(&[]), &pool.signing).unwrap());
        let good = format!("Bearer {}", token(&pool, &claims(&[])));
        for _ in 0..3 {
            assert_eq!(caller(&verifier, Some(&unknown)).await, Err(401));
            assert!(caller(&verifier, Some(&good)).await.is_ok());
        }
        assert_eq!(pool.fetches.load(Ordering::SeqCst), 1);
    }
}
