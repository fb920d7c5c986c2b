use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a file is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PictureRefusal)]
pub enum Refusal {
    /// It has more bytes than are taken.
    TooLarge,
    /// Its first bytes are those of no JPEG, PNG or WebP.
    NotAPicture,
    /// It is a picture, and of another type than was said.
    OtherType,
    /// It is damaged, or so made that it cannot be read within the time and memory there is.
    Unreadable,
    /// It has more pixels than are taken.
    TooManyPixels,
    /// It is too small to be looked at.
    TooSmall,
    /// It is more than four times as wide as it is high, or as high as it is wide.
    TooLong,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "The file is larger than 10 MB.",
            Self::NotAPicture => "The file is no JPEG, PNG or WebP picture, whatever it is called.",
            Self::OtherType => "The file is a picture, but not of the type that was said: ask again with its own type.",
            Self::Unreadable => "The picture is damaged, or cannot be read: save it anew and try again.",
            Self::TooManyPixels => "The picture has more than 40 million pixels, or a side of more than 12,000.",
            Self::TooSmall => "The picture is less than 50 pixels wide or high.",
            Self::TooLong => "The picture is more than four times as wide as it is high, or as high as it is wide.",
        })
    }
}
