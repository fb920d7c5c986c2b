use std::{fmt, str::FromStr};

use souk_domain::ids::{CategoryId, CollectionId, IdError, ProductId, SellerId, Sku};

/// The partition key of an item of the catalog table: what kind of thing it is, and which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A product, or the tombstone of one.
    Product(ProductId),
    /// A category.
    Category(CategoryId),
    /// A collection.
    Collection(CollectionId),
    /// A seller.
    Seller(SellerId),
    /// To which product a SKU belongs.
    Sku(Sku),
    /// That a product stands somewhere beside its main category.
    Placed(ProductId, Place),
}

/// Where a product stands beside its main category.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In a further category.
    Category(CategoryId),
    /// In a collection.
    Collection(CollectionId),
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
            Self::Collection(id) => write!(f, "collection#{id}"),
            Self::Seller(id) => write!(f, "seller#{id}"),
            Self::Sku(sku) => write!(f, "sku#{sku}"),
            Self::Placed(id, Place::Category(category)) => write!(f, "placed#{id}#category#{category}"),
            Self::Placed(id, Place::Collection(collection)) => write!(f, "placed#{id}#collection#{collection}"),
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
            "collection" => Ok(Self::Collection(id.parse()?)),
            "seller" => Ok(Self::Seller(id.parse()?)),
            "sku" => Ok(Self::Sku(id.parse()?)),
            "placed" => {
                let (product, place) = id.split_once('#').ok_or(KeyError)?;
                let place = match place.split_once('#').ok_or(KeyError)? {
                    ("category", id) => Place::Category(id.parse()?),
                    ("collection", id) => Place::Collection(id.parse()?),
                    _ => return Err(KeyError),
                };
                Ok(Self::Placed(product.parse()?, place))
            }
            _ => Err(KeyError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_what_it_was_made_from() {
        for text in [
            "product#p-1",
            "category#bags",
            "collection#summer",
            "seller#harbour.and.hide",
            "sku#A_1",
            "placed#p-1#category#bags",
            "placed#p-1#collection#summer",
        ] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "product",
            "product#",
            "order#1",
            "sku#a b",
            "placed#p-1",
            "placed#p-1#seller#a",
            "placed#p-1#category#",
        ] {
            assert_eq!(text.parse::<Key>(), Err(KeyError), "{text}");
        }
    }
}
