//! Where a shopper is reached. The user pool keeps it, and is asked when a message is sent.

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::SdkError,
    types::{AttributeType, UserType},
};
use souk_domain::ids::UserId;
use souk_dynamo::sdk_failure;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::{EmailAddress, Language};

/// How a shopper is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The address, which the pool has verified.
    pub address: EmailAddress,
    /// In which language.
    pub language: Language,
}

/// The pool did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the user pool did not answer: {0}")]
pub struct ContactError(String);

/// The user pool.
#[derive(Debug, Clone)]
pub struct Contacts {
    pool: Client,
    pool_id: String,
}

impl FromEnvironment for Contacts {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self::new(Client::new(&environment.aws), environment.required("USER_POOL_ID")?))
    }
}

impl Contacts {
    /// The users of this pool.
    pub fn new(pool: Client, pool_id: String) -> Self {
        Self { pool, pool_id }
    }

    /// How a user is reached; `None` where the account is gone, or its address was never verified: somebody else may
    /// read it.
    ///
    /// # Errors
    /// [`ContactError`].
    pub async fn find(&self, user_id: &UserId) -> Result<Option<Contact>, ContactError> {
        let asked = self.pool.admin_get_user().user_pool_id(&self.pool_id).username(user_id.as_str()).send().await;
        match asked {
            Ok(user) => Ok(contact(user.user_attributes())),
            Err(SdkError::ServiceError(refused)) if refused.err().is_user_not_found_exception() => Ok(None),
            Err(error) => Err(ContactError(sdk_failure(&error))),
        }
    }

    /// All users who have this address, whether it was verified or not. One call of `ListUsers`: 30 a second are its
    /// default quota, for all of an account's pools together.
    ///
    /// # Errors
    /// [`ContactError`].
    pub async fn users_at(&self, address: &EmailAddress) -> Result<Vec<UserId>, ContactError> {
        let filter = filter(address);
        if filter.len() > LONGEST_FILTER {
            return Ok(Vec::new());
        }
        let asked = self.pool.list_users().user_pool_id(&self.pool_id).filter(filter).limit(MOST).send().await;
        let found = asked.map_err(|error| ContactError(sdk_failure(&error)))?;
        let subject = |user: &UserType| {
            let attributes = user.attributes();
            attributes.iter().find(|attribute| attribute.name() == "sub")?.value()?.parse().ok()
        };
        Ok(found.users().iter().filter_map(subject).collect())
    }
}

/// The pool takes no longer ones: an address that needs one cannot be asked for, and nobody's mail is that long.
const LONGEST_FILTER: usize = 256;

/// The pool lets an address belong to one user.
const MOST: i32 = 10;

/// Exactly this address, as the pool's filters are written: quotes and backslashes in it stand behind a backslash.
fn filter(address: &EmailAddress) -> String {
    let escaped = address.as_str().replace('\\', "\\\\").replace('"', "\\\"");
    format!("email = \"{escaped}\"")
}

fn contact(attributes: &[AttributeType]) -> Option<Contact> {
    let value = |name: &str| attributes.iter().find(|attribute| attribute.name() == name)?.value();
    let address = value("email").filter(|_| value("email_verified") == Some("true"))?;
    let language = value("locale").map(Language::of_locale).unwrap_or_default();
    Some(Contact { address: EmailAddress::new(address), language })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(attributes: &[(&str, &str)]) -> Option<Contact> {
        let attribute =
            |(name, value): &(&str, &str)| AttributeType::builder().name(*name).value(*value).build().unwrap();
        contact(&attributes.iter().map(attribute).collect::<Vec<_>>())
    }

    #[test]
    fn a_filter_cannot_be_left() {
        assert_eq!(filter(&EmailAddress::new("ada@souk.test")), r#"email = "ada@souk.test""#);
        assert_eq!(filter(&EmailAddress::new(r#"a" or \x"#)), r#"email = "a\" or \\x""#);
    }

    #[test]
    fn an_address_that_nobody_verified_is_none() {
        let email = ("email", "ada@souk.test");
        assert_eq!(of(&[email]), None);
        assert_eq!(of(&[email, ("email_verified", "false")]), None);
        let verified = of(&[email, ("email_verified", "true")]).unwrap();
        assert_eq!((verified.address.as_str(), verified.language), ("ada@souk.test", Language::English));
        let german = of(&[email, ("email_verified", "true"), ("locale", "de-DE")]).unwrap();
        assert_eq!(german.language, Language::German);
    }
}
