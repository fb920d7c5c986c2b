//! What a warehouse's staff calls: its list, and each step of its work for an order.

pub mod claim_fulfilment;
pub mod correct_parcel;
pub mod deliver_parcel;
pub mod get_fulfilment;
pub mod list_fulfilments;
pub mod pack_fulfilment;
pub mod release_fulfilment;
pub mod report_shortage;
pub mod ship_fulfilment;

use souk_domain::ids::{OrderId, UserId, WarehouseId};
use souk_runtime::http::{Problem, Request, Role};

/// Who calls, about which fulfilment. They work in its warehouse.
struct Desk {
    order_id: OrderId,
    warehouse_id: WarehouseId,
    by: UserId,
    /// True for operators, who may end what another has begun.
    leads: bool,
}

impl Desk {
    /// # Errors
    /// 401, 403 and 404 for whoever does not work there, 400 for ids that are none.
    fn of(request: &Request) -> Result<Self, Problem> {
        let caller = request.caller()?;
        let warehouse_id = request.path("warehouse_id")?;
        caller.require_work_in(&warehouse_id)?;
        let leads = caller.is(Role::Operator);
        Ok(Self { order_id: request.path("order_id")?, warehouse_id, by: caller.user_id, leads })
    }
}
