//! The program of the notifications context: see `souk_runtime::functions`.

use souk_fn_notifications::{record_mail_feedback, send_messages};

souk_runtime::functions! {
    queue "record-mail-feedback" => record_mail_feedback::handle,
    queue "send-messages" => send_messages::handle,
}
