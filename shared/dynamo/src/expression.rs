use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{Attribute, Condition, Item, attribute::Segment};

/// The names and values of one write, each under a placeholder that follows from what it is for: the same
/// write always has the same text, and any name may be used, reserved or not.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Placeholders {
    names: BTreeMap<String, String>,
    values: BTreeMap<String, AttributeValue>,
}

impl Placeholders {
    /// The way to an attribute.
    pub(crate) fn path(&mut self, attribute: &Attribute) -> String {
        let steps = attribute.0.iter().map(|segment| match segment {
            Segment::Name(name) => placeholder(&mut self.names, format!("#{name}"), &(*name).to_owned()),
            Segment::Key(key) => placeholder(&mut self.names, "#key".to_owned(), key),
        });
        steps.collect::<Vec<_>>().join(".")
    }

    /// A value that an attribute gets.
    pub(crate) fn written(&mut self, attribute: &Attribute, value: &AttributeValue) -> String {
        placeholder(&mut self.values, format!(":{}", attribute.label()), value)
    }

    /// A value that an attribute is compared with.
    pub(crate) fn expected(&mut self, attribute: &Attribute, value: &AttributeValue) -> String {
        placeholder(&mut self.values, format!(":if_{}", attribute.label()), value)
    }
}

/// The placeholder of what is known already, else one of this name, numbered where it is taken.
fn placeholder<V: Clone + PartialEq>(known: &mut BTreeMap<String, V>, name: String, value: &V) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let free = |candidate: &String| known.get(candidate).is_none_or(|taken| taken == value);
    let found = std::iter::once(name.clone()).chain(numbered).find(free).unwrap_or(name);
    known.insert(found.clone(), value.clone());
    found
}

/// A write's texts and what their placeholders stand for, as a request takes them: DynamoDB refuses maps
/// that are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Expression {
    pub(crate) update: Option<String>,
    pub(crate) condition: Option<String>,
    pub(crate) names: Option<HashMap<String, String>>,
    pub(crate) values: Option<Item>,
}

impl Expression {
    pub(crate) fn new(update: String, condition: Option<&Condition>, mut placeholders: Placeholders) -> Self {
        let condition = condition.map(|condition| condition.text(&mut placeholders));
        let Placeholders { names, values } = placeholders;
        Self {
            update: (!update.is_empty()).then_some(update),
            condition,
            names: (!names.is_empty()).then(|| names.into_iter().collect()),
            values: (!values.is_empty()).then(|| values.into_iter().collect()),
        }
    }

    /// Of a write that only has a condition.
    pub(crate) fn of(condition: Option<&Condition>) -> Self {
        Self::new(String::new(), condition, Placeholders::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute, n};

    #[test]
    fn another_value_of_the_same_name_is_numbered_and_the_same_one_used_again() {
        let mut placeholders = Placeholders::default();
        let version = attribute("version");
        let names = [1, 2, 1, 3].map(|value| placeholders.expected(&version, &n(value)));
        assert_eq!(names, [":if_version", ":if_version_2", ":if_version", ":if_version_3"]);
        assert_eq!(placeholders.written(&version, &n(2)), ":version");
        let [first, second] = ["b", "a"].map(|key| placeholders.path(&attribute("lines").key(key)));
        assert_eq!((first.as_str(), second.as_str()), ("#lines.#key", "#lines.#key_2"));
        assert_eq!(placeholders.path(&attribute("key")), "#key_3", "a name that a map's key has taken");
    }

    #[test]
    fn what_is_not_used_is_not_sent() {
        assert_eq!(Expression::of(None), Expression::default());
        let absent = Expression::of(Some(&attribute("id").is_absent()));
        assert_eq!(absent.condition.as_deref(), Some("attribute_not_exists(#id)"));
        assert_eq!((absent.update, absent.values), (None, None));
        assert_eq!(absent.names, Some(HashMap::from([("#id".to_owned(), "id".to_owned())])));
    }
}
