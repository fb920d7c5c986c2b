use aws_lc_rs::hmac;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Stack, fresh, signed::Call};

const PASSWORD: &str = "One-Test-Person-2026!";

/// An account of a test's own.
pub struct Person {
    pub name: String,
    client_id: String,
}

/// Tokens of one sign-in.
#[derive(Debug)]
pub struct Tokens {
    pub access: String,
    pub id: String,
    pub refresh: String,
}

impl Tokens {
    fn of(answer: &Value) -> Self {
        let token = |name: &str| answer["AuthenticationResult"][name].as_str().unwrap_or_default().to_owned();
        Self { access: token("AccessToken"), id: token("IdToken"), refresh: token("RefreshToken") }
    }
}

impl Stack {
    /// An account in these groups, of which those of single warehouses are made where they are not there.
    pub async fn person(&self, groups: &[&str]) -> Person {
        let name = format!("{}@souk.test", fresh("person"));
        let pool = &self.user_pool_id;
        let account = json!({
            "UserPoolId": pool, "Username": name, "MessageAction": "SUPPRESS",
            "UserAttributes": [{ "Name": "email", "Value": name }, { "Name": "email_verified", "Value": "true" }],
        });
        self.pool("AdminCreateUser", account).await.unwrap();
        let password = json!({ "UserPoolId": pool, "Username": name, "Password": PASSWORD, "Permanent": true });
        self.pool("AdminSetUserPassword", password).await.unwrap();
        for group in groups {
            if group.starts_with("warehouse:") {
                let made = self.pool("CreateGroup", json!({ "UserPoolId": pool, "GroupName": group })).await;
                assert!(made.is_ok() || made.as_ref().is_err_and(|why| why == "GroupExistsException"), "{made:?}");
            }
            let member = json!({ "UserPoolId": pool, "Username": name, "GroupName": group });
            self.pool("AdminAddUserToGroup", member).await.unwrap();
        }
        Person { name, client_id: self.user_pool_client_id.clone() }
    }

    /// One call of the user pool; what it refuses with.
    pub async fn pool(&self, operation: &str, body: Value) -> Result<Value, String> {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let call = Call { method: Method::POST, path: "/".to_owned(), headers: &headers, body: body.to_string() };
        let answer = self.signed(&reqwest::Client::new(), "cognito-idp", call).await;
        let refused = !answer.status().is_success();
        let text = answer.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        match refused {
            true => Err(body["__type"].as_str().unwrap_or(&text).rsplit('#').next().unwrap().to_owned()),
            false => Ok(body),
        }
    }
}

impl Person {
    /// What the pool says to this name and the person's password.
    pub async fn ask(&self, stack: &Stack, name: &str) -> Result<Value, String> {
        let credentials = json!({
            "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": self.client_id,
            "AuthParameters": { "USERNAME": name, "PASSWORD": PASSWORD },
        });
        stack.pool("InitiateAuth", credentials).await
    }

    /// Signs in by password alone.
    pub async fn sign_in(&self, stack: &Stack) -> Tokens {
        Tokens::of(&self.ask(stack, &self.name).await.unwrap())
    }

    /// New tokens for a refresh token.
    pub async fn refresh(&self, stack: &Stack, token: &str) -> Result<Tokens, String> {
        let credentials = json!({
            "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": self.client_id,
            "AuthParameters": { "REFRESH_TOKEN": token },
        });
        stack.pool("InitiateAuth", credentials).await.map(|answer| Tokens::of(&answer))
    }

    /// Ends a refresh token.
    pub async fn revoke(&self, stack: &Stack, token: &str) {
        stack.pool("RevokeToken", json!({ "Token": token, "ClientId": self.client_id })).await.unwrap();
    }

    /// Activates one-time passwords, as an authenticator app does; their secret.
    pub async fn activate_totp(&self, stack: &Stack, access: &str) -> Vec<u8> {
        let begun = stack.pool("AssociateSoftwareToken", json!({ "AccessToken": access })).await.unwrap();
        let secret = base32(begun["SecretCode"].as_str().unwrap());
        let code = json!({ "AccessToken": access, "UserCode": one_time(&secret) });
        stack.pool("VerifySoftwareToken", code).await.unwrap();
        let preferred = json!({ "Enabled": true, "PreferredMfa": true });
        let preference = json!({ "AccessToken": access, "SoftwareTokenMfaSettings": preferred });
        stack.pool("SetUserMFAPreference", preference).await.unwrap();
        secret
    }

    /// Answers the pool's question for a one-time password.
    pub async fn second_step(&self, stack: &Stack, challenge: &Value, code: &str) -> Result<Tokens, String> {
        let answer = json!({
            "ClientId": self.client_id, "ChallengeName": challenge["ChallengeName"], "Session": challenge["Session"],
            "ChallengeResponses": { "USERNAME": self.name, "SOFTWARE_TOKEN_MFA_CODE": code },
        });
        stack.pool("RespondToAuthChallenge", answer).await.map(|answer| Tokens::of(&answer))
    }
}

/// RFC 6238: six digits, which change every 30 seconds.
pub fn one_time(secret: &[u8]) -> String {
    let step = u64::try_from(jiff::Timestamp::now().as_second() / 30).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest[digest.len() - 1] & 15);
    let number = u32::from_be_bytes(digest[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn base32(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u64, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        bits = bits << 5 | alphabet.iter().position(|known| *known == letter).unwrap() as u64;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    bytes
}

#[test]
fn one_time_passwords_are_those_of_the_standard() {
    // RFC 4226, appendix D, and RFC 4648, section 10.
    assert_eq!(base32("MZXW6YTBOI======"), b"foobar");
    assert_eq!(one_time(b"12345678901234567890").len(), 6);
}
