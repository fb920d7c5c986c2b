//! Pictures that operators upload.
//!
//! A picture belongs to one product. It is asked for ([`Pictures::request`]), sent to the bucket by a signed form
//! ([`Forms`]), and looked at when it arrives ([`make()`]): what is served are files that were written anew from its
//! pixels, in several widths, so nothing that came with it, be it a place, a name or a script, gets any further.
//! What cannot be shown is refused, and the operator sees why.
#![forbid(unsafe_code)]

mod file;
mod form;
mod make;
mod record;
mod refusal;
mod store;

pub use file::{Arrived, Files, Place, PlaceError};
pub use form::{Form, FormError, Forms};
pub use make::{File, Made, make};
pub use record::{Kind, PictureRecord, State};
pub use refusal::Refusal;
pub use store::{Begun, Finished, Pictures, RequestOutcome};

/// The largest file that is taken, in bytes.
pub const BYTES_MAX: u64 = 10 << 20;
/// How many pictures a product has at most, those among them that it does not show.
pub const PICTURES_MAX: usize = 60;
