//! `docs/lives.md` says of every table how long its items live, and says what templates and constants say.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{root, template::worlds};

/// The cells of the table's rows.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs/lives.md")).unwrap();
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    text.lines().filter(|line| line.starts_with("| `")).map(cells).collect()
}

/// What stands between the backticks of a cell.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// How many days a constant is: `const NAME: SignedDuration = SignedDuration::from_hours(24 * 7);`
fn days(name: &str, path: &str) -> u64 {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let declared = format!("const {name}: SignedDuration = SignedDuration::from_hours(");
    let (_, rest) = text.split_once(&declared).unwrap_or_else(|| panic!("{path} has no {name} in hours"));
    let factors = rest.split(')').next().unwrap().split('*').map(|factor| factor.trim().parse::<u64>().unwrap());
    factors.product::<u64>() / 24
}

#[test]
fn every_table_has_its_lives_and_each_time_to_live_is_the_one_in_the_code() {
    let rows = rows();
    let (mut told, mut ending) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        let [table, _, live, ends] = &row[..] else { panic!("{row:?}") };
        let table = quoted(table)[0];
        told.insert(table.to_owned());
        if ends.starts_with("TTL") {
            let [name, path] = quoted(ends)[..] else { panic!("{ends}") };
            let number = live.split(' ').next().unwrap().parse::<u64>().unwrap_or_else(|_| panic!("{live}"));
            assert_eq!(number, days(name, path), "{table}: {name}");
            ending.insert(table.to_owned());
        }
    }
    let mut declared = BTreeMap::new();
    for world in worlds() {
        for (id, table) in world.resources("AWS::DynamoDB::Table") {
            declared.insert(id.to_owned(), table["TimeToLiveSpecification"]["Enabled"] == true);
        }
    }
    assert_eq!(told, declared.keys().cloned().collect(), "docs/lives.md tells of other tables");
    let with_ttl: BTreeSet<String> = declared.into_iter().filter(|(_, ends)| *ends).map(|(id, _)| id).collect();
    assert_eq!(ending, with_ttl, "a time to live that nothing has, or that no table has");
}

#[test]
fn what_is_on_its_way_counts_as_delivered_some_day() {
    let root = souk_testkit::templates::read("template");
    let after = &root["Parameters"]["DeliverAfterDays"];
    assert!(after["MinValue"].as_u64() >= Some(1), "zero would be never");
    let told = rows().into_iter().find(|row| row[2].contains("`DeliverAfterDays`")).unwrap();
    assert!(told[2].contains(&format!("({})", after["Default"].as_u64().unwrap())), "{told:?}");
}
