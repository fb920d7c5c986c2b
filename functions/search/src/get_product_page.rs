//! `GET /products/{product_id}`: a product's page.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use quick_cache::sync::Cache;
use souk_domain::ids::ProductId;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::{IfNoneMatch, Problems},
    problem::catalogue::NotFound,
};
use souk_search::{PageView, Pages};
use souk_wiring::{Call, ConfigError, Environment, FromEnvironment};

/// A warm instance answers from memory for this long. It adds to the five minutes of the caches in
/// front, so it is short: it is there for bursts that those let through, not to save every read.
const KEPT_FOR: Duration = Duration::from_secs(30);
const KEPT_AT_MOST: usize = 1_000;

/// Revalidated by the ETag after a minute in a browser, after five in the distribution.
const COMPLETE: &str = "public, max-age=60, s-maxage=300, stale-while-revalidate=60, stale-if-error=600";
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
        Problems<NotFound>,
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let id: ProductId = request.path("product_id")?;
    if let Some(kept) = deps.kept.0.get(&id).filter(|kept| kept.read_at.elapsed() < KEPT_FOR) {
        return Ok(answer(&kept.view, COMPLETE));
    }
    let page = deps.pages.page(&id).await?.ok_or_else(|| Problem::not_found("product"))?;
    let view = Arc::new(page.view().ok_or_else(|| Problem::not_found("product"))?);
    if !page.is_complete() {
        return Ok(answer(&view, INCOMPLETE));
    }
    deps.kept.0.insert(id, KeptPage { view: Arc::clone(&view), read_at: Instant::now() });
    Ok(answer(&view, COMPLETE))
}

fn answer(view: &PageView, cache_control: &str) -> Response {
    Response::json(200, view).revision(view.revision).header("cache-control", cache_control)
}
