//! `GET /products`: products by their ids.

use std::collections::BTreeSet;

use serde::Serialize;
use souk_domain::ids::ProductId;
use souk_runtime::http::{HttpResult, Problem, Request, Response, description::IfNoneMatch};
use souk_search::{CardView, Pages};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

const IDS_MAX: usize = 100;

/// Few ask for the same products, so a copy is for those who ask again.
pub(crate) const CACHE_CONTROL: &str = "public, max-age=60, stale-if-error=600";

/// The pages.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pages: Pages,
}

/// Products that were asked for.
#[derive(Debug, Serialize, ToSchema)]
struct Products {
    /// Those that are there, in the order in which they were asked for.
    products: Vec<CardView>,
    /// Those that are not, or not any more.
    missing: Vec<ProductId>,
}

/// Answers with what a list shows of each product: of what a cart, a history or another's list names by ids.
#[utoipa::path(
    get,
    path = "/products",
    operation_id = "list-products",
    params(
        ("ids" = String, Query, min_length = 1, max_length = 4_080, description = "1 to 100 ids of products, with commas between them, none twice; path and query together within their limit."),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The products, and which of them are missing.", body = Products, headers(("ETag"), ("Cache-Control"))),
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    request.allow_query(&["ids"])?;
    let text: String = request.query("ids")?.ok_or_else(|| Problem::invalid_field("ids", "is needed"))?;
    let ids = ids(&text)?;
    let pages = deps.pages.many(&ids).await?;
    let (mut products, mut missing) = (Vec::with_capacity(ids.len()), Vec::new());
    for id in ids {
        match pages.get(&id).and_then(souk_search::ProductPage::card) {
            Some(card) => products.push(card),
            None => missing.push(id),
        }
    }
    Ok(Response::json(200, &Products { products, missing }).representation().header("cache-control", CACHE_CONTROL))
}

fn ids(text: &str) -> Result<Vec<ProductId>, Problem> {
    let ids: Vec<ProductId> = text
        .split(',')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| Problem::invalid_field("ids", "must be ids of products, with commas between them"))?;
    if ids.len() > IDS_MAX {
        return Err(Problem::invalid_field("ids", format!("must be at most {IDS_MAX}")));
    }
    if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
        return Err(Problem::invalid_field("ids", "must name none twice"));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_order_and_their_limits() {
        let read = |text: &str| ids(text).ok().map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(read("b,a"), Some(vec!["b".to_owned(), "a".to_owned()]));
        let many = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(read(&many(100)).map(|ids| ids.len()), Some(100));
        for bad in ["", ",", "a,", "a,a", "a b", &many(101)] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
