use reqwest::{Client, Method};

use super::{Stack, fresh, signed::Call};

impl Stack {
    /// Puts a picture beside those of the catalogue; its path at the edge.
    pub async fn picture(&self, content: &str) -> String {
        let path = format!("/images/{}.svg", fresh("picture"));
        let headers = [("content-type", "image/svg+xml")];
        let key = format!("/{}{path}", self.images_bucket);
        let call = Call { method: Method::PUT, path: key, headers: &headers, body: content.to_owned() };
        let answer = self.signed(&Client::new(), "s3", call).await;
        assert!(answer.status().is_success(), "{answer:?}");
        path
    }
}
