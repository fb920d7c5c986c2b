/// A field that breaks one of the catalog's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field's path, such as `variants[2].sku`.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
    /// True where the value is fine by itself and only makes no sense beside the others.
    pub semantic: bool,
}

/// Collects what is wrong, so that a client hears of all of it at once.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn out_of_range(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.0.push(Violation { field: field.into(), reason: reason.into(), semantic: false });
    }

    pub(crate) fn senseless(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.0.push(Violation { field: field.into(), reason: reason.into(), semantic: true });
    }

    /// A text that people read: not blank, no control characters, of bounded length.
    pub(crate) fn text(&mut self, field: &str, text: &str, most: usize) {
        if text.trim().is_empty() {
            self.out_of_range(field, "must not be blank");
        } else if text.chars().count() > most {
            self.out_of_range(field, format!("must have at most {most} characters"));
        } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.out_of_range(field, "must not hold control characters");
        }
    }

    pub(crate) fn at_most(&mut self, field: &str, count: usize, most: usize) {
        if count > most {
            self.out_of_range(field, format!("must have at most {most} entries"));
        }
    }

    /// That no entry of a list stands there before.
    pub(crate) fn no_twice<T: PartialEq>(&mut self, field: &str, entries: &[T]) {
        for (index, entry) in entries.iter().enumerate() {
            if entries[..index].contains(entry) {
                self.senseless(format!("{field}[{index}]"), "is given twice");
            }
        }
    }

    pub(crate) fn into_result(self) -> Result<(), Vec<Violation>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}
