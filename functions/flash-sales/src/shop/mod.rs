//! What shoppers ask for.

pub mod get_intent;
pub mod get_queue;
pub mod get_sale;
pub mod join_queue;
pub mod post_intent;

mod intent;
mod queue_view;

use souk_domain::{flash_sale::ShopperKey, ids::UserId};
use souk_runtime::http::{Problem, Request};

use crate::problems;

/// Who shops.
struct Shopper {
    user_id: UserId,
    key: ShopperKey,
}

impl Shopper {
    /// The caller, whose account the user pool has verified before it gave them a token.
    fn of(request: &Request) -> Result<Self, Problem> {
        let user_id = request.caller()?.user_id;
        let key = ShopperKey::of(&user_id).map_err(|_| problems::not_eligible())?;
        Ok(Self { user_id, key })
    }
}
