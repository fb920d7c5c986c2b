use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp, jwk::Jwk};
use serde_json::{Value, json};
use souk_testkit::stand_in::StandIn;
use souk_wiring::{Environment, fetch};

use super::*;
use crate::http::jwks::{FRESH, LIFETIME, MIN_INTERVAL, WITHIN};

const ISSUER: &str = "https://pool.example/p";
const SECOND: Duration = Duration::from_secs(1);

/// A key pair of a pool.
struct Signer {
    id: &'static str,
    key: EncodingKey,
}

impl Signer {
    fn new(id: &'static str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        // The signer takes the bare RSA key, which PKCS #8 wraps in 26 bytes.
        Self { id, key: EncodingKey::from_rsa_der(&der.as_ref()[26..]) }
    }

    fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.to_owned()), ..Header::new(Algorithm::RS256) };
        format!("Bearer {}", encode(&header, claims, &self.key).unwrap())
    }
}

/// A pool's key server on 127.0.0.1, and a verifier that asks it.
struct Pool {
    says: Arc<Mutex<Option<(u16, String)>>>,
    server: StandIn,
    verifier: BearerVerifier,
    start: Instant,
}

impl Pool {
    async fn of(signers: &[&Signer]) -> Self {
        let says = Arc::new(Mutex::new(None));
        let server = StandIn::answering({
            let says = Arc::clone(&says);
            move |_| says.lock().unwrap().clone()
        })
        .unwrap();
        let url = format!("{}/.well-known/jwks.json", server.url());
        let variables = [("JWKS_URL", url.as_str()), ("ISSUER", ISSUER), ("CLIENT_ID", "shop")];
        let environment = Environment::given(
            aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build(),
            variables.map(|(name, value)| (name, value.to_owned())).into(),
            fetch::network(WITHIN),
        );
        let verifier = BearerVerifier::from_environment(&environment).await.unwrap();
        let pool = Self { says, server, verifier, start: Instant::now() };
        pool.publishes(signers);
        pool
    }

    fn publishes(&self, signers: &[&Signer]) {
        let public = |signer: &&Signer| {
            let mut jwk = Jwk::from_encoding_key(&signer.key, Algorithm::RS256).unwrap();
            jwk.common.key_id = Some(signer.id.to_owned());
            jwk
        };
        let keys: Vec<_> = signers.iter().map(public).collect();
        self.says(Some((200, json!({ "keys": keys }).to_string())));
    }

    fn says(&self, answer: Option<(u16, String)>) {
        *self.says.lock().unwrap() = answer;
    }

    /// What the verifier says of these headers when so much time has passed.
    async fn asked(&self, headers: &[&[u8]], after: Duration) -> Result<Option<Caller>, u16> {
        let mut request = http::Request::builder();
        for value in headers {
            request = request.header("authorization", *value);
        }
        let request = Request::from(request.body(lambda_http::Body::Empty).unwrap());
        self.verifier.caller_at(&request, self.start + after).await.map_err(|problem| problem.status())
    }

    async fn status(&self, authorization: &str, after: Duration) -> u16 {
        self.asked(&[authorization.as_bytes()], after).await.err().unwrap_or(200)
    }
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

#[tokio::test]
async fn a_good_token_names_its_user_and_none_is_a_guest() {
    let signer = Signer::new("k1");
    let pool = Pool::of(&[&signer]).await;
    let user = pool.asked(&[signer.sign(&claims(&[])).as_bytes()], SECOND).await.unwrap().unwrap();
    assert_eq!(user.user_id.as_str(), "5f0c");
    assert!(user.require_any(&[crate::http::Role::Operator]).is_ok());
    assert_eq!(pool.asked(&[], SECOND).await, Ok(None));
}

#[tokio::test]
async fn a_bad_token_is_never_a_guest() {
    let (signer, stranger) = (Signer::new("k1"), Signer::new("k1"));
    let pool = Pool::of(&[&signer]).await;
    let now = get_current_timestamp();
    for change in [
        ("exp", json!(now - 100)),
        ("nbf", json!(now + 100)),
        ("iss", json!("https://pool.example/other")),
        ("client_id", json!("other")),
        ("token_use", json!("id")),
        ("sub", json!("")),
    ] {
        let token = signer.sign(&claims(std::slice::from_ref(&change)));
        assert_eq!(pool.status(&token, SECOND).await, 401, "{change:?}");
    }
    let good = signer.sign(&claims(&[]));
    let bare = good.trim_start_matches("Bearer ");
    let (head, _) = good.rsplit_once('.').unwrap();
    for bad in [
        stranger.sign(&claims(&[])),
        format!("Basic {bare}"),
        bare.to_owned(),
        format!("{head}."),
        format!("{good},{good}"),
        format!("{good}, {good}"),
        "Bearer x.y.z".to_owned(),
    ] {
        assert_eq!(pool.status(&bad, SECOND).await, 401, "{bad}");
    }
    assert_eq!(pool.asked(&[good.as_bytes(), good.as_bytes()], SECOND).await, Err(401), "sent twice");
    for unreadable in ["Bearer tök".as_bytes(), b"Bearer \xff", b"", b"Bearer", b"Bearer "] {
        assert_eq!(pool.asked(&[unreadable], SECOND).await, Err(401), "{unreadable:?}");
    }
}

#[tokio::test]
async fn an_hmac_made_with_the_public_key_is_refused() {
    let signer = Signer::new("k1");
    let pool = Pool::of(&[&signer]).await;
    let public = pool.says.lock().unwrap().clone().unwrap().1;
    let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::HS256) };
    let forged = encode(&header, &claims(&[]), &EncodingKey::from_secret(public.as_bytes())).unwrap();
    assert_eq!(pool.status(&format!("Bearer {forged}"), SECOND).await, 401);
}

