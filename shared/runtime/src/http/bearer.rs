//! Bearer tokens on routes without an authorizer: those that guests may use, too.
//!
//! A token that is there must be good. A bad one is refused, never taken for a guest: a shopper whose
//! session has expired must not be shown an empty cart.

use std::time::Instant;

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use souk_wiring::FromEnvironment;

use super::{Caller, Problem, Request, jwks::Jwks};

/// Seconds by which clocks may differ.
const LEEWAY: u64 = 30;

/// Verifies access tokens of the user pool as the API's authorizer does.
#[derive(Debug, FromEnvironment)]
pub struct BearerVerifier {
    keys: Jwks,
    #[variable("ISSUER")]
    issuer: String,
    #[variable("CLIENT_ID")]
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
    /// Who sends the request; `None` where it carries no token.
    ///
    /// # Errors
    /// 401 for a token that is not good, 503 where the pool's keys cannot be had.
    pub async fn caller(&self, request: &Request) -> Result<Option<Caller>, Problem> {
        self.caller_at(request, Instant::now()).await
    }

    async fn caller_at(&self, request: &Request, now: Instant) -> Result<Option<Caller>, Problem> {
        match request.bearer()? {
            Some(token) => self.verify(token, now).await.map(Some),
            None => Ok(None),
        }
    }

    async fn verify(&self, token: &str, now: Instant) -> Result<Caller, Problem> {
        let key_id = decode_header(token).ok().and_then(|header| header.kid).ok_or_else(Problem::unauthorized)?;
        let key = self.keys.key(&key_id, now).await.map_err(Problem::try_again)?.ok_or_else(Problem::unauthorized)?;
        // The algorithm is ours to say, not the token's.
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        // Access tokens have no audience: their client stands in `client_id`.
        rules.validate_aud = false;
        let claims = decode::<Claims>(token, &key, &rules).map_err(|_| Problem::unauthorized())?.claims;
        if claims.client_id != self.client_id {
            return Err(Problem::unauthorized());
        }
        let of_a_token =
            [("sub", claims.sub), ("token_use", claims.token_use), ("cognito:groups", claims.groups.join(" "))];
        Caller::from_claims(&of_a_token.map(|(name, value)| (name.to_owned(), value)).into())
    }
}

#[cfg(test)]
mod tests;
