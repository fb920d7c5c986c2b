//! The state machine and the steps' errors agree.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::{entries, root};

/// The names that the steps give their errors.
fn names_of_errors() -> BTreeSet<String> {
    let steps =
        entries("functions/orders/src/saga").into_iter().map(|file| format!("functions/orders/src/saga/{file}"));
    let sources = steps.chain(["shared/runtime/src/task.rs".to_owned()]);
    let mut names = BTreeSet::new();
    for path in sources {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        names.extend(text.split("TaskError::new(").skip(1).filter_map(quoted));
        names.extend(text.split("StoreError::").skip(1).filter_map(|rest| quoted(rest.split_once("=> ")?.1)));
    }
    names
}

/// The text literal that this begins with.
fn quoted(text: &str) -> Option<String> {
    Some(text.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned())
}

#[test]
fn a_step_is_repeated_unless_its_error_would_come_again() {
    let text = fs::read_to_string(root().join("statemachines/order.asl.json")).unwrap();
    let machine: Value = serde_json::from_str(&text).unwrap();
    let passing = |name: &String| name.ends_with("Unavailable") || name.ends_with("Busy");
    let lasting: BTreeSet<_> = names_of_errors().into_iter().filter(|name| !passing(name)).collect();
    assert!(lasting.len() > 8, "{lasting:?}");
    let states = machine["States"].as_object().unwrap();
    for (name, state) in states.iter().filter(|(_, state)| state["Type"] == "Task") {
        let [never, otherwise] = state["Retry"].as_array().unwrap().as_slice() else { panic!("{name}") };
        let ends: BTreeSet<String> = serde_json::from_value(never["ErrorEquals"].clone()).unwrap();
        assert_eq!((ends, &never["MaxAttempts"]), (lasting.clone(), &Value::from(0)), "{name}");
        assert_eq!(otherwise["ErrorEquals"], serde_json::json!(["States.ALL"]), "{name}");
        assert_eq!(
            (&otherwise["MaxAttempts"], &otherwise["JitterStrategy"]),
            (&Value::from(5), &Value::from("FULL")),
            "{name}"
        );
    }
}

/// The names that the keeper of the search index gives its errors.
fn names_of_the_keepers_errors() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("functions/search/src/search_index_manager.rs")).unwrap();
    text.split("KeeperError::").skip(1).filter_map(|rest| quoted(rest.split_once("=> ")?.1)).collect()
}

#[test]
fn a_reindexes_step_is_repeated_unless_its_error_would_come_again() {
    let text = fs::read_to_string(root().join("statemachines/reindex.asl.json")).unwrap();
    let machine: Value = serde_json::from_str(&text).unwrap();
    let passing = |name: &String| name.ends_with("Unavailable");
    let lasting: BTreeSet<_> = names_of_the_keepers_errors().into_iter().filter(|name| !passing(name)).collect();
    assert!(lasting.len() > 4, "{lasting:?}");
    let inside = &machine["States"]["WorkOnParts"]["ItemProcessor"]["States"];
    let states = [&machine["States"], inside].into_iter().flat_map(|states| states.as_object().unwrap());
    let tasks: Vec<_> = states.filter(|(_, state)| state["Type"] == "Task").collect();
    assert_eq!(tasks.len(), 4);
    for (name, state) in tasks {
        let [never, otherwise] = state["Retry"].as_array().unwrap().as_slice() else { panic!("{name}") };
        let ends: BTreeSet<String> = serde_json::from_value(never["ErrorEquals"].clone()).unwrap();
        assert!(ends.is_superset(&lasting) && never["MaxAttempts"] == 0, "{name}: {ends:?}");
        assert_eq!(otherwise["ErrorEquals"], serde_json::json!(["States.ALL"]), "{name}");
        assert_eq!(
            (&otherwise["MaxAttempts"], &otherwise["JitterStrategy"]),
            (&Value::from(8), &Value::from("FULL")),
            "{name}"
        );
    }
}
