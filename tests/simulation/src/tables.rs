//! The tables of the transactions, as the templates declare them.

use std::sync::OnceLock;

use souk_testkit::{
    streams::{StreamReader, stream_readers},
    templates,
};

/// One table.
#[derive(Debug)]
pub struct TableSpec {
    /// The table's name here, such as `order-archive`; the functions get it by their environment.
    pub name: String,
    /// The variable by which functions know it.
    pub variable: String,
    /// Partition key, and sort key where there is one.
    pub key: Vec<String>,
    /// The `CreateTable` request.
    pub create_request: String,
}

/// All of them. They are read once: there are thousands of schedules.
///
/// # Panics
/// Where the templates cannot be read.
pub fn tables() -> &'static [TableSpec] {
    static TABLES: OnceLock<Vec<TableSpec>> = OnceLock::new();
    TABLES.get_or_init(|| templates::tables("transactions").into_iter().map(TableSpec::of).collect())
}

/// The functions that the templates let read this table's stream, with their filters.
///
/// # Panics
/// Where the templates cannot be read.
pub fn readers(table: &str) -> impl Iterator<Item = &'static StreamReader> {
    static READERS: OnceLock<Vec<StreamReader>> = OnceLock::new();
    let readers = READERS.get_or_init(|| stream_readers("transactions"));
    readers.iter().filter(move |reader| short(&reader.table) == table)
}

/// The table of this name.
///
/// # Panics
/// Where there is none: a function asked for a table that it was not given.
pub fn spec(name: &str) -> &'static TableSpec {
    tables().iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no table is called {name}"))
}

impl TableSpec {
    fn of(table: templates::Table) -> Self {
        let name = short(&table.logical_id);
        let create_request = table.create_request(&name).to_string();
        Self { name, variable: table.variable, key: table.key, create_request }
    }
}

/// `OrderArchiveTable` is `order-archive` in what a run prints.
fn short(logical_id: &str) -> String {
    let mut name = String::new();
    for letter in logical_id.trim_end_matches("Table").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
