//! Lambda handlers of the notifications context.
#![forbid(unsafe_code)]

mod pace;
pub mod record_mail_feedback;
pub mod send_messages;
