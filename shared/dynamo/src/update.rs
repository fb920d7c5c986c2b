use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    Attribute, Condition, attribute,
    expression::{Expression, Placeholders},
};

/// Changes of one item that take effect together, if the condition holds. The same for a write of its own
/// ([`crate::Table::update`]) and as part of a transaction ([`crate::Transaction::update`]).
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct Update {
    sets: Vec<String>,
    removes: Vec<String>,
    adds: Vec<String>,
    deletes: Vec<String>,
    placeholders: Placeholders,
    condition: Option<Condition>,
}

impl Update {
    /// One that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The attribute gets this value.
    pub fn set(mut self, at: impl Into<Attribute>, value: AttributeValue) -> Self {
        let (path, value) = self.write(&at.into(), &value);
        self.sets.push(format!("{path} = {value}"));
        self
    }

    /// The attribute gets this value, where there is one.
    pub fn set_some(self, at: impl Into<Attribute>, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(at, value),
            None => self,
        }
    }

    /// The attribute gets this value unless it has one.
    pub fn set_if_absent(mut self, at: impl Into<Attribute>, value: AttributeValue) -> Self {
        let (path, value) = self.write(&at.into(), &value);
        self.sets.push(format!("{path} = if_not_exists({path}, {value})"));
        self
    }

    /// The attribute becomes the sum of itself and another one, as both stand.
    pub fn add_attribute(mut self, at: impl Into<Attribute>, other: impl Into<Attribute>) -> Self {
        let (path, other) = (self.placeholders.path(&at.into()), self.placeholders.path(&other.into()));
        self.sets.push(format!("{path} = {path} + {other}"));
        self
    }

    /// One more element at the end of the attribute's list, which must be there.
    pub fn append(mut self, at: impl Into<Attribute>, element: AttributeValue) -> Self {
        let (path, element) = self.write(&at.into(), &AttributeValue::L(vec![element]));
        self.sets.push(format!("{path} = list_append({path}, {element})"));
        self
    }

    /// The attribute goes.
    pub fn remove(mut self, at: impl Into<Attribute>) -> Self {
        let path = self.placeholders.path(&at.into());
        self.removes.push(path);
        self
    }

    /// The number rises by this one, from 0 where it is absent; or the set gets these elements. Only for
    /// top-level attributes.
    pub fn add(mut self, name: &'static str, value: AttributeValue) -> Self {
        let (path, value) = self.write(&attribute(name), &value);
        self.adds.push(format!("{path} {value}"));
        self
    }

    /// The set loses these elements. Only for top-level attributes.
    pub fn delete(mut self, name: &'static str, elements: AttributeValue) -> Self {
        let (path, elements) = self.write(&attribute(name), &elements);
        self.deletes.push(format!("{path} {elements}"));
        self
    }

    /// Only if this holds, and whatever was asked for before.
    pub fn when(mut self, condition: Condition) -> Self {
        self.condition = Some(match self.condition {
            Some(known) => known.and(condition),
            None => condition,
        });
        self
    }

    fn write(&mut self, at: &Attribute, value: &AttributeValue) -> (String, String) {
        (self.placeholders.path(at), self.placeholders.written(at, value))
    }

    pub(crate) fn expression(self) -> Expression {
        let clauses = [("SET", self.sets), ("REMOVE", self.removes), ("ADD", self.adds), ("DELETE", self.deletes)];
        let clauses = clauses.into_iter().filter(|(_, actions)| !actions.is_empty());
        let texts: Vec<_> = clauses.map(|(verb, actions)| format!("{verb} {}", actions.join(", "))).collect();
        Expression::new(texts.join(" "), self.condition.as_ref(), self.placeholders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{n, s};

    fn texts(update: Update) -> (String, String) {
        let expression = update.expression();
        (expression.update.unwrap_or_default(), expression.condition.unwrap_or_default())
    }

    #[test]
    fn every_change_stands_in_its_clause_in_the_order_in_which_it_was_asked_for() {
        let update = Update::new()
            .add("version", n(1))
            .set("status", s("SHIPPED"))
            .remove("unsettled")
            .append("history", s("shipped"))
            .set_if_absent("expires_at", n(7))
            .set_some("note", None)
            .set_some("by", Some(s("warehouse")))
            .add_attribute("drained", "left")
            .set(attribute("c").key("someone"), n(3))
            .delete("empty", AttributeValue::Ns(vec!["4".to_owned()]));
        let expected = "SET #status = :status, #history = list_append(#history, :history), \
                        #expires_at = if_not_exists(#expires_at, :expires_at), #by = :by, \
                        #drained = #drained + #left, #c.#key = :c REMOVE #unsettled ADD #version :version \
                        DELETE #empty :empty";
        assert_eq!(texts(update), (expected.to_owned(), String::new()));
    }

    #[test]
    fn conditions_add_up_and_do_not_depend_on_what_is_written() {
        let condition = || attribute("status").is_one_of([s("A"), s("B")]);
        let alone = texts(Update::new().when(condition()));
        let writing = texts(Update::new().set("status", s("C")).when(condition()));
        assert_eq!(alone, (String::new(), "#status IN (:if_status, :if_status_2)".to_owned()));
        assert_eq!(writing, ("SET #status = :status".to_owned(), alone.1));
        let both = texts(Update::new().when(attribute("id").exists()).when(attribute("version").equals(n(1))));
        assert_eq!(both.1, "attribute_exists(#id) AND #version = :if_version");
    }

    #[test]
    fn the_same_write_has_the_same_text() {
        let write = || Update::new().set("a", n(1)).set("b", n(2)).when(attribute("a").equals(n(0)));
        assert_eq!(write().expression(), write().expression());
    }
}
