//! Lambda handlers of the notifications context.
#![forbid(unsafe_code)]

pub mod get_preferences;
mod pace;
mod preferences;
pub mod put_preferences;
pub mod record_mail_feedback;
pub mod send_messages;
