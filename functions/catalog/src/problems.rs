//! How this context's errors look to a client.

use souk_catalog::{
    ChangeProductError, DeleteProductError, PreconditionFailure, PutCategoryError, PutCollectionError, PutProductError,
    PutSellerError, Violation,
};
use souk_runtime::http::{
    Problem,
    problem::catalogue::{SkuTaken, StaleVersion},
};

pub(crate) fn put_product(error: PutProductError) -> Problem {
    match error {
        PutProductError::Invalid(violations) | PutProductError::Unknown(violations) => invalid(violations),
        PutProductError::Precondition(failure) => precondition(failure),
        PutProductError::SkuTaken { sku, product_id } => {
            let detail = format!("The SKU {sku} belongs to the product {product_id}, and does so for good.");
            Problem::new(SkuTaken, detail).with("sku", sku).with("product_id", product_id)
        }
        PutProductError::Store(error) => error.into(),
    }
}

pub(crate) fn change_product(error: ChangeProductError) -> Problem {
    match error {
        ChangeProductError::NotFound => Problem::not_found("product"),
        ChangeProductError::Put(error) => put_product(error),
    }
}

pub(crate) fn delete_product(error: DeleteProductError) -> Problem {
    match error {
        DeleteProductError::NotFound => Problem::not_found("product"),
        DeleteProductError::Precondition(failure) => precondition(failure),
        DeleteProductError::Store(error) => error.into(),
    }
}

pub(crate) fn put_category(error: PutCategoryError) -> Problem {
    match error {
        PutCategoryError::Invalid(violations) => invalid(violations),
        PutCategoryError::Precondition(failure) => precondition(failure),
        PutCategoryError::UnknownParent => Problem::unprocessable("parent_id", "There is no such category."),
        PutCategoryError::Cycle => Problem::unprocessable("parent_id", "The category would stand below itself."),
        PutCategoryError::TooDeep => Problem::unprocessable("parent_id", "The tree would have too many levels."),
        PutCategoryError::Store(error) => error.into(),
    }
}

pub(crate) fn put_collection(error: PutCollectionError) -> Problem {
    match error {
        PutCollectionError::Invalid(violations) => invalid(violations),
        PutCollectionError::Precondition(failure) => precondition(failure),
        PutCollectionError::Store(error) => error.into(),
    }
}

pub(crate) fn put_seller(error: PutSellerError) -> Problem {
    match error {
        PutSellerError::Invalid(violations) => invalid(violations),
        PutSellerError::Precondition(failure) => precondition(failure),
        PutSellerError::Store(error) => error.into(),
    }
}

/// Malformed wins over senseless: what is out of range has no meaning to judge.
pub(crate) fn invalid(violations: Vec<Violation>) -> Problem {
    let semantic = violations.iter().all(|violation| violation.semantic);
    let mut violations = violations.into_iter();
    let Some(first) = violations.next() else { return Problem::internal("refused without a violation") };
    let problem = if semantic {
        Problem::unprocessable(first.field, first.reason)
    } else {
        Problem::invalid_field(first.field, first.reason)
    };
    violations.fold(problem, |problem, violation| problem.with_field(violation.field, violation.reason))
}

fn precondition(failure: PreconditionFailure) -> Problem {
    match failure {
        PreconditionFailure::Missing { present } => Problem::version_needed(present),
        PreconditionFailure::Stale { present } => Problem::stale(present),
        PreconditionFailure::Absent => {
            Problem::new(StaleVersion, "It does not exist (any more): create it without If-Match.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(field: &str, semantic: bool) -> Violation {
        Violation { field: field.to_owned(), reason: "is bad".to_owned(), semantic }
    }

    #[test]
    fn out_of_range_is_400_and_senseless_is_422() {
        assert_eq!(put_seller(PutSellerError::Invalid(vec![violation("name", false)])).status(), 400);
        assert_eq!(put_product(PutProductError::Invalid(vec![violation("sku", true)])).status(), 422);
        let both = vec![violation("sku", true), violation("title", false)];
        assert_eq!(put_product(PutProductError::Invalid(both)).status(), 400);
    }

    #[test]
    fn a_taken_sku_says_whose_it_is() {
        let taken = PutProductError::SkuTaken { sku: "S-1".parse().unwrap(), product_id: "p-1".parse().unwrap() };
        let problem = put_product(taken);
        assert_eq!((problem.status(), problem.kind.name), (409, "sku-taken"));
        let body: serde_json::Value = serde_json::from_str(problem.into_response("r").body().unwrap()).unwrap();
        assert_eq!((&body["sku"], &body["product_id"]), (&"S-1".into(), &"p-1".into()));
    }

    #[test]
    fn preconditions_keep_their_statuses() {
        let missing = precondition(PreconditionFailure::Missing { present: 2 });
        let told = missing.into_response("r");
        assert_eq!((told.status, told.get_header("etag")), (428, Some("\"2\"")));
        assert_eq!(precondition(PreconditionFailure::Stale { present: 2 }).status(), 412);
        assert_eq!(precondition(PreconditionFailure::Absent).status(), 412);
    }
}
