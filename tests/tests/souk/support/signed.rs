use std::{env, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use reqwest::{Client, Method, Response};

use super::Stack;

impl Stack {
    /// Asks a service of AWS as the stack's owner: with the emulator's keys, or on AWS with those of the environment.
    pub(super) async fn signed(&self, http: &Client, service: &str, request: Call<'_>) -> Response {
        let url = format!("{}{}", self.endpoint_of(service), request.path);
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let identity = self.owner().into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service)
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .unwrap();
        let (method, body) = (request.method.as_str(), SignableBody::Bytes(request.body.as_bytes()));
        let signable = SignableRequest::new(method, &url, request.headers.iter().copied(), body).unwrap();
        let (signature, _) = sign(signable, &parameters.into()).unwrap().into_parts();
        let mut sent = http.request(request.method, &url).body(request.body);
        for (name, value) in request.headers.iter().copied().chain(signature.headers()) {
            sent = sent.header(name, value);
        }
        sent.send().await.unwrap()
    }

    pub(super) fn endpoint_of(&self, service: &str) -> String {
        let on_aws = || format!("https://{service}.{}.amazonaws.com", self.region);
        self.aws_endpoint_url.clone().unwrap_or_else(on_aws)
    }

    fn owner(&self) -> Credentials {
        if self.aws_endpoint_url.is_some() {
            return Credentials::new("test", "test", None, None, "souk-tests");
        }
        let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
        let token = env::var("AWS_SESSION_TOKEN").ok();
        Credentials::new(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), token, None, "souk-tests")
    }
}

/// A request to a service of AWS.
pub(super) struct Call<'a> {
    pub method: Method,
    pub path: String,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: String,
}
