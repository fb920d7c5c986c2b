use std::{fmt, str::FromStr};

use souk_domain::ids::{CategoryId, IdError, ProductId, SellerId, Sku};

/// The partition key of an item of the catalog table: what kind of thing it is, and which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A product, or the tombstone of one.
    Product(ProductId),
    /// A category.
    Category(CategoryId),
    /// A seller.
    Seller(SellerId),
    /// To which product a SKU belongs.
    Sku(Sku),
}

/// A text that is no key of this table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a key of the catalog")]
pub struct KeyError;

impl From<IdError> for KeyError {
    fn from(_: IdError) -> Self {
        Self
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(id) => write!(f, "product#{id}"),
            Self::Category(id) => write!(f, "category#{id}"),
            Self::Seller(id) => write!(f, "seller#{id}"),
            Self::Sku(sku) => write!(f, "sku#{sku}"),
        }
    }
}

impl FromStr for Key {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (kind, id) = text.split_once('#').ok_or(KeyError)?;
        match kind {
            "product" => Ok(Self::Product(id.parse()?)),
            "category" => Ok(Self::Category(id.parse()?)),
            "seller" => Ok(Self::Seller(id.parse()?)),
            "sku" => Ok(Self::Sku(id.parse()?)),
            _ => Err(KeyError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_what_it_was_made_from() {
        for text in ["product#p-1", "category#bags", "seller#harbour.and.hide", "sku#A_1"] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        for text in ["", "product", "product#", "order#1", "sku#a b"] {
            assert_eq!(text.parse::<Key>(), Err(KeyError), "{text}");
        }
    }
}
