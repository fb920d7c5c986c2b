use std::time::Duration;

use serde_json::{Value, json};

use super::{Stack, eventually, pool::Person};

/// Longer than a function takes that has one to send.
const ON_THEIR_WAY: Duration = Duration::from_secs(30);

impl Stack {
    /// The shop's mails to an address, oldest first; `None` on AWS, where nobody sees them.
    pub async fn mails_to(&self, address: &str) -> Option<Vec<Value>> {
        let url = format!("{}/_ministack/ses/messages", self.aws_endpoint_url.as_ref()?);
        let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let all = answer["messages"].as_object().unwrap().values().flat_map(|mails| mails.as_array().unwrap());
        Some(all.filter(|mail| mail["To"] == json!([address]) && mail["Type"] == "v2.SendEmail").cloned().collect())
    }

    /// The same, once there are so many: a message's item says that it was sent a moment before its mail has left.
    pub async fn mails_that_came(&self, address: &str, count: usize) -> Option<Vec<Value>> {
        self.aws_endpoint_url.as_ref()?;
        let came = eventually("the mails that were sent", ON_THEIR_WAY, || async {
            self.mails_to(address).await.filter(|mails| mails.len() >= count)
        });
        Some(came.await)
    }
}

impl Person {
    /// Chooses the language of the shop's mails.
    pub async fn speaks(&self, stack: &Stack, locale: &str) {
        let attribute = json!({
            "UserPoolId": stack.user_pool_id, "Username": self.name,
            "UserAttributes": [{ "Name": "locale", "Value": locale }],
        });
        stack.pool("AdminUpdateUserAttributes", attribute).await.unwrap();
    }
}
