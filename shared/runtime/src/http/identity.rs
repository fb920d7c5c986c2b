use std::collections::HashMap;

use souk_domain::ids::{UserId, WarehouseId};

use super::Problem;

/// What a caller may do beyond shopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the shop: catalogue, prices, stock, sales, any order.
    Operator,
    /// Packs, ships and delivers, in every warehouse. A member of the group `warehouse:<id>` does so in one.
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

/// What the groups of one warehouse's staff begin with.
const OF_WAREHOUSE: &str = "warehouse:";

/// True where members of this group of the user pool have rights of the staff.
pub fn is_staff(group: &str) -> bool {
    Role::ALL.iter().any(|role| role.group() == group) || group.starts_with(OF_WAREHOUSE)
}

/// Where somebody of the staff works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Workplace {
    /// In all warehouses.
    Everywhere,
    /// In these, and of others they learn nothing.
    Only(Vec<WarehouseId>),
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

    /// Refuses a caller who does not work in this warehouse: an operator and a member of `warehouse` work in all.
    ///
    /// # Errors
    /// 404 for the staff of other warehouses, who learn nothing of this one, and 403 for everybody else.
    pub fn require_work_in(&self, warehouse_id: &WarehouseId) -> Result<(), Problem> {
        match self.workplace()? {
            Workplace::Everywhere => Ok(()),
            Workplace::Only(own) if own.contains(warehouse_id) => Ok(()),
            Workplace::Only(_) => Err(Problem::not_found("warehouse")),
        }
    }

    /// Where the caller works.
    ///
    /// # Errors
    /// 403 for whoever is none of the staff.
    pub fn workplace(&self) -> Result<Workplace, Problem> {
        let forbidden = match self.require_any(&[Role::Operator, Role::Warehouse]) {
            Ok(()) => return Ok(Workplace::Everywhere),
            Err(forbidden) => forbidden,
        };
        let own: Vec<&str> = self.groups.iter().filter_map(|group| group.strip_prefix(OF_WAREHOUSE)).collect();
        match own.is_empty() {
            true => Err(forbidden),
            false => Ok(Workplace::Only(own.into_iter().filter_map(|id| id.parse().ok()).collect())),
        }
    }

    /// True where the caller is in this role's group.
    pub fn is(&self, role: Role) -> bool {
        self.require_any(&[role]).is_ok()
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
    fn a_warehouses_staff_works_there_and_knows_of_no_other() {
        let status = |groups: &str, id: &str| {
            caller(groups).require_work_in(&id.parse().unwrap()).map_err(|problem| problem.status())
        };
        for groups in ["[operator]", "[warehouse]", "[warehouse:east]", "[warehouse:west warehouse:east]"] {
            assert_eq!(status(groups, "east"), Ok(()), "{groups}");
        }
        assert_eq!(status("[warehouse:west]", "east"), Err(404));
        assert_eq!(status("[warehouse:east]", "east-2"), Err(404));
        assert_eq!(status("[regulars]", "east"), Err(403));
        let own = Workplace::Only(vec!["west".parse().unwrap(), "east".parse().unwrap()]);
        assert_eq!(caller("[warehouse:west warehouse:east]").workplace().unwrap(), own);
        assert_eq!(caller("[warehouse:west warehouse]").workplace().unwrap(), Workplace::Everywhere);
        assert!(caller("[warehouse:east]").require_any(&Role::ALL).is_err(), "one warehouse is not all");
        assert!(is_staff("warehouse:east") && is_staff("operator") && !is_staff("regulars"));
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
