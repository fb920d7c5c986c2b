//! The state file.

use std::path::PathBuf;

use souk_gateway::{Config, Server};

use crate::client::{Gateway, KEY, SECRET, create_body};

/// A path of this test's own, removed afterwards.
struct StateFile(PathBuf);

impl StateFile {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("souk-gateway-{}-{name}.json", std::process::id())))
    }

    fn config(&self) -> Config {
        Config { state: Some(self.0.clone()), ..Config::for_tests(KEY, SECRET) }
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn intents_and_keys_survive_a_restart() {
    let file = StateFile::new("restart");
    let body = create_body("ord_1", "pm_card_visa");

    let before = Gateway::with(file.config()).await;
    let created = before.try_post("/v1/payment_intents", Some("k"), &body).await.unwrap();
    before.act(created.id(), "confirm").await;
    before.server.stop().await.unwrap();

    let after = Gateway::with(file.config()).await;
    assert_eq!(after.inspect("ord_1").await["status"], "requires_capture");
    let again = after.try_post("/v1/payment_intents", Some("k"), &body).await.unwrap();
    assert_eq!((again.replayed(), &again.text), (true, &created.text));
    assert_eq!(after.act(created.id(), "capture").await.json["status"], "succeeded");
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_not_overwritten() {
    let file = StateFile::new("foreign");
    std::fs::write(&file.0, "not json").unwrap();
    assert!(Server::start(file.config()).await.is_err());
    assert_eq!(std::fs::read_to_string(&file.0).unwrap(), "not json");
}
