//! `GET /admin/products/{product_id}/pictures`: what became of a product's pictures.

use serde::Serialize;
use souk_domain::ids::ProductId;
use souk_pictures::Pictures;
use souk_runtime::http::{HttpResult, Request, Response};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::{operator::require_operator, view::PictureView};

/// The pictures.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pictures: Pictures,
}

/// A product's pictures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductPictures)]
struct List {
    /// All of them, in the order in which they were asked for; 60 at most.
    pictures: Vec<PictureView>,
}

/// Answers with all pictures that were sent for this product, those too that it does not show, and those that cannot be
/// shown with the reason. A product need not be there yet.
#[utoipa::path(
    get,
    path = "/admin/products/{product_id}/pictures",
    operation_id = "list-pictures",
    responses((status = 200, description = "The pictures.", body = List)),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    require_operator(&request)?;
    let product_id: ProductId = request.path("product_id")?;
    let pictures = deps.pictures.of_product(&product_id).await?;
    Ok(Response::json(200, &List { pictures: pictures.iter().map(PictureView::from).collect() }))
}
