//! `POST /admin/sales/{sale_id}/pause`

use souk_domain::flash_sale::FlashSaleEvent;
use souk_flash_sales::FlashSales;
use souk_runtime::http::{
    HttpResult, Request,
    description::Problems,
    problem::catalogue::{IllegalTransition, NotFound},
};
use souk_wiring::{Call, FromEnvironment};

use super::{RoomView, sale_of, transitioned};

/// The sales.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    sales: FlashSales,
}

/// Admits nobody and sells nothing until it is resumed, from at most a second from now. Repeating it changes nothing.
#[utoipa::path(
    post,
    path = "/admin/sales/{sale_id}/pause",
    operation_id = "pause-sale",
    responses(
        (status = 200, description = "It is paused.", body = RoomView),
        Problems<(NotFound, IllegalTransition)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let outcome = deps.sales.transition(&sale_id, FlashSaleEvent::Pause, now).await?;
    transitioned(outcome, "be paused")
}
