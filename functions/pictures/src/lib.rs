//! Lambda handlers of the pictures context: how operators send pictures, and what is made of them.
#![forbid(unsafe_code)]

pub mod delete_picture;
pub mod list_pictures;
pub mod make_picture;
mod operator;
mod removal;
pub mod sweep_pictures;
pub mod upload_picture;
mod view;

souk_runtime::functions! {
    http "delete-picture" => delete_picture::handle,
    http "list-pictures" => list_pictures::handle,
    queue "make-picture" => make_picture::handle,
    schedule "sweep-pictures" => sweep_pictures::handle,
    http "upload-picture" => upload_picture::handle,
}
