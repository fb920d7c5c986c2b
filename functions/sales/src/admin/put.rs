//! `PUT /admin/sales/{sale_id}`: defines a sale, or changes one before its opening.

use souk_domain::{
    ids::SaleId,
    sale::{SaleDraft, SaleTerms},
};
use souk_runtime::http::{HttpResult, Problem, Request, Response};
use souk_sales::{ChangeOutcome, DefineOutcome, Sale, new_lottery_key};
use souk_wiring::{Call, FromEnvironment};

use super::{sale_of, sale_view};
use crate::{conductors::Conductors, preparation::Preparation, problems, sale_stock::SaleStock};

/// The sale with its stock, and whom to call when it opens soon.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    stock: SaleStock,
    conductors: Conductors,
}

/// 201 for a new sale, whose units have left stock for its shards. SKU and units are fixed from then on;
/// the rest can be changed under `If-Match` until it opens.
///
/// # Errors
/// 400, 403, 409 (too little stock, or it has opened), 412, 422, 428, 503.
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let sale_id = sale_of(&request)?;
    let seen = request.if_match()?;
    let draft: SaleDraft = request.json()?;
    let terms = SaleTerms::new(draft).map_err(problems::terms)?;
    match (deps.stock.sales.get(&sale_id).await?, seen) {
        (None, None) => define(deps, &sale_id, &terms, &call).await,
        (None, Some(_)) => Err(Problem::nothing_to_match()),
        // The same once more: an earlier call may have died on the way.
        (Some(sale), None) if sale.terms == terms => ready(deps, 200, sale, &call).await,
        (Some(sale), None) => Err(Problem::version_needed(sale.version)),
        (Some(_), Some(version)) => change(deps, &sale_id, &terms, version, &call).await,
    }
}

async fn define(deps: &Deps, sale_id: &SaleId, terms: &SaleTerms, call: &Call) -> HttpResult {
    if terms.opens_at() <= call.now {
        return Err(Problem::unprocessable("opens_at", "must be in the future"));
    }
    let key = new_lottery_key().map_err(Problem::try_again)?;
    match deps.stock.sales.define(sale_id, terms, &key, call.now).await? {
        DefineOutcome::Defined(sale) => ready(deps, 201, *sale, call).await,
        DefineOutcome::Exists(sale) if sale.terms == *terms => ready(deps, 200, *sale, call).await,
        DefineOutcome::Exists(sale) => Err(Problem::version_needed(sale.version)),
        DefineOutcome::Contention => Err(Problem::try_again("the sale is being defined by somebody else")),
    }
}

async fn change(deps: &Deps, sale_id: &SaleId, terms: &SaleTerms, version: u64, call: &Call) -> HttpResult {
    match deps.stock.sales.change(sale_id, terms, version, call.now).await? {
        ChangeOutcome::Changed(sale) | ChangeOutcome::Unchanged(sale) => ready(deps, 200, *sale, call).await,
        ChangeOutcome::Stale(sale) => Err(Problem::stale(sale.version)),
        ChangeOutcome::Fixed(field) => Err(Problem::unprocessable(
            field,
            "is fixed, because the units have left stock: close this sale and define another",
        )),
        ChangeOutcome::TooLate(status) => Err(problems::illegal(status, "be changed")),
        ChangeOutcome::Contention => Err(Problem::try_again("the sale was being written")),
        ChangeOutcome::Unknown => Err(problems::no_such_sale()),
    }
}

/// The sale with its units in shards. One that finds too little stock is withdrawn: it never was.
async fn ready(deps: &Deps, status: u16, sale: Sale, call: &Call) -> HttpResult {
    match deps.stock.prepare(&sale, call.now).await? {
        Preparation::Ready => {
            let sale = deps.stock.sales.get(&sale.sale_id).await?.ok_or_else(problems::no_such_sale)?;
            deps.conductors.start_before(&sale.sale_id, sale.terms.opens_at(), call).await;
            Ok(Response::json(status, &sale_view(&sale)).etag(sale.version))
        }
        Preparation::OutOfStock(shortage) => {
            deps.stock.sales.withdraw(&sale.sale_id).await?;
            Err(problems::out_of_stock(&shortage))
        }
        Preparation::Busy => Err(Problem::try_again("the stock or the sale was being written")),
        Preparation::Unknown => Err(problems::no_such_sale()),
    }
}