#[tokio::test]
async fn keys_are_fetched_once_and_unknown_ids_cause_no_flood() {
    let (signer, invented) = (Signer::new("k1"), Signer::new("invented"));
    let pool = Pool::of(&[&signer]).await;
    let (unknown, good) = (invented.sign(&claims(&[])), signer.sign(&claims(&[])));
    for _ in 0..3 {
        assert_eq!(pool.status(&unknown, SECOND).await, 401);
        assert_eq!(pool.status(&good, SECOND).await, 200);
    }
    assert_eq!(pool.server.asked(), 1);
    for _ in 0..3 {
        assert_eq!(pool.status(&unknown, SECOND + MIN_INTERVAL).await, 401);
    }
    assert_eq!(pool.server.asked(), 2, "one bounded look for a key that may be new");
}

#[tokio::test]
async fn a_rotated_key_is_found_and_a_withdrawn_one_forgotten() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let pool = Pool::of(&[&old]).await;
    let (by_old, by_new) = (old.sign(&claims(&[])), new.sign(&claims(&[])));
    assert_eq!(pool.status(&by_old, SECOND).await, 200);
    pool.publishes(&[&old, &new]);
    assert_eq!(pool.status(&by_new, MIN_INTERVAL + SECOND).await, 200);
    assert_eq!(pool.status(&by_old, MIN_INTERVAL + SECOND).await, 200);
    assert_eq!(pool.server.asked(), 2);
    pool.publishes(&[&new]);
    // What is known is not asked for again until it has grown old, and then it is gone.
    assert_eq!(pool.status(&by_old, FRESH).await, 200);
    assert_eq!(pool.server.asked(), 2);
    assert_eq!(pool.status(&by_old, MIN_INTERVAL + SECOND + FRESH).await, 401);
    assert_eq!(pool.status(&by_new, MIN_INTERVAL + SECOND + FRESH).await, 200);
    assert_eq!(pool.server.asked(), 3);
}

#[tokio::test]
async fn a_failing_key_server_is_not_pressed_and_known_keys_serve_for_their_lifetime() {
    let (signer, invented) = (Signer::new("k1"), Signer::new("invented"));
    let pool = Pool::of(&[&signer]).await;
    let good = signer.sign(&claims(&[]));
    pool.says(Some((500, "{}".to_owned())));
    for _ in 0..3 {
        assert_eq!(pool.status(&good, SECOND).await, 503, "without keys nobody can say");
    }
    assert_eq!(pool.server.asked(), 1);
    pool.says(Some((200, "no keys".to_owned())));
    assert_eq!(pool.status(&good, SECOND + MIN_INTERVAL).await, 503);
    assert_eq!(pool.server.asked(), 2);
    pool.publishes(&[&signer]);
    assert_eq!(pool.status(&good, SECOND + 2 * MIN_INTERVAL).await, 200);
    assert_eq!(pool.server.asked(), 3);

    let fetched = SECOND + 2 * MIN_INTERVAL;
    pool.says(Some((503, String::new())));
    assert_eq!(pool.status(&good, fetched + FRESH).await, 200);
    assert_eq!(pool.status(&invented.sign(&claims(&[])), fetched + FRESH).await, 503, "it may be a new key");
    assert_eq!(pool.server.asked(), 4);
    assert_eq!(pool.status(&good, fetched + LIFETIME - SECOND).await, 200);
    assert_eq!(pool.status(&good, fetched + LIFETIME).await, 503);
}

#[tokio::test]
async fn a_key_server_that_never_answers_costs_its_time_once() {
    let signer = Signer::new("k1");
    let pool = Pool::of(&[&signer]).await;
    pool.says(None);
    let good = signer.sign(&claims(&[]));
    let began = Instant::now();
    for _ in 0..3 {
        assert_eq!(pool.status(&good, SECOND).await, 503);
    }
    assert!(began.elapsed() < 2 * WITHIN, "{:?}", began.elapsed());
    assert_eq!(pool.server.asked(), 1);
}
