//! What a campaign is about.

use crate::{
    flash_sale,
    mutation::{self, SeededBug},
};

/// Who sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// The shop: checkouts, orders, shipments.
    #[default]
    Orders,
    /// The same in the order protocol's second edition: rows of stock hold their holds.
    Holds,
    /// A flash sale, whose claims become orders too.
    FlashSale,
}

impl Subject {
    /// The bugs that its campaigns must notice.
    pub fn bugs(self) -> &'static [SeededBug] {
        match self {
            Self::Orders => mutation::BUGS,
            Self::Holds => mutation::HOLD_BUGS,
            Self::FlashSale => flash_sale::bugs::BUGS,
        }
    }

    /// What the command line wants for it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Orders => "",
            Self::Holds => "--holds ",
            Self::FlashSale => "--sale ",
        }
    }
}
