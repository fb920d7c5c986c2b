//! What a campaign is about.

/// Who sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// The shop: checkouts, orders, shipments.
    #[default]
    Orders,
    /// The same in the order protocol's first edition: reservations beside the rows of stock.
    FirstEdition,
    /// A flash sale, whose claims become orders too.
    FlashSale,
}

impl Subject {
    /// What the command line wants for it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Orders => "",
            Self::FirstEdition => "--first ",
            Self::FlashSale => "--sale ",
        }
    }
}
