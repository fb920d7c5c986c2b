use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use fastrand::Rng;
use reqwest::Client;
use serde_json::json;
use souk_domain::money::Currency;
use souk_search::{CurrentSynonyms, CursorKey, Search, SearchIndex, SearchQuery};
use souk_testkit::stand_in::StandIn;
use tokio::runtime::Handle;

use super::mix::{Kind, Wanted};
use crate::{load::figures::percentile, support::stack};

/// So many different searches.
const SEARCHES: usize = 40;
/// Each is sent so often; its least time counts, since others use the machine too.
const TIMES: usize = 5;
const SEED: u64 = 20_261_130;
/// How much longer a search may take than what it asks of OpenSearch. The goal is 1.3; the bound tells a break from a
/// machine that is busy.
const OVERHEAD: f64 = 2.0;

/// What is asked of OpenSearch for one search: paths and bodies, in their order.
type Questions = Vec<(String, String)>;

/// The same questions, asked of OpenSearch directly, by the shop's code, and through its API: side by side, in one run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_takes_little_longer_than_what_it_asks() {
    let mut random = Rng::with_seed(SEED);
    let wanted = Wanted::of_the_stack(&mut random).await;
    let requests = wanted.requests(SEARCHES * 10, &mut random);
    let searches = requests.into_iter().filter(|request| request.kind == Kind::Search);
    let mut searches: Vec<_> = searches.collect();
    searches.sort();
    searches.dedup();
    searches.truncate(SEARCHES);

    let searching = |address: &str| {
        let index = SearchIndex::unsigned(address).unwrap();
        let key = CursorKey::new("the key of these tests");
        Search::new(index, CurrentSynonyms::built_in(), key, Currency::USD)
    };
    let ours = searching(&stack().opensearch_url);
    let client = Client::new();
    let mut times: [Vec<Duration>; 5] = Default::default();
    let (mut sent, mut queries) = (0, 0);
    for request in &searches {
        let (q, path) = (&request.about, request.path());
        let search = SearchQuery { q: Some(q.clone()), limit: 24, ..SearchQuery::default() };
        let questions = asked_of_opensearch(&searching, &search).await;
        sent += questions.len();
        // Of several in one request, each has a line that says where it goes.
        queries += questions.iter().map(|(_, body)| (body.lines().count() / 2).max(1)).sum::<usize>();
        let mut least = [Duration::MAX; 5];
        for _ in 0..TIMES {
            let took = [
                timed(plain(&client, q)).await,
                timed(direct(&client, &questions)).await,
                timed(async { drop(ours.search(&search, None).await.unwrap()) }).await,
                timed(through_the_api(&client, &path, 200)).await,
                timed(through_the_api(&client, "/search?limit=none", 400)).await,
            ];
            least = std::array::from_fn(|at| least[at].min(took[at]));
        }
        for (times, least) in times.iter_mut().zip(least) {
            times.push(least);
        }
    }
    let middle = times.map(|mut times| {
        times.sort_unstable();
        percentile(&times, 0.5).as_secs_f64() * 1000.0
    });
    let [plain, direct, ours, api, refused] = middle;
    println!("\n{} searches, the least of {TIMES} times each, p50 in ms:", searches.len());
    for (name, took) in [
        ("a plain multi_match, directly", plain),
        ("what a search asks of OpenSearch, directly", direct),
        ("the shop's code, in this process", ours),
        ("GET /search at the API, no cache before it", api),
        ("of that, API, emulator and function: a request that asks nothing", refused),
    ] {
        println!("    {name:<66}{took:>8.1}");
    }
    let overhead = ours / direct;
    let each = |count: usize| count as f64 / searches.len() as f64;
    println!("    a search asks OpenSearch {:.1} times, {:.1} queries in all", each(sent), each(queries));
    println!("    the code takes {overhead:.2} × what it asks; with the API's share {:.2} ×", api / direct);
    assert!(overhead <= OVERHEAD, "{overhead:.2}");
}

async fn timed(work: impl Future<Output = ()>) -> Duration {
    let began = Instant::now();
    work.await;
    began.elapsed()
}

/// Has a search go through a server that notes what is asked, and asks it of OpenSearch.
async fn asked_of_opensearch(searching: impl Fn(&str) -> Search, search: &SearchQuery) -> Questions {
    let questions = Arc::new(Mutex::new(Questions::new()));
    let (noted, handle, client) = (Arc::clone(&questions), Handle::current(), Client::new());
    let between = StandIn::answering(move |received| {
        let question = (received.target.clone(), String::from_utf8(received.body.clone()).unwrap());
        let answer = handle.block_on(ask(&client, &question));
        noted.lock().unwrap().push(question);
        Some((200, answer))
    })
    .unwrap();
    searching(between.url()).search(search, None).await.unwrap();
    questions.lock().unwrap().clone()
}

async fn ask(client: &Client, (path, body): &(String, String)) -> String {
    let request = client.post(format!("{}{path}", stack().opensearch_url)).header("content-type", "application/json");
    let response = request.body(body.clone()).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

async fn direct(client: &Client, questions: &Questions) {
    for question in questions {
        ask(client, question).await;
    }
}

/// What a shop would ask that looks for words and nothing else.
async fn plain(client: &Client, q: &str) {
    let fields = ["title^3", "description", "category_names^2"];
    let query = json!({ "multi_match": { "query": q, "fields": fields, "fuzziness": "AUTO" } });
    let body = json!({ "size": 24, "query": query, "_source": ["title"] });
    ask(client, &("/products/_search".to_owned(), body.to_string())).await;
}

async fn through_the_api(client: &Client, path: &str, status: u16) {
    let request = client.get(format!("{}{path}", stack().discovery_api_url));
    let response = request.header("souk-edge-secret", &stack().edge_secret).send().await.unwrap();
    assert_eq!(response.status(), status, "{path}");
    response.bytes().await.unwrap();
}
