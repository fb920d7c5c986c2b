use std::{
    collections::{BTreeMap, HashSet},
    sync::Mutex,
    time::{Duration, Instant},
};

use fastrand::Rng;
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use souk_dynamo::Table;
use souk_search::Pages;

use super::mix::{Kind, Request, Wanted};
use crate::{
    load::figures::percentile,
    store::meter::{Meter, units},
    support::stack,
};

/// Requests of a short run.
const REQUESTS: usize = 600;
/// So many at a time.
const AT_A_TIME: usize = 8;
/// The same requests in each run.
const SEED: u64 = 20_261_129;
/// How long the distribution keeps a page, and goes on showing it while it asks for another.
const PAGE_KEPT: Duration = Duration::from_secs(200);
/// At most so many queries an answer may cost OpenSearch on average: hits and facets, and where few are found, what
/// the words mean, and once more.
const QUERIES_A_SEARCH: f64 = 24.0;
/// A page is an item of at most 8 KB on average, read without a guarantee.
const UNITS_A_PAGE: f64 = 1.0;

/// What came of the requests of one kind.
#[derive(Default)]
struct Answers {
    hits: Vec<Duration>,
    misses: Vec<Duration>,
    bytes: u64,
}

/// Of pages that many ask for, the shop is asked once for as long as the distribution keeps them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_many_ask_for_is_answered_from_the_cache() {
    let count = std::env::var("SOUK_REQUESTS").map_or(REQUESTS, |text| text.parse().expect("a number"));
    let mut random = Rng::with_seed(SEED);
    let wanted = Wanted::of_the_stack(&mut random).await;
    let requests = wanted.requests(count, &mut random);
    let queries_before = queries().await;
    let answers = Mutex::new(BTreeMap::<Kind, Answers>::new());
    let (began, client) = (Instant::now(), reqwest::Client::new());
    stream::iter(&requests)
        .for_each_concurrent(AT_A_TIME, |request| {
            let (answers, client) = (&answers, &client);
            async move {
                let began = Instant::now();
                let path = request.path();
                let response = client.get(format!("{}{path}", stack().api_url)).send().await.unwrap();
                assert_eq!(response.status(), 200, "{path}");
                let kept = response.headers().get("cache-control").and_then(|value| value.to_str().ok());
                if request.kind == Kind::Page && !kept.is_some_and(|kept| kept.contains("s-maxage")) {
                    // It lacks a name or a stock that is on its way, and is kept by nobody.
                    return;
                }
                let is_hit =
                    response.headers().get("x-cache").is_some_and(|cache| cache.as_bytes().starts_with(b"Hit"));
                let bytes = response.bytes().await.unwrap().len();
                let took = began.elapsed();
                let mut answers = answers.lock().unwrap();
                let answers = answers.entry(request.kind).or_default();
                if is_hit { &mut answers.hits } else { &mut answers.misses }.push(took);
                answers.bytes += bytes as u64;
            }
        })
        .await;
    let took = began.elapsed();
    let answers = answers.into_inner().unwrap();
    let asked = queries().await - queries_before;
    print(&answers, count, took);

    let misses = |kind: Kind| answers[&kind].misses.len();
    let searches = misses(Kind::Search) + misses(Kind::Suggestions);
    let queries_a_search = asked / searches.max(1) as f64;
    println!("    OpenSearch was asked {queries_a_search:.1} queries for each of {searches} answers that no cache had");
    let (reads, units) = page_units(&requests).await;
    println!("    a page that no cache has is {reads:.2} calls of DynamoDB with {units:.2} read units");

    let distinct = pages_of(&requests);
    let rounds = 1.0 + (took.as_secs_f64() / PAGE_KEPT.as_secs_f64()).floor();
    // Two who ask at the same moment may both be sent on.
    let most = distinct.len() as f64 * rounds + AT_A_TIME as f64;
    assert!(
        misses(Kind::Page) as f64 <= most,
        "{} pages were missed, {} are different",
        misses(Kind::Page),
        distinct.len()
    );
    assert!(queries_a_search <= QUERIES_A_SEARCH, "{queries_a_search}");
    assert!(reads <= 1.0 && units <= UNITS_A_PAGE, "{reads} calls, {units} units");
}

fn print(answers: &BTreeMap<Kind, Answers>, count: usize, took: Duration) {
    println!(
        "\n{count} requests, {AT_A_TIME} at a time, {:.0} a second\n    {:<26}{:>8}{:>8}{:>9}{:>12}{:>12}{:>12}{:>12}",
        count as f64 / took.as_secs_f64(),
        "",
        "count",
        "hits",
        "bytes",
        "hit p50 ms",
        "hit p99 ms",
        "miss p50 ms",
        "miss p99 ms"
    );
    for (kind, Answers { hits, misses, bytes }) in answers {
        let all = hits.len() + misses.len();
        let at = |times: &[Duration], share: f64| {
            let mut times = times.to_vec();
            times.sort_unstable();
            if times.is_empty() { f64::NAN } else { percentile(&times, share).as_secs_f64() * 1000.0 }
        };
        println!(
            "    {:<26}{all:>8}{:>7.0}%{:>9}{:>12.1}{:>12.1}{:>12.1}{:>12.1}",
            kind.route(),
            100.0 * hits.len() as f64 / all as f64,
            bytes / all as u64,
            at(hits, 0.5),
            at(hits, 0.99),
            at(misses, 0.5),
            at(misses, 0.99)
        );
    }
}

/// How many queries OpenSearch has answered.
async fn queries() -> f64 {
    let stats = stack().opensearch(Method::GET, "/products/_stats/search", None).await;
    stats["_all"]["total"]["search"]["query_total"].as_f64().unwrap()
}

/// Calls and read units of a page that no cache has, on average over the pages that were asked for.
async fn page_units(requests: &[Request]) -> (f64, f64) {
    let table = stack().table("ProductPagesTable").await;
    let (meter, client) = Meter::before(table.client());
    let pages = Pages::new(Table::new(client, table.name()));
    let ids = pages_of(requests);
    for id in &ids {
        pages.look_up(&id.parse().unwrap(), jiff::Timestamp::now()).await.unwrap();
    }
    let bill = meter.bill();
    let calls: u32 = bill.values().map(|item| item.requests).sum();
    (f64::from(calls) / ids.len() as f64, units(&bill).1 / ids.len() as f64)
}

/// The products whose pages are asked for.
fn pages_of(requests: &[Request]) -> HashSet<&str> {
    requests.iter().filter(|request| request.kind == Kind::Page).map(|request| request.about.as_str()).collect()
}
