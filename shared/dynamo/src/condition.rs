use std::ops::Not;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{Attribute, expression::Placeholders};

/// What must hold of the item as it stands, or the write is refused. Made by the methods of
/// [`Attribute`]; joined by [`Condition::and`], [`Condition::or`] and `!`.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// There is a value.
    Exists(Attribute),
    /// There is no value.
    Absent(Attribute),
    /// There is a value that compares so with this one.
    Compare(Attribute, Comparison, AttributeValue),
    /// What is there has fewer characters, elements or entries than this.
    Smaller(Attribute, AttributeValue),
    /// There is one of these values.
    OneOf(Attribute, Vec<AttributeValue>),
    /// All of these hold.
    All(Vec<Condition>),
    /// One of these holds at least.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

impl Comparison {
    fn operator(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}

impl Condition {
    /// Both must hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut conditions) => {
                conditions.push(other);
                Self::All(conditions)
            }
            first => Self::All(vec![first, other]),
        }
    }

    /// One of the two must hold.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Any(mut conditions) => {
                conditions.push(other);
                Self::Any(conditions)
            }
            first => Self::Any(vec![first, other]),
        }
    }

    /// As DynamoDB reads it. Its values are called `:if_…`, so that its text does not depend on what
    /// the write does.
    pub(crate) fn text(&self, placeholders: &mut Placeholders) -> String {
        match self {
            Self::Exists(attribute) => format!("attribute_exists({})", placeholders.path(attribute)),
            Self::Absent(attribute) => format!("attribute_not_exists({})", placeholders.path(attribute)),
            Self::Compare(attribute, comparison, value) => {
                let path = placeholders.path(attribute);
                format!("{path} {} {}", comparison.operator(), placeholders.expected(attribute, value))
            }
            Self::Smaller(attribute, size) => {
                let path = placeholders.path(attribute);
                format!("size({path}) < {}", placeholders.expected(attribute, size))
            }
            Self::OneOf(attribute, values) => {
                let path = placeholders.path(attribute);
                let values: Vec<_> = values.iter().map(|value| placeholders.expected(attribute, value)).collect();
                format!("{path} IN ({})", values.join(", "))
            }
            Self::All(conditions) => Self::joined(conditions, " AND ", placeholders),
            Self::Any(conditions) => Self::joined(conditions, " OR ", placeholders),
            Self::Not(condition) => format!("NOT ({})", condition.text(placeholders)),
        }
    }

    fn joined(conditions: &[Self], operator: &str, placeholders: &mut Placeholders) -> String {
        let text = |condition: &Self| match condition {
            Self::All(_) | Self::Any(_) => format!("({})", condition.text(placeholders)),
            _ => condition.text(placeholders),
        };
        conditions.iter().map(text).collect::<Vec<_>>().join(operator)
    }
}

impl Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute, n, s};

    fn text(condition: &Condition) -> String {
        condition.text(&mut Placeholders::default())
    }

    #[test]
    fn each_condition_has_its_text() {
        let version = || attribute("version");
        for (condition, expected) in [
            (version().exists(), "attribute_exists(#version)"),
            (version().is_absent(), "attribute_not_exists(#version)"),
            (version().equals(n(1)), "#version = :if_version"),
            (version().differs_from(n(1)), "#version <> :if_version"),
            (version().is_above(n(1)), "#version > :if_version"),
            (version().is_at_least(n(1)), "#version >= :if_version"),
            (version().is_below(n(1)), "#version < :if_version"),
            (version().is_at_most(n(1)), "#version <= :if_version"),
            (attribute("holds").is_smaller_than(9), "size(#holds) < :if_holds"),
            (version().is_one_of([n(1), n(2), n(1)]), "#version IN (:if_version, :if_version_2, :if_version)"),
            (attribute("c").key("someone").is_absent(), "attribute_not_exists(#c.#key)"),
            (attribute("prices").key("S").field("version").is_below(n(2)), "#prices.#key.#version < :if_version"),
            (!version().exists(), "NOT (attribute_exists(#version))"),
        ] {
            assert_eq!(text(&condition), expected);
        }
    }

    #[test]
    fn what_is_joined_within_what_is_joined_stands_in_brackets() {
        let [a, b, c] = ["a", "b", "c"].map(|name| attribute(name).equals(s("x")));
        assert_eq!(text(&a.clone().and(b.clone()).and(c.clone())), "#a = :if_a AND #b = :if_b AND #c = :if_c");
        assert_eq!(text(&a.clone().and(b.clone().or(c.clone()))), "#a = :if_a AND (#b = :if_b OR #c = :if_c)");
        assert_eq!(text(&a.and(b).or(c)), "(#a = :if_a AND #b = :if_b) OR #c = :if_c");
    }
}
