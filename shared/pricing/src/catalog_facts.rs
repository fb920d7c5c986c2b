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
        // What was withdrawn keeps the title that it had.
        let (title, withdrawn) = match fact {
            CatalogFact::Listed { title } => (Some(title), false),
            CatalogFact::Withdrawn => (None, true),
        };
        let known = attribute("product_version");
        let update = Update::new()
            .set_some("title", title.map(s))
            .set("withdrawn", AttributeValue::Bool(withdrawn))
            .set("product_version", n(product_version))
            .when(known.clone().is_absent().or(known.is_below(n(product_version))));
        let written = self.table.update(&[("sku", sku.as_str())], update).await?.is_written();
        Ok(if written { FactOutcome::Recorded } else { FactOutcome::Outdated })
    }
}
