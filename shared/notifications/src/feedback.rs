use std::collections::HashMap;

use serde::Deserialize;

use crate::{EmailAddress, MessageId, mailer::MESSAGE_TAG};

/// What SES tells of a mail that was sent, on the event bus.
#[derive(Deserialize)]
pub struct FeedbackEvent {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(tag = "eventType")]
enum Detail {
    Bounce { bounce: Bounce, mail: SentMail },
    Complaint { complaint: Complaint, mail: SentMail },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

#[derive(Deserialize)]
struct SentMail {
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

/// What is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// `bounced` (for good), `delayed` (a bounce that may pass) or `complained`.
    pub name: &'static str,
    /// Which message, where the mail says so.
    pub message: Option<MessageId>,
    /// Addresses that are not to be written to again.
    pub suppressed: Vec<EmailAddress>,
}

impl From<FeedbackEvent> for Feedback {
    fn from(event: FeedbackEvent) -> Self {
        let (name, mail, recipients) = match event.detail {
            // A full mailbox is no reason to give an address up.
            Detail::Bounce { bounce, mail } if bounce.bounce_type != "Permanent" => ("delayed", mail, Vec::new()),
            Detail::Bounce { bounce, mail } => ("bounced", mail, bounce.bounced_recipients),
            Detail::Complaint { complaint, mail } => ("complained", mail, complaint.complained_recipients),
        };
        let message = mail.tags.get(MESSAGE_TAG).and_then(|values| values.first()).map(|tag| MessageId::of_tag(tag));
        let suppressed = recipients.into_iter().map(|recipient| EmailAddress::new(recipient.email_address)).collect();
        Self { name, message, suppressed }
    }
}

/// Leaves the addresses out: a message that cannot be handled ends in a log.
impl std::fmt::Debug for FeedbackEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeedbackEvent").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn feedback(detail: serde_json::Value) -> Feedback {
        let event = json!({ "source": "aws.ses", "detail-type": "Email Bounced", "detail": detail });
        serde_json::from_value::<FeedbackEvent>(event).unwrap().into()
    }

    fn bounce(kind: &str) -> Feedback {
        feedback(json!({
            "eventType": "Bounce",
            "bounce": { "bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [{ "emailAddress": "a@b.c" }] },
            "mail": { "messageId": "m", "tags": { "message": ["ord_1-order_placed"], "ses:operation": ["SendEmail"] } },
        }))
    }

    #[test]
    fn a_bounce_for_good_gives_the_address_up_and_another_does_not() {
        let permanent = bounce("Permanent");
        assert_eq!((permanent.name, permanent.suppressed), ("bounced", vec![EmailAddress::new("a@b.c")]));
        assert_eq!(permanent.message.unwrap().as_str(), "ord_1-order_placed");
        let transient = bounce("Transient");
        assert_eq!((transient.name, transient.suppressed), ("delayed", vec![]));
    }

    #[test]
    fn whoever_complains_is_left_alone() {
        let complained = feedback(json!({
            "eventType": "Complaint",
            "complaint": { "complainedRecipients": [{ "emailAddress": "a@b.c" }] },
            "mail": { "messageId": "m" },
        }));
        assert_eq!(
            complained,
            Feedback { name: "complained", message: None, suppressed: vec![EmailAddress::new("a@b.c")] }
        );
    }
}
