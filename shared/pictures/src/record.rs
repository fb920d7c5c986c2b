use image::ImageFormat;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::{PictureId, ProductId},
    picture::{Format, Picture, Size},
};
use utoipa::ToSchema;

use crate::Refusal;

/// What a file may be. No SVG: it is a document that can hold a script. No GIF: its frames would be lost. No AVIF: it
/// cannot be read without a library in C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PictureType)]
pub enum Kind {
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
    /// WebP.
    #[serde(rename = "image/webp")]
    Webp,
}

impl Kind {
    /// As it is said over HTTP.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    pub(crate) fn of(format: ImageFormat) -> Option<Self> {
        match format {
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::WebP => Some(Self::Webp),
            _ => None,
        }
    }
}

/// How far a picture has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Its file has not come, or has not been looked at.
    Awaited,
    /// It can be shown.
    Ready(Picture),
    /// It cannot be shown.
    Refused(Refusal),
    /// It is being removed: nothing may show it any more.
    Leaving(Picture),
}

/// A picture as the table holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRecord {
    /// Whose it is.
    pub product_id: ProductId,
    /// Which one.
    pub picture_id: PictureId,
    /// What its file was said to be.
    pub kind: Kind,
    /// When it was asked for.
    pub requested_at: Timestamp,
    pub(crate) status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<Shape>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refusal: Option<Refusal>,
    /// When its product last named it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) named_at: Option<i64>,
    /// When DynamoDB removes the item, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "ttl")]
    pub(crate) expires_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Awaited,
    Ready,
    Refused,
    Leaving,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Awaited => "AWAITED",
            Self::Ready => "READY",
            Self::Refused => "REFUSED",
            Self::Leaving => "LEAVING",
        }
    }
}

/// What a picture's path tells besides its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    width: u32,
    height: u32,
    extension: Extension,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Extension {
    Jpg,
    Png,
}

impl From<&Picture> for Shape {
    fn from(picture: &Picture) -> Self {
        let Size { width, height } = picture.size;
        let extension = match picture.format {
            Format::Jpeg => Extension::Jpg,
            Format::Png => Extension::Png,
        };
        Self { width, height, extension }
    }
}

impl PictureRecord {
    /// How far it has come. One that says that there are files and not which is refused as unreadable.
    pub fn state(&self) -> State {
        match (self.status, self.picture()) {
            (Status::Awaited, _) => State::Awaited,
            (Status::Ready, Some(picture)) => State::Ready(picture),
            (Status::Leaving, Some(picture)) => State::Leaving(picture),
            (Status::Refused | Status::Ready | Status::Leaving, _) => {
                State::Refused(self.refusal.unwrap_or(Refusal::Unreadable))
            }
        }
    }

    /// When it is forgotten by itself; nothing is forgotten that can be shown.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at.and_then(|second| Timestamp::from_second(second).ok())
    }

    fn picture(&self) -> Option<Picture> {
        let Shape { width, height, extension } = self.files?;
        let format = match extension {
            Extension::Jpg => Format::Jpeg,
            Extension::Png => Format::Png,
        };
        Some(Picture { picture_id: self.picture_id.clone(), size: Size { width, height }, format })
    }
}
