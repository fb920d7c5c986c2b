use aws_sdk_dynamodb::types::AttributeValue;

use crate::condition::{Comparison, Condition};

/// Where an item keeps a value: a top-level attribute, or a place inside one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute(pub(crate) Vec<Segment>);

/// One step of the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A name that the code chose.
    Name(&'static str),
    /// A map's key, which is data: an id, a SKU.
    Key(String),
}

/// The attribute of this name.
pub fn attribute(name: &'static str) -> Attribute {
    Attribute(vec![Segment::Name(name)])
}

impl From<&'static str> for Attribute {
    fn from(name: &'static str) -> Self {
        attribute(name)
    }
}

impl Attribute {
    /// A field of the struct that stands here.
    #[must_use]
    pub fn field(mut self, name: &'static str) -> Self {
        self.0.push(Segment::Name(name));
        self
    }

    /// The entry of the map that stands here.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.0.push(Segment::Key(key.into()));
        self
    }

    /// The condition that there is a value.
    pub fn exists(self) -> Condition {
        Condition::Exists(self)
    }

    /// The condition that there is none.
    pub fn is_absent(self) -> Condition {
        Condition::Absent(self)
    }

    /// The condition that there is this value.
    pub fn equals(self, value: AttributeValue) -> Condition {
        Condition::Compare(self, Comparison::Equal, value)
    }

    /// The condition that there is any value but this.
    pub fn differs_from(self, value: AttributeValue) -> Condition {
        Condition::Compare(self, Comparison::NotEqual, value)
    }

    /// The condition that there is more than this.
    pub fn is_above(self, value: AttributeValue) -> Condition {
        Condition::Compare(self, Comparison::Above, value)
    }

    /// The condition that there is this or more.
    pub fn is_at_least(self, value: AttributeValue) -> Condition {
        Condition::Compare(self, Comparison::AtLeast, value)
    }

    /// The condition that there is less than this.
    pub fn is_below(self, value: AttributeValue) -> Condition {
        Condition::Compare(self, Comparison::Below, value)
    }

    /// The condition that there is this or less.
    pub fn is_at_most(self, value: AttributeValue) -> Condition {
        Condition::Compare(self, Comparison::AtMost, value)
    }

    /// The condition that what is there has fewer characters, elements or entries than this.
    pub fn is_smaller_than(self, size: usize) -> Condition {
        Condition::Smaller(self, crate::n(size))
    }

    /// The condition that there is one of these values, of which there must be one at least.
    pub fn is_one_of(self, values: impl IntoIterator<Item = AttributeValue>) -> Condition {
        Condition::OneOf(self, values.into_iter().collect())
    }

    /// What its values are called in expressions: the last name on the way.
    pub(crate) fn label(&self) -> &'static str {
        let name = |segment: &Segment| match segment {
            Segment::Name(name) => Some(*name),
            Segment::Key(_) => None,
        };
        self.0.iter().rev().find_map(name).unwrap_or("value")
    }
}
