//! `GET /products/{product_id}/related`: what else may be wanted of whoever looks at a product.

use std::collections::HashSet;

use serde::Serialize;
use souk_catalog::{Catalog, Key, ProductsOf};
use souk_domain::ids::{ProductId, Sku};
use souk_dynamo::StoreError;
use souk_runtime::http::{
    HttpResult, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::{NotFound, ProductDeleted},
};
use souk_search::{CardView, Companions, Pages, ProductPage};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::{get_product_page::shown, kept::PRODUCT_PAGE};

/// How many of each kind are shown.
const SHOWN_MAX: usize = 8;
/// Among how many of its neighbours the best are chosen. So it costs the same in a category of a million.
const NEIGHBOURS: i32 = 24;
/// Of how many variants the companions are asked for, and how many of them are looked at.
const VARIANTS_MAX: usize = 10;
const COMPANIONS_MAX: usize = 24;

/// The pages, what stands in a category, and what is bought together.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pages: Pages,
    catalog: Catalog,
    companions: Companions,
}

/// Other products, all of which can be bought now, as far as is known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RelatedProducts)]
struct Related {
    /// Bought together with it by several people, the most frequent first; 8 at most.
    bought_together: Vec<CardView>,
    /// Some of its main category, be it theirs or a further one of theirs, those that buyers like first; 8 at most.
    also_in_category: Vec<CardView>,
}

/// Answers with products beside this one. They are kept for as long as its page.
#[utoipa::path(
    get,
    path = "/products/{product_id}/related",
    operation_id = "get-related",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The other products.", body = Related, headers(("ETag"), ("Cache-Control"))),
        Problems<(NotFound, ProductDeleted)>,
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    let id: ProductId = request.path("product_id")?;
    let page = shown(&deps.pages, &id, call.now).await?;
    let bought = bought_with(deps, &page, &call).await?;
    let neighbours = neighbours(deps, &page).await?;
    let mut seen = HashSet::from([id]);
    let bought: Vec<_> = bought.into_iter().filter(|other| seen.insert(other.clone())).collect();
    let neighbours: Vec<_> = neighbours.into_iter().filter(|other| seen.insert(other.clone())).collect();
    let ids: Vec<_> = bought.iter().chain(&neighbours).cloned().collect();
    let pages = deps.pages.many(&ids).await?;
    let cards = |ids: Vec<ProductId>| {
        let cards = ids.into_iter().filter_map(|id| pages.get(&id).and_then(ProductPage::card));
        cards.filter(CardView::can_be_bought).collect::<Vec<_>>()
    };
    let (mut bought_together, mut also_in_category) = (cards(bought), cards(neighbours));
    also_in_category.sort_by(|one, other| other.liking().total_cmp(&one.liking()));
    bought_together.truncate(SHOWN_MAX);
    also_in_category.truncate(SHOWN_MAX);
    let related = Related { bought_together, also_in_category };
    Ok(Response::json(200, &related).representation().header("cache-control", PRODUCT_PAGE.cache_control))
}

/// The products of what was bought with its variants, the most frequent first.
async fn bought_with(deps: &Deps, page: &ProductPage, call: &Call) -> Result<Vec<ProductId>, StoreError> {
    let variants = page.product.iter().flat_map(|product| &product.variants).take(VARIANTS_MAX);
    let skus: Vec<Sku> = variants.map(|variant| variant.sku.clone()).collect();
    let mut others = deps.companions.of(&skus, call.now).await?;
    others.truncate(COMPANIONS_MAX);
    deps.pages.products_of(&others).await
}

/// Those that follow it in its category's index, from the end on from the beginning: each product has others.
async fn neighbours(deps: &Deps, page: &ProductPage) -> Result<Vec<ProductId>, StoreError> {
    let Some(product) = &page.product else { return Ok(Vec::new()) };
    let category = ProductsOf::Category(product.category_id.clone());
    let after = Key::Product(page.product_id.clone());
    let mut ids = deps.catalog.products_of(&category, Some(&after), NEIGHBOURS).await?.product_ids;
    let missing = NEIGHBOURS - i32::try_from(ids.len()).unwrap_or(NEIGHBOURS);
    if missing > 0 {
        ids.extend(deps.catalog.products_of(&category, None, missing).await?.product_ids);
    }
    Ok(ids)
}
