//! Lambda handlers of the notifications context.
#![forbid(unsafe_code)]

pub mod get_preferences;
mod pace;
mod preferences;
pub mod put_preferences;
pub mod record_mail_feedback;
pub mod send_messages;

souk_runtime::functions! {
    http "get-preferences" => get_preferences::handle,
    http "put-preferences" => put_preferences::handle,
    queue "record-mail-feedback" => record_mail_feedback::handle,
    queue "send-messages" => send_messages::handle,
}
