//! Who is shopping: a user with a token, or a guest with a cookie.

use souk_cart::{Carts, GuestToken, Owner};
use souk_pricing::Prices;
use souk_runtime::http::{BearerVerifier, Problem, Request, Response};
use souk_wiring::FromEnvironment;

/// The guest's cookie. The prefix makes browsers take it only from this host, over HTTPS, for all paths.
const COOKIE: &str = "__Host-souk-guest";
/// As long as the cart lives after its last change.
const COOKIE_SECONDS: u32 = 90 * 86_400;

/// Carts, prices to show beside their lines, and the keys of the user pool.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pub(crate) carts: Carts,
    pub(crate) prices: Prices,
    pub(crate) tokens: BearerVerifier,
}

/// Whose cart a request is about; `None` for a guest who has no cookie yet, and so no cart.
pub(crate) async fn owner(deps: &Deps, request: &Request) -> Result<Option<Owner>, Problem> {
    if let Some(caller) = deps.tokens.caller(request).await? {
        return Ok(Some(Owner::User(caller.user_id)));
    }
    Ok(guest(request)?.map(Owner::Guest))
}

/// The token of the guest's cookie. One that we did not make is no cookie, and is replaced; one that is
/// sent twice or cannot be read is refused and taken away, so that the next request is a new guest's.
pub(crate) fn guest(request: &Request) -> Result<Option<GuestToken>, Problem> {
    let cookie = request.cookie(COOKIE).map_err(|unclear| unclear.with_header("set-cookie", set_cookie("", 0)))?;
    Ok(cookie.and_then(|text| text.parse().ok()))
}

/// Gives the guest their cookie, or a longer life to the one they have.
pub(crate) fn remember(response: Response, owner: &Owner) -> Response {
    match owner {
        Owner::User(_) => response,
        Owner::Guest(token) => response.header("set-cookie", set_cookie(token.expose(), COOKIE_SECONDS)),
    }
}

/// Takes the cookie away: the guest's cart is part of the user's now.
pub(crate) fn forget_guest(response: Response) -> Response {
    response.header("set-cookie", set_cookie("", 0))
}

fn set_cookie(value: &str, max_age: u32) -> String {
    format!("{COOKIE}={value}; Max-Age={max_age}; Path=/; HttpOnly; Secure; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_gets_a_cookie_that_scripts_and_other_sites_do_not_see() {
        let token = GuestToken::random().unwrap();
        let response = remember(Response::empty(200), &Owner::Guest(token.clone()));
        let cookie = response.get_header("set-cookie").unwrap();
        assert!(cookie.starts_with(&format!("__Host-souk-guest={}; ", token.expose())));
        for attribute in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
            assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"));
        let user = Owner::User("5f0c".parse().unwrap());
        assert_eq!(remember(Response::empty(200), &user).get_header("set-cookie"), None);
    }
}
