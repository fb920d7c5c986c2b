use souk_domain::ids::Sku;
use souk_dynamo::{AttributeValue, StoreError, Update, attribute, n, s};

use crate::Prices;

/// What a version of a product says of one of its SKUs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogFact {
    /// The product has the SKU, under this title.
    Listed {
        /// The product's title.
        title: String,
        /// What sets the variant apart, where anything does.
        variant: Option<String>,
    },
    /// The product has the SKU no more, or is gone.
    Withdrawn,
}

/// How recording a fact ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum FactOutcome {
    /// It is stored.
    Recorded,
    /// A fact at least as new was known: repeated or late.
    Outdated,
}

impl Prices {
    /// Stores what the catalog says of a SKU, guarded by the product's version: facts may come late,
    /// twice and in any order. A SKU belongs to one product for good, so versions compare.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn record_fact(
        &self,
        sku: &Sku,
        product_version: u64,
        fact: &CatalogFact,
    ) -> Result<FactOutcome, StoreError> {
        let known = attribute("product_version");
        // What was withdrawn keeps the title that it had.
        let (update, withdrawn) = match fact {
            CatalogFact::Listed { title, variant: Some(variant) } => {
                (Update::new().set("title", s(title)).set("variant", s(variant)), false)
            }
            CatalogFact::Listed { title, variant: None } => {
                (Update::new().set("title", s(title)).remove("variant"), false)
            }
            CatalogFact::Withdrawn => (Update::new(), true),
        };
        let update = update
            .set("withdrawn", AttributeValue::Bool(withdrawn))
            .set("product_version", n(product_version))
            .when(known.clone().is_absent().or(known.is_below(n(product_version))));
        let written = self.table.update(&[("sku", sku.as_str())], update).await?.is_written();
        Ok(if written { FactOutcome::Recorded } else { FactOutcome::Outdated })
    }
}
