//! `POST /admin/products`: puts many products, each as `PUT /admin/products/{product_id}` would.

use serde::Deserialize;
use souk_catalog::ProductDetails;
use souk_domain::ids::ProductId;
use souk_runtime::http::{HttpResult, Request, Row, RowAnswers, Rows, put_rows};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::put_product::Deps;
use crate::{operator::require_operator, put_product};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProductRow {
    product_id: ProductId,
    /// The version that is changed: the number in its `ETag`. Without, it is created.
    #[serde(default)]
    if_match: Option<u64>,
    product: ProductDetails,
}

impl Row for ProductRow {
    type Key = ProductId;
    const KEY_FIELD: &'static str = "product_id";
    fn key(&self) -> ProductId {
        self.product_id.clone()
    }
}

/// Answers with what became of each row.
#[utoipa::path(
    post,
    path = "/admin/products",
    operation_id = "put-products",
    request_body = Rows<ProductRow>,
    responses((status = 200, description = "What became of each row.", body = RowAnswers)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    require_operator(&request)?;
    put_rows(&request, async |row: ProductRow| {
        let put = put_product::put(deps, &row.product_id, row.product, row.if_match, &call).await;
        put.map(|(effect, product)| (effect, product.version)).map_err(|problem| problem.within("product"))
    })
    .await
}
