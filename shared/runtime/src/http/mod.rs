//! HTTP functions behind an API Gateway HTTP API.

mod bearer;
pub mod description;
mod digest;
mod edge;
mod frequency;
mod headers;
mod identity;
mod jwks;
mod media;
mod numbers;
mod page_size;
mod preconditions;
pub mod problem;
mod purchase;
mod received;
mod request;
mod response;
mod rows;
mod serve;

pub use crate::reading::MAX_JSON_DEPTH;
pub use bearer::BearerVerifier;
pub use digest::request_digest;
pub use frequency::{Asked, Frequency};
pub use identity::{Caller, Role, Workplace, is_staff};
pub use jwks::WITHIN as KEYS_WITHIN;
pub use page_size::page_size;
pub use problem::{FieldError, Problem};
pub use purchase::check_purchase;
pub use request::{MAX_BODY_BYTES, MAX_TARGET_BYTES, Request};
pub use response::{Effect, Response};
pub use rows::{ROWS_MAX, ROWS_MAX_BYTES, Row, RowAnswers, RowOutcome, Rows, put_each, put_rows};
pub use serve::serve;

/// What a handler returns.
pub type HttpResult = Result<Response, Problem>;
