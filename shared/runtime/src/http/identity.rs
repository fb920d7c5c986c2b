use std::collections::HashMap;

use souk_domain::ids::UserId;

use super::Problem;

/// What a caller may do beyond shopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the shop: catalogue, prices, stock, sales, any order.
    Operator,
    /// Ships and delivers.
    Warehouse,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Operator, Self::Warehouse];

    /// The name of the user pool's group.
    pub fn group(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Warehouse => "warehouse",
        }
    }
}

/// The user whom the API's authorizer let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token's subject.
    pub user_id: UserId,
    groups: Vec<String>,
}

impl Caller {
    /// Reads the claims of a verified token, which must be an access token. An ID token is for the client
    /// alone, but API Gateway lets it in: its audience is the client, and `token_use` is not looked at there.
    ///
    /// # Errors
    /// 401 for a token of another use, or without a usable subject.
    pub fn from_claims(claims: &HashMap<String, String>) -> Result<Self, Problem> {
        if claims.get("token_use").is_none_or(|used_as| used_as != "access") {
            return Err(Problem::unauthorized());
        }
        let user_id = claims.get("sub").and_then(|sub| sub.parse().ok()).ok_or_else(Problem::unauthorized)?;
        Ok(Self { user_id, groups: claims.get("cognito:groups").map(|g| parse_groups(g)).unwrap_or_default() })
    }

    /// Refuses a caller who is in none of these roles' groups.
    ///
    /// # Errors
    /// 403.
    pub fn require_any(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.iter().any(|role| self.groups.iter().any(|group| group == role.group())) {
            Ok(())
        } else {
            Err(Problem::forbidden("This needs another role than yours."))
        }
    }
}

/// The HTTP API hands a list claim over as a text: `[operator]`, `[operator warehouse]`; some
/// emulators keep JSON.
fn parse_groups(text: &str) -> Vec<String> {
    text.trim_matches(['[', ']'])
        .split([' ', ','])
        .map(|group| group.trim_matches('"').to_owned())
        .filter(|group| !group.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims<const N: usize>(claims: [(&str, &str); N]) -> HashMap<String, String> {
        claims.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    fn caller(groups: &str) -> Caller {
        Caller::from_claims(&claims([("sub", "5f0c"), ("token_use", "access"), ("cognito:groups", groups)])).unwrap()
    }

    #[test]
    fn groups_are_read_in_every_form_that_gateways_use() {
        for groups in ["[operator]", "[warehouse operator]", r#"["operator","warehouse"]"#, "operator"] {
            assert!(caller(groups).require_any(&[Role::Operator]).is_ok(), "{groups}");
        }
        for groups in ["", "[]", "[operators]", "[warehouse]"] {
            assert!(caller(groups).require_any(&[Role::Operator]).is_err(), "{groups}");
        }
    }

    #[test]
    fn a_token_without_subject_is_nobody() {
        assert!(Caller::from_claims(&claims([("token_use", "access")])).is_err());
    }

    #[test]
    fn only_an_access_token_names_a_caller() {
        for used_as in ["id", "refresh", ""] {
            let refused = Caller::from_claims(&claims([("sub", "5f0c"), ("token_use", used_as)])).unwrap_err();
            assert_eq!(refused.status(), 401, "{used_as}");
        }
        assert_eq!(Caller::from_claims(&claims([("sub", "5f0c")])).unwrap_err().status(), 401);
    }
}
