//! How often one user may ask: counted by all instances of a function together.

use jiff::SignedDuration;
use souk_domain::ids::UserId;
use souk_dynamo::Table;
use souk_runtime::http::{Asked, Frequency};

use super::{at, tables::Tables};

const LIMIT: u32 = 8;

fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

async fn table() -> Table {
    Tables::of("transactions").await.table("RequestsTable")
}

fn instance(table: &Table, uncounted: u32) -> Frequency {
    Frequency::new(table.clone(), "place-order", LIMIT, uncounted)
}

/// Of the user's requests at this second, how many are let pass before the first that is refused.
async fn passed(instances: &[Frequency], user_id: &UserId, second: i64) -> u32 {
    for n in 0..100 {
        let instance = &instances[usize::try_from(n).unwrap() % instances.len()];
        if instance.count(user_id, at(second)).await != Asked::WithinLimit {
            return n;
        }
    }
    panic!("nobody is refused");
}

/// The first second of a minute.
const MINUTE: i64 = 60;

#[tokio::test]
async fn the_last_one_within_the_limit_is_taken_and_one_beyond_refused() {
    let table = table().await;
    let instances = [instance(&table, 0), instance(&table, 0), instance(&table, 0)];
    assert_eq!(passed(&instances, &user("a"), MINUTE).await, LIMIT);
    let refused = instances[0].count(&user("a"), at(MINUTE + 13)).await;
    assert_eq!(refused, Asked::TooOften { again_after: SignedDuration::from_secs(47) });
    assert_eq!(instances[0].count(&user("b"), at(MINUTE)).await, Asked::WithinLimit, "another user");
    let other = Frequency::new(table.clone(), "cancel-order", LIMIT, 0);
    assert_eq!(other.count(&user("a"), at(MINUTE)).await, Asked::WithinLimit, "another route");
    assert_eq!(passed(&instances, &user("a"), 2 * MINUTE).await, LIMIT, "the next minute");
}

#[tokio::test]
async fn beyond_the_limit_each_instance_lets_pass_what_it_does_not_count() {
    let table = table().await;
    for count in 1..=3 {
        let instances: Vec<_> = (0..count).map(|_| instance(&table, 2)).collect();
        let passed = passed(&instances, &user(&format!("user-{count}")), MINUTE).await;
        assert!((LIMIT..=LIMIT + 2 * count).contains(&passed), "{count} instances let {passed} pass");
    }
    // What one counts, another knows as soon as it asks.
    let (first, second) = (instance(&table, 2), instance(&table, 2));
    assert_eq!(passed(std::slice::from_ref(&first), &user("c"), MINUTE).await, LIMIT);
    assert_eq!(passed(std::slice::from_ref(&second), &user("c"), MINUTE).await, 2);
}

#[tokio::test]
async fn who_asks_seldom_writes_nothing_and_who_is_refused_writes_no_more() {
    let table = table().await;
    let instance = instance(&table, 2);
    let items = async || table.scan_page::<serde_json::Value>(None).await.unwrap().items;
    for second in [MINUTE, MINUTE + 1, 2 * MINUTE, 2 * MINUTE + 1] {
        assert_eq!(instance.count(&user("a"), at(second)).await, Asked::WithinLimit);
    }
    assert_eq!(items().await, [] as [serde_json::Value; 0]);
    passed(std::slice::from_ref(&instance), &user("a"), 3 * MINUTE).await;
    let [counted] = &items().await[..] else { panic!("one count") };
    assert_eq!(counted["requests"], LIMIT + 1);
    let ends = at(4 * MINUTE) + SignedDuration::from_hours(24);
    assert_eq!(counted["ttl"], ends.as_second());
    instance.count(&user("a"), at(3 * MINUTE)).await;
    assert_eq!(items().await[0]["requests"], LIMIT + 1);
}

#[tokio::test]
async fn where_the_table_does_not_answer_nobody_is_refused() {
    let client = souk_testkit::dynamodb::with_tables_of("transactions").await.unwrap();
    let instance = instance(&Table::new(client, "NoSuchTable"), 0);
    for _ in 0..=LIMIT {
        assert_eq!(instance.count(&user("a"), at(MINUTE)).await, Asked::WithinLimit);
    }
}
