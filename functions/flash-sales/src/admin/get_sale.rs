//! `GET /admin/sales/{sale_id}`: a sale while it runs.

use serde::Serialize;
use souk_domain::{
    flash_sale::FlashSaleStatus,
    ids::{FlashSaleId, OrderId},
    order::OrderStatus,
};
use souk_dynamo::StoreError;
use souk_flash_sales::{FlashSales, Shards};
use souk_orders::Orders;
use souk_runtime::http::{HttpResult, Request, Response, description::Problems, problem::catalogue::NotFound};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use super::{FlashSaleTermsView, sale_of};
use crate::problems;

/// Terms, room, shards and the orders that claims became.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    sales: FlashSales,
    shards: Shards,
    orders: Orders,
}

/// A sale while it runs.
#[derive(Debug, Serialize, ToSchema)]
struct RunningFlashSale<'a> {
    #[serde(flatten)]
    terms: FlashSaleTermsView<'a>,
    status: FlashSaleStatus,
    /// Whether every unit is claimed.
    sold_out: bool,
    /// Whether somebody leads it: opens it, counts its shoppers, lets them in.
    conducted: bool,
    progress: Progress,
}

/// How far a sale is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlashSaleProgress)]
struct Progress {
    /// Shoppers who may have been let in.
    admitted: u64,
    /// Units that were ever claimed.
    claimed: u32,
    /// Claims that became an order.
    ordered: u32,
    /// Orders whose money is held or taken.
    paid: u32,
    /// Claims whose unit came back.
    returned: u32,
    /// Units that can be claimed.
    left: u32,
    /// Units that went back to stock when it closed.
    back_in_stock: u32,
}

/// Counts what is there and keeps no counters that could be wrong: every shard and every order of the
/// sale is read. Some 100 calls for 10,000 units.
#[utoipa::path(
    get,
    path = "/admin/sales/{sale_id}",
    operation_id = "admin-get-sale",
    responses(
        (status = 200, description = "The sale as it runs.", body = RunningFlashSale, headers(("ETag"))),
        Problems<NotFound>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let (sale, room) = (deps.sales.get(&sale_id).await?, deps.sales.room(&sale_id).await?);
    let (Some(sale), Some(room)) = (sale, room) else { return Err(problems::no_such_sale()) };
    let totals = deps.shards.watch(&sale_id, sale.shard_count()).await?;
    let orders = count(deps, &sale_id, sale.shard_count()).await?;
    let terms = FlashSaleTermsView { opens_at: room.opens_at, ..FlashSaleTermsView::from(&sale) };
    let body = RunningFlashSale {
        terms,
        status: room.status,
        sold_out: room.is_sold_out(&sale),
        conducted: room.is_conducted(now),
        progress: Progress {
            admitted: room.admitted(now),
            claimed: totals.claimed + totals.returned,
            ordered: orders.placed,
            paid: orders.paid,
            returned: totals.returned,
            left: totals.left,
            back_in_stock: totals.drained,
        },
    };
    Ok(Response::json(200, &body).etag(sale.version))
}

#[derive(Default)]
struct Counted {
    placed: u32,
    paid: u32,
}

async fn count(deps: &Deps, sale_id: &FlashSaleId, shards: u32) -> Result<Counted, StoreError> {
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
