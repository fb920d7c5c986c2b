//! `POST /admin/order-searches`: a shopper's orders, by their e-mail address or id. By `POST`, so that the address
//! is in no URL, which others log.

use serde::Deserialize;
use souk_domain::{ids::UserId, text::TextRule};
use souk_notifications::EmailAddress;
use souk_runtime::http::{HttpResult, Problem, Request, Response, Role};
use souk_wiring::Call;
pub use souk_workflows::find_orders::SearchOrders as Deps;
use souk_workflows::find_orders::{SearchError, Whose};
use utoipa::ToSchema;

use super::row::{RowsView, limit, place};

/// The longest address that mail knows, in characters.
const EMAIL: TextRule = TextRule::one_line(254);

/// Either `email` or `user_id`.
#[derive(Deserialize, ToSchema)]
#[schema(as = SearchOrders)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The address of the shopper's account, whole; upper and lower case do not matter.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 254)]
    email: Option<String>,
    #[serde(default)]
    user_id: Option<UserId>,
    /// How many; 20 unless said otherwise.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// The `cursor` of the page before.
    #[serde(default)]
    cursor: Option<String>,
}

impl Body {
    fn whose(&self) -> Result<Whose, Problem> {
        match (&self.email, &self.user_id) {
            (Some(email), None) => {
                let email = EMAIL.parse(email).map_err(|error| Problem::invalid_field("email", error.to_string()))?;
                // The pool knows users without an address too; an empty part would ask for nobody in particular.
                match email.split_once('@') {
                    Some((name, domain)) if !name.is_empty() && !domain.is_empty() => {
                        Ok(Whose::At(EmailAddress::new(email)))
                    }
                    _ => Err(Problem::invalid_field("email", "must be an e-mail address")),
                }
            }
            (None, Some(user_id)) => Ok(Whose::User(user_id.clone())),
            (None, None) => Err(Problem::invalid_field("email", "must be given, or user_id")),
            (Some(_), Some(_)) => Err(Problem::invalid_field("user_id", "does not go with email")),
        }
    }
}

/// One page of a shopper's orders, the newest first, archived ones among them. Nobody's address: an empty page.
#[utoipa::path(
    post,
    path = "/admin/order-searches",
    operation_id = "admin-search-orders",
    request_body = Body,
    responses((status = 200, description = "A page of orders.", body = RowsView)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    request.caller()?.require_any(&[Role::Operator])?;
    let body: Body = request.json()?;
    let whose = body.whose()?;
    let limit = limit(body.limit)?;
    // What an address hides from the log, a cursor must not tell either: it holds a digest of this.
    let asked = match &whose {
        Whose::User(user_id) => format!("orders of {user_id}, searched"),
        Whose::At(address) => format!("orders at {}, searched", address.as_str()),
    };
    let after = place(body.cursor.as_deref(), &asked)?;
    let page = deps.run(&whose, after.as_ref(), limit, &call).await.map_err(|error| match error {
        SearchError::Store(error) => error.into(),
        SearchError::Contact(error) => Problem::try_again(error),
    })?;
    Ok(Response::json(200, &RowsView::of(&page, &asked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_for_one_whole_address_or_one_user() {
        let of = |json: &str| serde_json::from_str::<Body>(json).unwrap().whose();
        assert!(
            matches!(of(r#"{"email":" ada@souk.test "}"#), Ok(Whose::At(address)) if address.as_str() == "ada@souk.test")
        );
        assert!(matches!(of(r#"{"user_id":"u1"}"#), Ok(Whose::User(_))));
        for bad in
            [r"{}", r#"{"email":"ada"}"#, r#"{"email":"@"}"#, r#"{"email":"a@"}"#, r#"{"email":"a@b","user_id":"u1"}"#]
        {
            assert_eq!(of(bad).unwrap_err().status(), 400, "{bad}");
        }
    }
}
