//! `POST /admin/product-changes`: makes one change to many products.

use serde::{Deserialize, Serialize};
use souk_catalog::{Catalog, Key, ProductChange, ProductsOf};
use souk_domain::ids::{CategoryId, CollectionId, ProductId, SellerId};
use souk_dynamo::Cursor;
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, RowOutcome, description::Problems, problem::catalogue::Unprocessable,
    put_each,
};
use souk_wiring::Call;
use utoipa::ToSchema;

pub use crate::operator::Deps;
use crate::{
    operator::{effect, require_operator},
    problems,
};

/// So many products are changed by one request.
const PRODUCTS_MAX: usize = 100;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Changes {
    /// Which products.
    of: Of,
    /// What is to be changed of each.
    change: ProductChange,
    /// The `cursor` of the answer before; without, it begins with the first product.
    #[serde(default)]
    cursor: Option<String>,
}

/// Which products are changed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChangedProducts)]
enum Of {
    /// These, 1 to 100, none twice.
    ProductIds(Vec<ProductId>),
    /// Those right in this category, be it their main one or a further one.
    CategoryId(CategoryId),
    /// Those of this collection.
    CollectionId(CollectionId),
    /// Those of this seller.
    SellerId(SellerId),
}

/// What became of the products.
#[derive(Debug, Serialize, ToSchema)]
struct ChangeAnswer {
    /// Each that was looked at, up to 100.
    products: Vec<ChangedProduct>,
    /// Where it goes on; absent where no product is left. The same request may be sent again: what was changed then is
    /// unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// What became of a product.
#[derive(Debug, Serialize, ToSchema)]
struct ChangedProduct {
    product_id: ProductId,
    #[serde(flatten)]
    outcome: RowOutcome,
}

/// Answers with what became of each product. Of a category, a collection or a seller it takes the first hundred, and
/// says where the next request goes on.
#[utoipa::path(
    post,
    path = "/admin/product-changes",
    operation_id = "change-products",
    request_body = Changes,
    responses(
        (status = 200, description = "What became of each product.", body = ChangeAnswer),
        Problems<Unprocessable>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    require_operator(&request)?;
    let Changes { of, change, cursor } = request.json()?;
    change.check().map_err(problems::invalid)?;
    let bound_to = serde_json::to_string(&(&of, &change)).unwrap_or_default();
    let after = cursor.map(|text| Cursor::<String>::decode(&text, &bound_to)).transpose()?;
    let after = after.and_then(|Cursor(key)| key.parse().ok());
    let listed = of.listed();
    let (ids, next) = match (of, &listed) {
        (Of::ProductIds(ids), _) => (named(ids)?, None),
        (_, Some(listed)) => list(&deps.catalog, listed, after).await?,
        (_, None) => (Vec::new(), None),
    };
    let outcomes = put_each(ids.clone(), async |id| {
        let changed = deps.catalog.change_product(&id, &change, listed.as_ref(), call.now).await;
        let (effect, product) = effect(changed.map_err(problems::change_product)?);
        Ok((effect, product.version))
    });
    let outcomes = outcomes.await;
    let products = ids.into_iter().zip(outcomes).map(|(product_id, outcome)| ChangedProduct { product_id, outcome });
    let cursor = next.map(|key| Cursor(key.to_string()).encode(&bound_to));
    Ok(Response::json(200, &ChangeAnswer { products: products.collect(), cursor }))
}

impl Of {
    fn listed(&self) -> Option<ProductsOf> {
        match self {
            Self::ProductIds(_) => None,
            Self::CategoryId(id) => Some(ProductsOf::Category(id.clone())),
            Self::CollectionId(id) => Some(ProductsOf::Collection(id.clone())),
            Self::SellerId(id) => Some(ProductsOf::Seller(id.clone())),
        }
    }
}

fn named(ids: Vec<ProductId>) -> Result<Vec<ProductId>, Problem> {
    if ids.is_empty() || ids.len() > PRODUCTS_MAX {
        return Err(Problem::invalid_field("of.product_ids", format!("must have 1 to {PRODUCTS_MAX} entries")));
    }
    match (1..ids.len()).find(|index| ids[..*index].contains(&ids[*index])) {
        Some(index) => Err(Problem::unprocessable(format!("of.product_ids[{index}]"), "is given twice")),
        None => Ok(ids),
    }
}

async fn list(
    catalog: &Catalog,
    of: &ProductsOf,
    after: Option<Key>,
) -> Result<(Vec<ProductId>, Option<Key>), Problem> {
    let at_most = i32::try_from(PRODUCTS_MAX).unwrap_or(i32::MAX);
    let listed = catalog.products_of(of, after.as_ref(), at_most).await?;
    // One that has just moved may stand there twice.
    let mut ids: Vec<ProductId> = Vec::with_capacity(listed.product_ids.len());
    for id in listed.product_ids {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok((ids, listed.next))
}
