//! `GET /admin/sales/{sale_id}`: a sale while it runs.

use serde_json::json;
use souk_domain::{
    ids::{OrderId, SaleId},
    order::OrderStatus,
};
use souk_dynamo::StoreError;
use souk_orders::Orders;
use souk_runtime::http::{HttpResult, Request, Response};
use souk_sales::{Sales, Shards};
use souk_wiring::{Call, FromEnvironment};

use super::{sale_of, sale_view};
use crate::problems;

/// Terms, room, shards and the orders that claims became.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    sales: Sales,
    shards: Shards,
    orders: Orders,
}

/// Counts what is there and keeps no counters that could be wrong: every shard and every order of the
/// sale is read. Some 100 calls for 10,000 units.
///
/// # Errors
/// 403 for anybody but operators, 404.
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let (sale, room) = (deps.sales.get(&sale_id).await?, deps.sales.room(&sale_id).await?);
    let (Some(sale), Some(room)) = (sale, room) else { return Err(problems::no_such_sale()) };
    let totals = deps.shards.watch(&sale_id, sale.shard_count()).await?;
    let orders = count(deps, &sale_id, sale.shard_count()).await?;
    let mut body = sale_view(&sale);
    body["status"] = json!(room.status);
    body["opens_at"] = json!(room.opens_at.to_string());
    body["sold_out"] = json!(room.is_sold_out(&sale));
    body["conducted"] = json!(room.is_conducted(now));
    body["progress"] = json!({
        "admitted": room.admitted(now),
        "claimed": totals.claimed + totals.returned,
        "ordered": orders.placed,
        "paid": orders.paid,
        "returned": totals.returned,
        "left": totals.left,
        "back_in_stock": totals.drained,
    });
    Ok(Response::json(200, &body).etag(sale.version))
}

#[derive(Default)]
struct Counted {
    placed: u32,
    paid: u32,
}

async fn count(deps: &Deps, sale_id: &SaleId, shards: u32) -> Result<Counted, StoreError> {
    let mut counted = Counted::default();
    let claimants = deps.shards.claimants(sale_id, shards).await?;
    for shoppers in claimants.chunks(1000) {
        let ids: Vec<_> = shoppers.iter().map(|shopper| OrderId::of_sale(&shopper.user(), sale_id)).collect();
        for order in deps.orders.many(&ids).await? {
            // An order that was never asked for only marks an expired claim.
            counted.placed += u32::from(order.payment_method.is_some());
            let paid = matches!(order.status, OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered);
            counted.paid += u32::from(paid);
        }
    }
    Ok(counted)
}
