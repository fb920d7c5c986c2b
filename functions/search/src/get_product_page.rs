//! `GET /products/{product_id}`: a product's page.

use std::{sync::Arc, time::Instant};

use jiff::Timestamp;
use quick_cache::sync::Cache;
use souk_domain::ids::ProductId;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::{NotFound, ProductDeleted},
};
use souk_search::{Looked, PageView, Pages, ProductPage};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

use crate::kept::PRODUCT_PAGE;

const KEPT_AT_MOST: usize = 1_000;

/// A page that still lacks a price, a stock or a name is about to change.
const INCOMPLETE: &str = "public, no-cache";

/// The pages, and those that were read lately.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pages: Pages,
    kept: Kept,
}

#[derive(Debug)]
struct Kept(Cache<ProductId, KeptPage>);

#[derive(Debug, Clone)]
struct KeptPage {
    view: Arc<PageView>,
    read_at: Instant,
}

impl FromEnvironment for Kept {
    async fn from_environment(_: &Environment) -> Result<Self, ConfigError> {
        Ok(Self(Cache::new(KEPT_AT_MOST)))
    }
}

/// Answers with the page, or with 304 where the client's copy is still good.
#[utoipa::path(
    get,
    path = "/products/{product_id}",
    operation_id = "get-product-page",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The page.", body = PageView, headers(("ETag"), ("Cache-Control"))),
        Problems<(NotFound, ProductDeleted)>,
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, Call { now, .. }: Call) -> HttpResult {
    let id: ProductId = request.path("product_id")?;
    if let Some(kept) = deps.kept.0.get(&id).filter(|kept| kept.read_at.elapsed() < PRODUCT_PAGE.in_memory) {
        return Ok(answer(&kept.view, PRODUCT_PAGE.cache_control));
    }
    let page = shown(&deps.pages, &id, now).await?;
    let view = Arc::new(page.view().ok_or_else(|| Problem::not_found("product"))?);
    if !page.is_complete() {
        return Ok(answer(&view, INCOMPLETE));
    }
    deps.kept.0.insert(id, KeptPage { view: Arc::clone(&view), read_at: Instant::now() });
    Ok(answer(&view, PRODUCT_PAGE.cache_control))
}

/// The page of a product that shoppers may see.
pub(crate) async fn shown(pages: &Pages, id: &ProductId, now: Timestamp) -> Result<Box<ProductPage>, Problem> {
    match pages.look_up(id, now).await? {
        Looked::Shown(page) => Ok(page),
        Looked::Gone => Err(Problem::new(ProductDeleted, "The product was deleted.")),
        Looked::Unknown => Err(Problem::not_found("product")),
    }
}

fn answer(view: &PageView, cache_control: &str) -> Response {
    Response::json(200, view).representation().header("cache-control", cache_control)
}
