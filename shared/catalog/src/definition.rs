//! What a category says of the attributes of its products.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::violation::Violations;

const DEFINITIONS_MAX: usize = 30;
const NAME_MAX: usize = 64;
const UNIT_MAX: usize = 20;
const CHOICES_MAX: usize = 100;
/// A facet shows no longer value.
const CHOICE_MAX: usize = 64;

/// An attribute that the products of a category have, and those of the categories below it. Of several categories on
/// the way to the root the nearest one decides what an attribute of that name is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributeDefinition {
    /// What it is called, without `=`.
    #[schema(min_length = 1, max_length = 64, pattern = "^[^=]+$")]
    pub name: String,
    /// What its value is.
    pub takes: AttributeType,
    /// Whether each variant has to have it, by itself or from its product.
    #[serde(default)]
    pub required: bool,
    /// Whether search counts and filters by it.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub facet: bool,
}

/// What the value of an attribute is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum AttributeType {
    /// Any text.
    Text {},
    /// A number. A text that says one is taken for it, with the unit behind it or without.
    Number {
        /// In which unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 1, max_length = 20)]
        unit: Option<String>,
    },
    /// Yes or no: true, false, or a text that says `yes`, `no`, `true` or `false`.
    Boolean {},
    /// One of these texts.
    Choice {
        /// Which.
        #[schema(min_items = 1, max_items = 100)]
        of: Vec<String>,
    },
}

fn yes() -> bool {
    true
}

/// Checks what can be checked without looking anything up.
pub(crate) fn check(definitions: &[AttributeDefinition], found: &mut Violations) {
    found.at_most("attributes", definitions.len(), DEFINITIONS_MAX);
    for (index, definition) in definitions.iter().enumerate() {
        let field = |name: &str| format!("attributes[{index}].{name}");
        found.text(&field("name"), &definition.name, NAME_MAX);
        if definition.name.contains('=') {
            found.out_of_range(field("name"), "must not hold =");
        }
        if definitions[..index].iter().any(|other| other.name == definition.name) {
            found.senseless(field("name"), "is given twice");
        }
        match &definition.takes {
            AttributeType::Number { unit: Some(unit) } => {
                found.text(&field("takes.unit"), unit, UNIT_MAX);
                if unit.contains('|') || unit.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
                    found.out_of_range(field("takes.unit"), "must not hold | or begin with a digit");
                }
            }
            AttributeType::Choice { of } => {
                if of.is_empty() {
                    found.out_of_range(field("takes.of"), "must have at least one entry");
                }
                found.at_most(&field("takes.of"), of.len(), CHOICES_MAX);
                found.no_twice(&field("takes.of"), of);
                for (choice, text) in of.iter().enumerate() {
                    found.text(&field(&format!("takes.of[{choice}]")), text, CHOICE_MAX);
                }
            }
            AttributeType::Number { unit: None } | AttributeType::Text {} | AttributeType::Boolean {} => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn violations(definitions: Value) -> Vec<(String, bool)> {
        let definitions: Vec<AttributeDefinition> = serde_json::from_value(definitions).unwrap();
        let mut found = Violations::default();
        check(&definitions, &mut found);
        let violations = found.into_result().err().unwrap_or_default();
        violations.into_iter().map(|violation| (violation.field, violation.semantic)).collect()
    }

    #[test]
    fn definitions_are_read_with_what_is_left_out() {
        let [definition] = serde_json::from_value::<[AttributeDefinition; 1]>(
            json!([{"name": "litres", "takes": {"type": "number"}}]),
        )
        .unwrap();
        assert_eq!((definition.required, definition.facet), (false, true));
        assert_eq!(definition.takes, AttributeType::Number { unit: None });
        for bad in [
            json!({"name": "a"}),
            json!({"name": "a", "takes": {"type": "colour"}}),
            json!({"name": "a", "takes": {"type": "text", "unit": "ml"}}),
            json!({"name": "a", "takes": {"type": "choice"}}),
        ] {
            assert!(serde_json::from_value::<AttributeDefinition>(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_limit_names_its_field() {
        let number = |unit: &str| json!([{"name": "volume", "takes": {"type": "number", "unit": unit}}]);
        let choice = |of: Value| json!([{"name": "size", "takes": {"type": "choice", "of": of}}]);
        let named = |name: &str| json!([{"name": name, "takes": {"type": "text"}}]);
        for (definitions, expected) in [
            (number("ml"), vec![]),
            (number(&"x".repeat(21)), vec![("attributes[0].takes.unit", false)]),
            (number("2 m"), vec![("attributes[0].takes.unit", false)]),
            (choice(json!(["S", "M"])), vec![]),
            (choice(json!([])), vec![("attributes[0].takes.of", false)]),
            (choice(json!(["S", "S"])), vec![("attributes[0].takes.of[1]", true)]),
            (choice(json!(["x".repeat(65)])), vec![("attributes[0].takes.of[0]", false)]),
            (named(""), vec![("attributes[0].name", false)]),
            (named("a=b"), vec![("attributes[0].name", false)]),
            (json!([named("a")[0], named("a")[0]]), vec![("attributes[1].name", true)]),
            (
                json!((0..31).map(|n| named(&format!("a{n}"))[0].clone()).collect::<Vec<_>>()),
                vec![("attributes", false)],
            ),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(field, semantic)| (field.to_owned(), semantic)).collect();
            assert_eq!(violations(definitions.clone()), expected, "{definitions}");
        }
    }
}
