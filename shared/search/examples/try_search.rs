//! scratch
use souk_search::{Page, SearchIndex, SearchQuery};
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let aws = aws_config::SdkConfig::builder().build();
    let index = SearchIndex::connect("http://127.0.0.1:9271", &aws).unwrap();
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("load") => {
            println!("{:?}", index.ensure(&format!("products-{}", std::process::id())).await);
            let text = std::fs::read_to_string("/tmp/osdisc/pages.ndjson").unwrap();
            let pages: Vec<Page> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
            let t = std::time::Instant::now();
            for chunk in pages.chunks(100) {
                let actions: Vec<_> = chunk.iter().flat_map(|p| p.actions()).collect();
                let failures = index.write(&actions).await.unwrap();
                assert!(failures.is_empty(), "{failures:?}");
            }
            println!("loaded {} in {:?}", pages.len(), t.elapsed());
        }
        Some("q") => {
            let json: serde_json::Value = serde_json::from_str(&args.next().unwrap()).unwrap();
            let search = query(&json);
            let t = std::time::Instant::now();
            let a = index.search(&search, None).await.unwrap();
            println!("total {} in {:?} more {}", a.total, t.elapsed(), a.cursor.is_some());
            for h in a.hits.iter().take(10) {
                println!(
                    "  {} {:?} {:?} {:?} {:?}",
                    h.title,
                    h.variant_title,
                    h.price.map(|p| p.amount()),
                    h.rating,
                    h.highlights
                );
            }
            if let Some(f) = a.facets {
                println!("  {:?}", serde_json::to_string(&f).unwrap());
            }
        }
        Some("walk") => {
            let json: serde_json::Value = serde_json::from_str(&args.next().unwrap()).unwrap();
            let search = query(&json);
            let t = std::time::Instant::now();
            let mut cursor = None;
            let mut ids = Vec::new();
            let mut pages = 0;
            let mut total = 0;
            loop {
                let a = index.search(&search, cursor.as_deref()).await.unwrap();
                pages += 1;
                total = total.max(a.total);
                if let Some(c) = &a.cursor {
                    if c.len() > 1500 {
                        println!("cursor {}", c.len());
                    }
                }
                ids.extend(a.hits.into_iter().map(|h| (h.product_id, h.price.map(|p| p.amount()))));
                cursor = a.cursor;
                if cursor.is_none() {
                    break;
                }
            }
            let prices: Vec<_> = ids.iter().map(|i| i.1).collect();
            let mut sorted = prices.clone();
            sorted.sort_by_key(|p| p.unwrap_or(i64::MAX));
            let n = ids.len();
            let mut uniq: Vec<_> = ids.iter().map(|i| i.0.clone()).collect();
            uniq.sort();
            uniq.dedup();
            println!(
                "{n} hits, {} products, total {total}, {pages} pages, asc {} in {:?}",
                uniq.len(),
                prices == sorted,
                t.elapsed()
            );
        }
        Some("s") => println!("{:?}", index.suggest(&args.next().unwrap()).await),
        _ => {}
    }
}
fn query(json: &serde_json::Value) -> SearchQuery {
    SearchQuery {
        q: json["q"].as_str().map(str::to_owned),
        category: json["category"].as_str().map(|c| c.parse().unwrap()),
        min_price: json["min_price"].as_i64(),
        max_price: json["max_price"].as_i64(),
        min_rating: json["min_rating"].as_f64(),
        in_stock: json["in_stock"].as_bool().unwrap_or_default(),
        sort: json["sort"].as_str().unwrap_or("relevance").parse().unwrap(),
        limit: json["limit"].as_u64().unwrap_or(24) as usize,
    }
}
