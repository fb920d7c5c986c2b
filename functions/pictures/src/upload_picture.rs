//! `POST /admin/products/{product_id}/pictures`: how to send a picture.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::ids::{PictureId, ProductId};
use souk_pictures::{BYTES_MAX, Form, Forms, Kind, PICTURES_MAX, Pictures, Place, RequestOutcome};
use souk_runtime::http::{
    HttpResult, Problem, Request, Response, description::Problems, problem::catalogue::TooManyPictures,
};
use souk_wiring::{Call, FromEnvironment};
use utoipa::ToSchema;

use crate::{operator::require_operator, view::PictureView};

/// The pictures, and what signs forms.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    pictures: Pictures,
    forms: Forms,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = UploadPicture)]
#[serde(deny_unknown_fields)]
struct Body {
    /// What the file is.
    content_type: Kind,
}

/// A picture that is awaited, and how to send it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PictureUpload)]
struct Upload {
    picture: PictureView,
    form: FormView,
}

/// A form for `multipart/form-data`: its fields as they stand, and behind them the file as the field `file`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadForm)]
struct FormView {
    /// Where it is sent to by `POST`.
    url: String,
    /// By name.
    #[schema(value_type = BTreeMap<String, String>)]
    fields: BTreeMap<&'static str, String>,
    /// The largest file that is taken, in bytes.
    max_bytes: u64,
    /// Until when it is taken.
    expires_at: Timestamp,
}

/// Answers with a signed form. The file goes straight to where it is kept; seconds later it has been looked at, and the
/// product's list of pictures says whether it is ready, or why not. A product shows it once its `images` name its
/// `url`. Pictures that no product shows are removed after a week.
#[utoipa::path(
    post,
    path = "/admin/products/{product_id}/pictures",
    operation_id = "upload-picture",
    request_body = Body,
    responses(
        (status = 201, description = "The picture is awaited.", body = Upload),
        Problems<TooManyPictures>,
    ),
    security(("user" = ["operator"])),
)]
pub async fn handle(deps: &Deps, request: Request, call: Call) -> HttpResult {
    require_operator(&request)?;
    let product_id: ProductId = request.path("product_id")?;
    let Body { content_type } = request.json()?;
    let place = Place { product_id, picture_id: PictureId::from_uuid(call.new_id()) };
    let Form { url, fields, expires_at } =
        deps.forms.make(&place, content_type, call.now).await.map_err(Problem::try_again)?;
    let Place { product_id, picture_id } = place;
    match deps.pictures.request(&product_id, picture_id, content_type, call.now).await? {
        RequestOutcome::Awaited(record) => {
            let form = FormView { url, fields, max_bytes: BYTES_MAX, expires_at };
            Ok(Response::json(201, &Upload { picture: PictureView::from(&*record), form }))
        }
        RequestOutcome::TooMany => {
            Err(Problem::new(TooManyPictures, format!("The product has {PICTURES_MAX} pictures.")))
        }
    }
}
