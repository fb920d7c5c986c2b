//! In which condition a product is sold.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// In which condition a product is sold: the words that shops and marketplaces share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemCondition {
    /// Never used, as its maker packed it.
    #[default]
    New,
    /// Used once, looked over and repaired where it needed it, with a warranty.
    Refurbished,
    /// Used, and nothing shows it.
    UsedLikeNew,
    /// Used, with small signs of it.
    UsedVeryGood,
    /// Used, with signs of it that do no harm.
    UsedGood,
    /// Used, with damages; it does what it is for.
    UsedAcceptable,
}

impl ItemCondition {
    /// All there are, the best first.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Refurbished, Self::UsedLikeNew, Self::UsedVeryGood, Self::UsedGood, Self::UsedAcceptable];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Refurbished => "refurbished",
            Self::UsedLikeNew => "used_like_new",
            Self::UsedVeryGood => "used_very_good",
            Self::UsedGood => "used_good",
            Self::UsedAcceptable => "used_acceptable",
        }
    }
}

/// A text that is no condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be new, refurbished, used_like_new, used_very_good, used_good or used_acceptable")]
pub struct ItemConditionError;

impl FromStr for ItemCondition {
    type Err = ItemConditionError;
    fn from_str(text: &str) -> Result<Self, ItemConditionError> {
        Self::ALL.into_iter().find(|condition| condition.as_str() == text).ok_or(ItemConditionError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_written_everywhere_alike() {
        for condition in ItemCondition::ALL {
            assert_eq!(condition.as_str().parse(), Ok(condition));
            assert_eq!(serde_json::to_value(condition).unwrap(), condition.as_str());
            assert!(ItemConditionError.to_string().contains(condition.as_str()));
        }
        assert_eq!("Used".parse::<ItemCondition>(), Err(ItemConditionError));
    }
}
