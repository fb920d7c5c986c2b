//! Discovery and transactions never share a table.

use souk_testkit::templates;

use super::template::{Template, texts, worlds};

#[test]
fn no_world_names_a_table_of_the_other() {
    let [discovery, transactions] = worlds();
    for (world, other) in [(&discovery, &transactions), (&transactions, &discovery)] {
        let said: Vec<String> = world.documents().flat_map(texts).collect();
        for table in other.tables() {
            assert!(!said.iter().any(|text| text.contains(table)), "{} names {table} of {}", world.name, other.name);
        }
    }
}

#[test]
fn no_environment_variable_for_a_table_stands_in_both_worlds() {
    let variables = |world: &Template| {
        let functions = world.functions();
        let names: std::collections::BTreeSet<String> = functions
            .iter()
            .flat_map(|function| function.variables().into_keys().map(str::to_owned).collect::<Vec<_>>())
            .filter(|name| name.ends_with("_TABLE"))
            .collect();
        names
    };
    let [discovery, transactions] = worlds();
    let both: Vec<_> = variables(&discovery).intersection(&variables(&transactions)).cloned().collect();
    assert!(both.is_empty(), "{both:?}");
}

/// What one stack could learn of another's tables, it would learn by a parameter.
#[test]
fn the_root_hands_no_table_from_one_stack_to_another() {
    let root = Template::read("template");
    for (id, stack) in templates::resources(&root.document, "AWS::Serverless::Application") {
        let said = texts(&stack["Parameters"]);
        assert!(!said.iter().any(|text| text.to_lowercase().contains("table")), "{id}");
    }
}
