//! Nothing that a client sent is logged.
//!
//! Values that can be recognised are sent through every field of every endpoint, through messages, records and
//! steps; then all logs are read, the inputs of all executions, and what went over the bus. Routes and functions
//! come from the templates, names of parameters and headers from the sources, and the fields of bodies from what
//! the endpoints say when they refuse: the next endpoint is covered before anybody thinks of it.

mod endpoints;
mod functions;
mod purchases;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Bystander, eventually, stack};

/// Values of one run. Short enough for a postal code, and no part of anything else.
#[derive(Debug, Clone)]
pub struct Canary {
    /// An id, a word, a token.
    word: String,
    /// A number that no counter reaches.
    number: u64,
}

impl Canary {
    fn new() -> Self {
        let word = format!("cnry{:08x}", fastrand::u32(..));
        Self { word, number: 7_000_000_000_000_000 + u64::from(fastrand::u32(..)) }
    }

    /// A text that is no id.
    fn text(&self) -> String {
        format!("{} ✶", self.word)
    }

    /// Every type that JSON has.
    fn values(&self) -> [Value; 6] {
        let (word, number) = (&self.word, self.number);
        [json!(word), json!(self.text()), json!(number), json!(-1.5), json!([word, number]), json!({ word: word })]
    }

    fn sings_in(&self, text: &str) -> bool {
        text.contains(&self.word) || text.contains(&self.number.to_string())
    }

    fn heard<'a>(&self, texts: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
        texts.into_iter().filter(|text| self.sings_in(text)).map(String::as_str).collect()
    }
}

#[tokio::test]
async fn nothing_that_a_client_sent_is_logged() {
    let canary = Canary::new();
    let bystander = Bystander::on_the_bus(stack()).await;
    endpoints::sing(&canary).await;
    functions::sing(&canary).await;
    let orders = purchases::sing(&canary).await;

    // Whatever has come of it has been told, and so was logged, when its last order is settled and told of.
    let told = eventually("the orders are told of", Duration::from_secs(60), || async {
        let told = bystander.heard().await;
        orders.iter().all(|order| told.iter().any(|event| event.contains(order))).then_some(told)
    })
    .await;
    let lines = stack().log_lines().await;
    assert!(orders.iter().all(|order| lines.iter().any(|line| line.contains(order))), "logs are read to their end");
    assert_eq!(canary.heard(&lines), Vec::<&str>::new(), "in the logs");
    assert_eq!(canary.heard(&stack().execution_data().await), Vec::<&str>::new(), "in executions");
    // What the catalogue says is for everybody, and a parcel's label is what its event is for; of people and their
    // money nothing is told.
    let is_told =
        |event: &&String| ["souk.catalog", "ParcelShipped", "TrackingChanged"].iter().any(|of| event.contains(of));
    let private = told.iter().filter(|event| !is_told(event));
    assert_eq!(canary.heard(private), Vec::<&str>::new(), "on the bus");
    bystander.leave().await;
}
