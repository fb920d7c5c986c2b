//! What a campaign is about.

use crate::{
    mutation::{self, SeededBug},
    sale,
};

/// Who sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// The shop: checkouts, orders, shipments.
    #[default]
    Orders,
    /// A flash sale, whose claims become orders too.
    Sale,
}

impl Subject {
    /// The bugs that its campaigns must notice.
    pub fn bugs(self) -> &'static [SeededBug] {
        match self {
            Self::Orders => mutation::BUGS,
            Self::Sale => sale::bugs::BUGS,
        }
    }

    /// What the command line wants for it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Orders => "",
            Self::Sale => "--sale ",
        }
    }
}
