//! `GET /search`: products by words, category, price, rating and stock.

use souk_domain::{
    condition::ItemCondition,
    ids::{CategoryId, CollectionId, SellerId},
    money::Currency,
    names::{Brand, Tag},
};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response,
    description::Problems,
    page_size,
    problem::catalogue::{SearchUnavailable, Unprocessable},
};
use souk_search::{Search, SearchAnswer, SearchQuery, Sort};
use souk_wiring::{Call, FromEnvironment};

use crate::problems;

const PARAMETERS: [&str; 16] = [
    "q",
    "category",
    "collection",
    "tag",
    "seller",
    "brand",
    "condition",
    "attribute",
    "range",
    "min_price",
    "max_price",
    "min_rating",
    "in_stock",
    "sort",
    "limit",
    "cursor",
];
const ATTRIBUTES_MAX: usize = 20;
const RANGES_MAX: usize = 10;
const TAGS_MAX: usize = 20;
const BRANDS_MAX: usize = 20;
const Q_MAX: usize = 200;
const LIMIT_DEFAULT: usize = 24;
const LIMIT_MAX: usize = 100;

/// What was just asked by somebody may be answered from a cache: that is enough for a crowd, and what an
/// operator has just changed is found a moment later.
pub(crate) const CACHE_CONTROL: &str = "public, max-age=0, s-maxage=1";
/// Whoever finds nothing looks again soon, for what was just put there perhaps.
const NOTHING_FOUND: &str = "public, no-cache";

/// What searches.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    search: Search,
}

/// Answers with a page of hits.
#[utoipa::path(
    get,
    path = "/search",
    operation_id = "search-products",
    params(
        ("q" = Option<String>, Query, max_length = 200, description = "Words, a SKU or a product's id; without, everything is browsed."),
        ("category" = Option<CategoryId>, Query, description = "Only what stands in this category or below it, be it its main category or a further one."),
        ("collection" = Option<CollectionId>, Query, description = "Only what is in this collection."),
        ("tag" = Option<Vec<Tag>>, Query, description = "Only what has this tag. May be given up to 20 times: any will do."),
        ("seller" = Option<SellerId>, Query, description = "Only what this seller sells."),
        ("brand" = Option<Vec<Brand>>, Query, description = "Only what this brand makes, written as a facet shows it. May be given up to 20 times: any will do."),
        ("condition" = Option<Vec<ItemCondition>>, Query, description = "Only what is sold in this condition. May be given several times: any will do."),
        ("attribute" = Option<Vec<String>>, Query, description = "Only what has this attribute, as a facet shows it: `colour=brown`. May be given up to 20 times: of several values of one attribute any will do, of several attributes all have to match."),
        ("range" = Option<Vec<String>>, Query, description = "Only what has this attribute, which its category says to be a number, within these bounds: `volume=0.5..2`, `volume=..2`. May be given up to 10 times, each attribute once."),
        ("min_price" = Option<i64>, Query, minimum = 0, maximum = 999999999999_i64, description = "The least price in minor units, this one included."),
        ("max_price" = Option<i64>, Query, minimum = 0, maximum = 999999999999_i64, description = "The highest price in minor units, this one included."),
        ("min_rating" = Option<f64>, Query, minimum = 0, maximum = 5, description = "The least average rating, this one included."),
        ("in_stock" = Option<bool>, Query, description = "Only what can be bought now, as far as is known."),
        ("sort" = Option<Sort>, Query, description = "The order of hits; `relevance` unless said otherwise."),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 24 unless said otherwise."),
        ("cursor" = Option<String>, Query, description = "The `cursor` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of hits.", body = SearchAnswer, headers(("Cache-Control"))),
        Problems<(Unprocessable, SearchUnavailable)>,
    ),
    security(()),
)]
pub async fn handle(deps: &Deps, request: Request, _: Call) -> HttpResult {
    let search = parse(&request)?;
    let cursor: Option<String> = request.query("cursor")?;
    let answer = deps.search.search(&search, cursor.as_deref()).await.map_err(problems::query)?;
    let cache_control = if answer.hits.is_empty() { NOTHING_FOUND } else { CACHE_CONTROL };
    Ok(Response::json(200, &answer).header("cache-control", cache_control))
}

fn parse(request: &Request) -> Result<SearchQuery, Problem> {
    request.allow_query(&PARAMETERS)?;
    let search = SearchQuery {
        q: words(request.query("q")?)?,
        category: request.query("category")?,
        collection: request.query("collection")?,
        tags: request.queries("tag", TAGS_MAX)?,
        seller: request.query("seller")?,
        brands: request.queries("brand", BRANDS_MAX)?,
        conditions: request.queries("condition", ItemCondition::ALL.len())?,
        attributes: request.queries("attribute", ATTRIBUTES_MAX)?,
        ranges: request.queries("range", RANGES_MAX)?,
        min_price: price("min_price", request.query("min_price")?)?,
        max_price: price("max_price", request.query("max_price")?)?,
        min_rating: request.query("min_rating")?,
        in_stock: request.query("in_stock")?.unwrap_or_default(),
        sort: request.query("sort")?.unwrap_or_default(),
        limit: page_size(request.query("limit")?, LIMIT_DEFAULT, 1..=LIMIT_MAX)?,
    };
    for (index, range) in search.ranges.iter().enumerate() {
        if search.ranges[..index].iter().any(|other| other.name == range.name) {
            return Err(Problem::invalid_field("range", "names an attribute twice"));
        }
    }
    if search.min_rating.is_some_and(|rating| !(0.0..=5.0).contains(&rating)) {
        return Err(Problem::invalid_field("min_rating", "must be from 0 to 5"));
    }
    if let (Some(least), Some(most)) = (search.min_price, search.max_price)
        && least > most
    {
        return Err(Problem::unprocessable("min_price", "must not be above max_price"));
    }
    Ok(search)
}

/// Blank words are none.
pub(crate) fn words(q: Option<String>) -> Result<Option<String>, Problem> {
    let q = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
    if q.as_ref().is_some_and(|q| q.chars().count() > Q_MAX) {
        return Err(Problem::invalid_field("q", format!("must have at most {Q_MAX} characters")));
    }
    Ok(q)
}

fn price(name: &'static str, amount: Option<i64>) -> Result<Option<i64>, Problem> {
    if amount.is_some_and(|amount| !(0..=Currency::MOST).contains(&amount)) {
        return Err(Problem::invalid_field(name, format!("must be from 0 to {} minor units", Currency::MOST)));
    }
    Ok(amount)
}
