//! `POST /admin/prices`: sets many prices, each as `PUT /admin/prices/{sku}` would.

use serde::Deserialize;
use souk_domain::{ids::Sku, money::Money, quantity::Quantity};
use souk_pricing::Terms;
use souk_runtime::http::{HttpResult, Request, Row, RowAnswers, Rows, put_rows};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::operator::Deps;
use crate::{operator::require_operator, put_price};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PriceRow {
    sku: Sku,
    /// The version that is changed: the number in its `ETag`. Without, it is created.
    #[serde(default)]
    if_match: Option<u64>,
    price: Money,
    /// The most units that one order may have; as many as a line may have where it is absent.
    #[serde(default)]
    max_per_order: Option<Quantity>,
}

impl Row for PriceRow {
    type Key = Sku;
    const KEY_FIELD: &'static str = "sku";
    fn key(&self) -> Sku {
        self.sku.clone()
    }
}

/// Answers with what became of each row.
#[utoipa::path(
    post,
    path = "/admin/prices",
    operation_id = "put-prices",
    request_body = Rows<PriceRow>,
    responses((status = 200, description = "What became of each row.", body = RowAnswers)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    put_rows(&request, async |row: PriceRow| {
        let terms = Terms { price: row.price, max_per_order: row.max_per_order };
        let (effect, price) = put_price::put(deps, &row.sku, terms, row.if_match).await?;
        Ok((effect, price.version))
    })
    .await
}
