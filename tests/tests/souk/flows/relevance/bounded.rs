//! Whatever is typed, there is an answer in bounded time.

use std::time::{Duration, Instant};

use super::sample;

/// On two cores that five engineers share; on its own it takes a twentieth.
const BOUND: Duration = Duration::from_secs(5);

#[tokio::test]
async fn every_query_of_200_characters_is_answered() {
    let sample = sample().await;
    let six_letters = "wander ponder yonder sander render tender vender fender gender lender mender bender sender wonder \
                       winder linger hinder cinder tinder binder";
    for q in [
        "😀".repeat(200),
        six_letters.to_owned(),
        "靴".repeat(200),
        "x".repeat(200),
        "a-".repeat(100),
        "a".repeat(3) + &" a".repeat(98),
        "(((((\"\\/*?:^~[]{}!&|+-=<>".repeat(7),
        (100..150).map(|n| format!("{n} ")).collect(),
        "couch bag shoe tee tv blue red hat purse lamp pan pot cup dish rug desk gift toy kid girl".to_owned(),
    ] {
        let began = Instant::now();
        let answer = sample.search(&q).await;
        assert!(began.elapsed() < BOUND, "{q}: {:?}", began.elapsed());
        assert!(!answer.partial, "{q}");
    }
}
