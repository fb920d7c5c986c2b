use souk_domain::ids::Sku;
use souk_dynamo::{AttributeValue, StoreError, n, s};

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

/// How learning a fact ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum FactOutcome {
    /// It is stored.
    Learned,
    /// A fact at least as new was known: repeated or late.
    Outdated,
}

impl Prices {
    /// Stores what the catalog says of a SKU, guarded by the product's version: facts may come late,
    /// twice and in any order. A SKU belongs to one product for good, so versions compare.
    ///
    /// # Errors
    /// [`StoreError`]; repeating is safe.
    pub async fn learn(&self, sku: &Sku, product_version: u64, fact: &CatalogFact) -> Result<FactOutcome, StoreError> {
        let update = self
            .table
            .update(&[("sku", sku.as_str())])
            .condition_expression("attribute_not_exists(product_version) OR product_version < :version")
            .expression_attribute_values(":version", n(product_version));
        let update = match fact {
            CatalogFact::Listed { title } => update
                .update_expression("SET title = :title, withdrawn = :withdrawn, product_version = :version")
                .expression_attribute_values(":title", s(title))
                .expression_attribute_values(":withdrawn", AttributeValue::Bool(false)),
            CatalogFact::Withdrawn => update
                .update_expression("SET withdrawn = :withdrawn, product_version = :version")
                .expression_attribute_values(":withdrawn", AttributeValue::Bool(true)),
        };
        let written = self.table.write(update).await?.is_written();
        Ok(if written { FactOutcome::Learned } else { FactOutcome::Outdated })
    }
}
