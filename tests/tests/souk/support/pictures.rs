use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use reqwest::{Client, Method};
use serde_json::Value;

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

/// A picture of one colour, as PNG.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, image::Rgb([90, 60, 30])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Sends a file by a form that an operator was given, some of its fields changed; status and body of the answer.
pub async fn sent_by_form(form: &Value, changed: &[(&str, &str)], file: Vec<u8>) -> (u16, String) {
    const BOUNDARY: &str = "a-line-that-no-picture-holds";
    let mut body = Vec::new();
    for (name, value) in form["fields"].as_object().unwrap() {
        let value = changed.iter().find(|(field, _)| field == name).map_or(value.as_str().unwrap(), |(_, value)| value);
        let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n");
    body.extend(part.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    let request = Client::new().post(form["url"].as_str().unwrap()).body(body);
    let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}
