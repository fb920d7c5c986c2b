//! What shoppers are told by mail.
//!
//! - [`Kind`]: which messages there are, and which event is told as which.
//! - [`Content`], [`Language`], [`Templates`]: what a message says, and how it reads.
//! - [`Contacts`]: where a shopper is reached. An address is read when a message is sent, and kept nowhere.
//! - [`Messages`]: what was sent. A message is written down before it is sent and after, so each is sent once.
//! - [`Mailer`]: Amazon SES. [`Feedback`]: what it tells later of bounces and complaints.
#![forbid(unsafe_code)]

mod address;
mod contacts;
mod content;
mod feedback;
mod kind;
mod language;
mod mailer;
mod message;
mod messages;
mod preferences;
mod render;
mod suppression;

pub use address::EmailAddress;
pub use contacts::{Contact, ContactError, Contacts};
pub use content::{Content, Line, Parcel};
pub use feedback::{Feedback, FeedbackEvent};
pub use kind::{Happened, Kind};
pub use language::Language;
pub use mailer::{Mailer, SendFailure};
pub use message::{About, Message, MessageId, Standing, Withheld};
pub use messages::{BeginOutcome, EndOutcome, Messages, Told, Turn};
pub use render::{Mail, RenderError, Templates};
