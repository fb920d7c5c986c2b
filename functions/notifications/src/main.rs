//! The program of the notifications context: see `souk_runtime::functions`.

use souk_fn_notifications::{get_preferences, put_preferences, record_mail_feedback, send_messages};

souk_runtime::functions! {
    http "get-preferences" => get_preferences::handle,
    http "put-preferences" => put_preferences::handle,
    queue "record-mail-feedback" => record_mail_feedback::handle,
    queue "send-messages" => send_messages::handle,
}
