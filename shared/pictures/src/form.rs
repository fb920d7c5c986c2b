//! The form by which a browser sends a file to the bucket: S3's `POST Object`, signed with the function's own
//! credentials. What is signed is a policy: where the file goes, what it is said to be, how large it may be, until
//! when. S3 refuses everything else.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_config::SdkConfig;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::{BYTES_MAX, Kind, Place};

/// How long a form is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "s3";

/// What signs forms.
#[derive(Debug, Clone)]
pub struct Forms {
    bucket: String,
    url: String,
    region: String,
    credentials: SharedCredentialsProvider,
}

/// A form: its fields are sent as they stand, and the file behind them as the field `file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent to, as `multipart/form-data`.
    pub url: String,
    /// What it holds.
    pub fields: BTreeMap<&'static str, String>,
    /// Until when it is taken.
    pub expires_at: Timestamp,
}

/// A form that was not made.
#[derive(Debug, thiserror::Error)]
#[error("a form was not signed: {0}")]
pub struct FormError(String);

impl FromEnvironment for Forms {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Self::at(&environment.aws, environment.required("IMAGES_BUCKET")?)
    }
}

impl Forms {
    fn at(aws: &SdkConfig, bucket: String) -> Result<Self, ConfigError> {
        let region = aws.region().ok_or(ConfigError::Missing("AWS_REGION"))?.to_string();
        let credentials = aws.credentials_provider().ok_or(ConfigError::Missing("AWS_ACCESS_KEY_ID"))?;
        let url = match aws.endpoint_url() {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{region}.amazonaws.com/"),
        };
        Ok(Self { bucket, url, region, credentials })
    }

    /// A form for one file.
    ///
    /// # Errors
    /// [`FormError`] where there are no credentials.
    pub async fn make(&self, place: &Place, kind: Kind, now: Timestamp) -> Result<Form, FormError> {
        let credentials = self.credentials.provide_credentials().await.map_err(|error| FormError(error.to_string()))?;
        let expires_at = now + GOOD_FOR;
        let date = now.strftime("%Y%m%d").to_string();
        let mut fields = BTreeMap::from([
            ("key", place.to_string()),
            ("Content-Type", kind.content_type().to_owned()),
            ("x-amz-algorithm", ALGORITHM.to_owned()),
            (
                "x-amz-credential",
                format!("{}/{date}/{}/{SERVICE}/aws4_request", credentials.access_key_id(), self.region),
            ),
            ("x-amz-date", now.strftime("%Y%m%dT%H%M%SZ").to_string()),
        ]);
        if let Some(token) = credentials.session_token() {
            fields.insert("x-amz-security-token", token.to_owned());
        }
        let mut conditions = vec![json!({ "bucket": self.bucket }), json!(["content-length-range", 1, BYTES_MAX])];
        conditions.extend(fields.iter().map(|(name, value)| json!({ *name: value })));
        let policy = json!({ "expiration": expires_at, "conditions": conditions });
        let policy = STANDARD.encode(policy.to_string());
        fields.insert("x-amz-signature", signature(&credentials, &self.region, now, &policy));
        fields.insert("policy", policy);
        Ok(Form { url: self.url.clone(), fields, expires_at })
    }
}

/// Of a policy in Base64.
fn signature(credentials: &Credentials, region: &str, now: Timestamp, policy: &str) -> String {
    let since = Duration::from_secs(now.as_second().try_into().unwrap_or_default());
    let key = generate_signing_key(credentials.secret_access_key(), SystemTime::UNIX_EPOCH + since, region, SERVICE);
    calculate_signature(key, policy.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// AWS's own example: "Browser-based upload using HTTP POST (using AWS Signature Version 4)".
    #[test]
    fn a_policy_is_signed_as_aws_shows_it() {
        let policy = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1\
            Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImF\
            jbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy\
            5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ\
            2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRp\
            b24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnR\
            pYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3\
            JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", secret, None, None, "example");
        let now = "2015-12-29T00:00:00Z".parse().unwrap();
        assert_eq!(
            signature(&credentials, "us-east-1", now, policy),
            "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
        );
    }

    async fn form(endpoint: Option<&str>) -> Form {
        let credentials = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let mut aws = SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials));
        aws.set_endpoint_url(endpoint.map(str::to_owned));
        let place = Place {
            product_id: "kettle".parse().unwrap(),
            picture_id: format!("pic_{}", "0".repeat(32)).parse().unwrap(),
        };
        let now = "2026-11-29T10:00:00Z".parse().unwrap();
        Forms::at(&aws.build(), "pictures".to_owned()).unwrap().make(&place, Kind::Png, now).await.unwrap()
    }

    #[tokio::test]
    async fn a_form_lets_in_one_file_of_one_type_for_ten_minutes() {
        let form = form(None).await;
        assert_eq!(form.url, "https://pictures.s3.eu-central-1.amazonaws.com/");
        let key = format!("uploads/kettle/pic_{}", "0".repeat(32));
        assert_eq!((form.fields["key"].as_str(), form.fields["Content-Type"].as_str()), (key.as_str(), "image/png"));
        assert_eq!(form.fields["x-amz-credential"], "AKID/20261129/eu-central-1/s3/aws4_request");
        assert_eq!(form.fields["x-amz-date"], "20261129T100000Z");
        let policy: Value = serde_json::from_slice(&STANDARD.decode(&form.fields["policy"]).unwrap()).unwrap();
        assert_eq!(policy["expiration"], "2026-11-29T10:10:00Z");
        let conditions = policy["conditions"].as_array().unwrap();
        assert!(conditions.contains(&json!(["content-length-range", 1, 10_485_760])));
        // Every field but the signature's own has to be as it was signed.
        for (name, value) in &form.fields {
            let is_signed = conditions.contains(&json!({ *name: value }));
            assert_eq!(is_signed, !["policy", "x-amz-signature"].contains(name), "{name}");
        }
        assert!(conditions.contains(&json!({ "bucket": "pictures" })));
        assert!(conditions.contains(&json!({ "x-amz-security-token": "token" })));
    }

    #[tokio::test]
    async fn where_the_endpoint_is_given_the_bucket_stands_in_the_path() {
        assert_eq!(form(Some("http://127.0.0.1:4566")).await.url, "http://127.0.0.1:4566/pictures");
    }
}
