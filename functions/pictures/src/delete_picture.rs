//! `DELETE /admin/products/{product_id}/pictures/{picture_id}`: removes a picture.

use souk_domain::ids::{PictureId, ProductId};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::Problems,
    problem::catalogue::{NotFound, PictureShown},
};
use souk_wiring::Call;

pub use crate::removal::Remover as Deps;
use crate::{operator::require_operator, removal::Removal};

/// Answers with nothing once the picture is gone. Caches may go on showing it to those who know its address.
#[utoipa::path(
    delete,
    path = "/admin/products/{product_id}/pictures/{picture_id}",
    operation_id = "delete-picture",
    responses(
        (status = 204, description = "It is gone."),
        Problems<(NotFound, PictureShown)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    require_operator(&request)?;
    let product_id: ProductId = request.path("product_id")?;
    let picture_id: PictureId = request.path("picture_id")?;
    let record = deps.pictures.find(&product_id, &picture_id).await?;
    let record = record.ok_or_else(|| Problem::not_found("picture"))?;
    match deps.remove(&record, call.now).await? {
        Removal::Removed => Ok(Response::empty(204)),
        Removal::Shown => Err(Problem::new(PictureShown, "The product's `images` name it.")),
        Removal::Named => {
            let detail = "The product may be about to show it: it was named within the last two minutes.";
            Err(Problem::new(PictureShown, detail).with_header("retry-after", "120"))
        }
    }
}
