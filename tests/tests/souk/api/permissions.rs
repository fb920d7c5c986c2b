//! Who may ask what, as the description says: the page for people, and what `flows/permissions.rs` holds a stack to.

use std::fmt::Write as _;

use super::{
    assert_written,
    document::{Operation, document, operations},
};

/// What a caller of one sort hears on a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Let in: whatever the answer is, it is about the request.
    In,
    Unauthorized,
    Forbidden,
    /// Staff of one warehouse: let in where that is theirs, 404 where it is another's.
    OwnWarehouse,
}

/// The groups of a caller; none of somebody without a token that is good.
pub type Groups = Option<&'static [&'static str]>;

/// The sorts of callers with a good token, and nobody.
pub const SORTS: [(&str, Groups); 6] = [
    ("nobody", None),
    ("shopper", Some(&[])),
    ("one warehouse", Some(&["warehouse:nobody-works-here"])),
    ("warehouse", Some(&["warehouse"])),
    ("operator", Some(&["operator"])),
    ("both", Some(&["operator", "warehouse"])),
];

/// A route of the description.
pub struct Route {
    pub method: String,
    pub pattern: String,
    /// Each alternative: a scheme and the groups that it asks for; none where nothing is asked.
    pub security: Vec<Option<(String, Vec<String>)>>,
    path: String,
}

pub fn routes() -> Vec<Route> {
    operations(&document()).iter().map(Route::of).collect()
}

impl Route {
    fn of(operation: &Operation) -> Self {
        // Where both are asked for, the user is who counts.
        let counts = |schemes: Vec<(String, Vec<String>)>| {
            let user = schemes.iter().find(|(scheme, _)| scheme == "user").cloned();
            user.or_else(|| schemes.into_iter().next())
        };
        Self {
            method: operation.method.clone(),
            pattern: operation.path.clone(),
            security: operation.alternatives().into_iter().map(counts).collect(),
            path: operation.path_of_nothing(),
        }
    }

    /// A path of this route; what it names does not exist.
    pub fn path_of_nothing(&self) -> String {
        self.path.clone()
    }

    pub fn is_open(&self) -> bool {
        self.security.contains(&None)
    }

    pub fn expects(&self, groups: Groups) -> Verdict {
        let of_users: Vec<_> = self.security.iter().flatten().filter(|(scheme, _)| scheme == "user").collect();
        match groups {
            None if self.is_open() => Verdict::In,
            None => Verdict::Unauthorized,
            Some(_) if of_users.is_empty() && self.is_open() => Verdict::In,
            // Asks for something else than a token.
            Some(_) if of_users.is_empty() => Verdict::Unauthorized,
            Some(groups) => {
                let is_asked = |asked: &&(String, Vec<String>)| {
                    asked.1.is_empty() || asked.1.iter().any(|group| groups.contains(&group.as_str()))
                };
                let asks_for_work = of_users.iter().any(|asked| asked.1.iter().any(|group| group == "warehouse"));
                let works_somewhere = groups.iter().any(|group| group.starts_with("warehouse:"));
                match of_users.iter().any(is_asked) {
                    true => Verdict::In,
                    false if asks_for_work && works_somewhere => Verdict::OwnWarehouse,
                    false => Verdict::Forbidden,
                }
            }
        }
    }
}

fn page() -> String {
    let mut page = String::from(
        "# Who may ask what\n\n\
         <!-- Made from the descriptions beside the handlers; a test compares. -->\n\n\
         Each route by each sort of caller: **yes**, where the answer is about what was asked, **own**, where it is about their own\n\
         warehouse and 404 about another's, else the status. A token that is bad, expired, of another client of the pool, or an ID token\n\
         is nobody's: 401, also on `/cart`, and passed over where the edge caches. *both* is an operator who works in all warehouses.\n\
         Another shopper's order or checkout is 404, as one that is not there. Dismissed staff are what their groups are now, five\n\
         minutes later at the most ([why so](decisions/2026-11-29-dismissal.md)). `make permissions` asks a running stack, and prints\n\
         this table with the answers.\n\n",
    );
    let names: Vec<_> = SORTS.iter().map(|(name, _)| *name).collect();
    write!(page, "| route | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len())).unwrap();
    for route in routes() {
        let cell = |(_, groups): &(&str, Groups)| match route.expects(*groups) {
            Verdict::In => "yes",
            Verdict::Unauthorized => "401",
            Verdict::Forbidden => "403",
            Verdict::OwnWarehouse => "own",
        };
        let cells: Vec<_> = SORTS.iter().map(cell).collect();
        let signed = if route.security.iter().flatten().any(|(scheme, _)| scheme == "gateway" || scheme == "carrier") {
            " (signed)"
        } else {
            ""
        };
        writeln!(page, "| `{} {}`{signed} | {} |", route.method, route.pattern, cells.join(" | ")).unwrap();
    }
    page
}

#[test]
fn docs_permissions_md_is_made_from_the_description() {
    assert_written("docs/permissions.md", &page());
}

#[test]
fn a_route_of_the_staffs_is_no_shoppers_and_a_shoppers_is_the_staffs() {
    let routes = routes();
    let on = |route: &str, groups: Groups| {
        routes.iter().find(|known| format!("{} {}", known.method, known.pattern) == route).unwrap().expects(groups)
    };
    assert_eq!(on("PUT /admin/prices/{sku}", Some(&[])), Verdict::Forbidden);
    assert_eq!(on("PUT /admin/prices/{sku}", Some(&["operator"])), Verdict::In);
    assert_eq!(on("PUT /admin/prices/{sku}", None), Verdict::Unauthorized);
    assert_eq!(on("GET /orders", Some(&["operator"])), Verdict::In);
    assert_eq!(on("GET /cart", None), Verdict::In);
    let own = on("POST /admin/orders/{order_id}/fulfilments/{warehouse_id}/claim", Some(&["warehouse:a"]));
    assert_eq!(own, Verdict::OwnWarehouse);
    assert_eq!(on("POST /webhooks/payments", Some(&["operator"])), Verdict::Unauthorized);
}
