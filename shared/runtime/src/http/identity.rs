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
    /// Reads the claims of a verified access token.
    ///
    /// # Errors
    /// 401 where there is no usable subject.
    pub fn from_claims(claims: &HashMap<String, String>) -> Result<Self, Problem> {
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

    fn caller(groups: &str) -> Caller {
        let claims = [("sub", "5f0c"), ("cognito:groups", groups)];
        Caller::from_claims(&claims.map(|(k, v)| (k.to_owned(), v.to_owned())).into()).unwrap()
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
        assert!(Caller::from_claims(&HashMap::new()).is_err());
    }
}
