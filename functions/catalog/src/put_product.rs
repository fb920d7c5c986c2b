//! `PUT /admin/products/{product_id}`: creates or changes a product.

use souk_catalog::{Catalog, Product, ProductDetails};
use souk_domain::{ids::ProductId, picture::Picture};
use souk_pictures::Pictures;
use souk_runtime::http::{
    Effect, HttpResult, Problem, Request, Response,
    description::{IfMatch, Problems},
    problem::catalogue::{SkuTaken, Unprocessable},
};
use souk_wiring::{Call, FromEnvironment};

use crate::{
    operator::{effect, require_operator},
    problems,
};

/// The catalog, and the pictures that its products may show.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    catalog: Catalog,
    pictures: Pictures,
}

/// Answers with the product as it is stored now.
#[utoipa::path(
    put,
    path = "/admin/products/{product_id}",
    operation_id = "put-product",
    params(IfMatch),
    request_body = ProductDetails,
    responses(
        (status = 200, description = "It was changed, or was equal.", body = Product, headers(("ETag"))),
        (status = 201, description = "It was created.", body = Product, headers(("ETag"))),
        Problems<(Unprocessable, SkuTaken)>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    require_operator(&request)?;
    let id: ProductId = request.path("product_id")?;
    let if_match = request.if_match()?;
    let details: ProductDetails = request.json()?;
    let (effect, product) = put(deps, &id, details, if_match, &call).await?;
    Ok(Response::put(effect, product.version, &product))
}

/// The one way in which a product comes into the catalog, alone or as one row of many.
pub(crate) async fn put(
    deps: &Deps,
    id: &ProductId,
    details: ProductDetails,
    if_match: Option<u64>,
    call: &Call,
) -> Result<(Effect, Product), Problem> {
    details.check().map_err(problems::invalid)?;
    name_pictures(&deps.pictures, id, &details, call).await?;
    let put = deps.catalog.put_product(id, details, if_match, call.now).await;
    put.map(effect).map_err(problems::put_product)
}

/// Says that the product shows its pictures before it does, so that nobody removes one in between.
async fn name_pictures(
    pictures: &Pictures,
    id: &ProductId,
    details: &ProductDetails,
    call: &Call,
) -> Result<(), Problem> {
    for (index, image) in details.images.iter().enumerate() {
        let Ok(picture) = image.url.parse::<Picture>() else { continue };
        if !pictures.name(id, &picture, call.now).await? {
            let reason =
                "The product has no such picture that is ready: `GET /admin/products/{product_id}/pictures` tells.";
            return Err(Problem::unprocessable(format!("images[{index}].url"), reason));
        }
    }
    Ok(())
}
