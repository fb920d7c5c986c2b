//! A picture as operators see it.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{ids::PictureId, picture::Picture};
use souk_pictures::{Kind, PictureRecord, Refusal, State};
use utoipa::ToSchema;

/// A picture of a product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Picture)]
pub(crate) struct PictureView {
    picture_id: PictureId,
    state: StateName,
    /// What its file was said to be.
    content_type: Kind,
    /// What a product's `images` name it by, once it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Its files, the smallest first, once it is ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourceView>,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<RefusalView>,
    requested_at: Timestamp,
    /// When it is forgotten, where nothing can be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

/// How far it has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PictureState)]
enum StateName {
    /// Its file has not come, or is being looked at.
    Awaited,
    /// A product can show it.
    Ready,
    /// It cannot be shown.
    Refused,
    /// It is being removed.
    Leaving,
}

/// One file of a picture.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PictureFile)]
struct SourceView {
    url: String,
    /// In pixels.
    width: u32,
    /// In pixels.
    height: u32,
}

/// Why it is refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedPicture)]
struct RefusalView {
    reason: Refusal,
    /// The same for people.
    detail: String,
}

impl From<&PictureRecord> for PictureView {
    fn from(record: &PictureRecord) -> Self {
        let view = Self {
            picture_id: record.picture_id.clone(),
            state: StateName::Awaited,
            content_type: record.kind,
            url: None,
            sources: Vec::new(),
            refusal: None,
            requested_at: record.requested_at,
            expires_at: record.expires_at(),
        };
        match record.state() {
            State::Awaited => view,
            State::Ready(picture) => {
                let (url, sources) = (Some(picture.to_string()), sources(&picture));
                Self { state: StateName::Ready, url, sources, ..view }
            }
            State::Leaving(_) => Self { state: StateName::Leaving, ..view },
            State::Refused(reason) => {
                let refusal = Some(RefusalView { reason, detail: reason.to_string() });
                Self { state: StateName::Refused, refusal, ..view }
            }
        }
    }
}

fn sources(picture: &Picture) -> Vec<SourceView> {
    let source = |size| SourceView { url: picture.path(size), width: size.width, height: size.height };
    picture.sizes().into_iter().map(source).collect()
}
