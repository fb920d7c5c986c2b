use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Client, Item, StoreError, decode};

/// One page of a query's or a scan's answer.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What it holds.
    pub items: Vec<T>,
    /// The key after which the next page begins; `None` on the last one.
    pub next: Option<Item>,
}

impl<T> Page<T> {
    /// The page with each item turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }
}

impl<T: DeserializeOwned> Page<T> {
    fn of(items: Option<Vec<Item>>, next: Option<Item>) -> Result<Self, StoreError> {
        let items = items.unwrap_or_default().into_iter().map(decode).collect::<Result<_, _>>()?;
        Ok(Self { items, next: next.filter(|key| !key.is_empty()) })
    }
}

/// A part of a table, of several that are walked through side by side: together they are the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Which, from 0.
    pub number: u32,
    /// Of how many, 1 to 1,000,000.
    pub of: u32,
}

impl Segment {
    /// All of it.
    pub const WHOLE: Self = Self { number: 0, of: 1 };

    /// So many parts.
    pub fn all(of: u32) -> impl Iterator<Item = Self> {
        (0..of).map(move |number| Self { number, of })
    }
}

/// One table and the client that reaches it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: String,
}

impl Table {
    /// The table of this name.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The client, for calls that this type has no short form for.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Reads one item, strongly consistent. Decisions are made on this read.
    ///
    /// # Errors
    /// [`StoreError`]; an absent item is `Ok(None)`.
    pub async fn get<T: DeserializeOwned>(&self, key: &[(&str, &str)]) -> Result<Option<T>, StoreError> {
        self.read(key, true).await
    }

    /// Reads one item as it stood a moment ago, at half the price, where that suffices; where it does not, or none was there,
    /// as it is.
    ///
    /// # Errors
    /// [`StoreError`]; an absent item is `Ok(None)`.
    pub async fn get_sufficing<T: DeserializeOwned>(
        &self,
        key: &[(&str, &str)],
        suffices: impl FnOnce(&T) -> bool,
    ) -> Result<Option<T>, StoreError> {
        match self.get_eventually(key).await?.filter(suffices) {
            Some(seen) => Ok(Some(seen)),
            None => self.get(key).await,
        }
    }

    /// Reads one item, eventually consistent, at half the price. Only where staleness costs nothing.
    ///
    /// # Errors
    /// [`StoreError`]; an absent item is `Ok(None)`.
    pub async fn get_eventually<T: DeserializeOwned>(&self, key: &[(&str, &str)]) -> Result<Option<T>, StoreError> {
        self.read(key, false).await
    }

    async fn read<T: DeserializeOwned>(&self, key: &[(&str, &str)], consistent: bool) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key_of(key)))
            .consistent_read(consistent)
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        answer.item.map(decode).transpose()
    }

    /// A query of this table or one of its indexes.
    pub fn query(&self) -> QueryFluentBuilder {
        self.client.query().table_name(&self.name)
    }

    /// One page of the whole table, strongly consistent item by item; a page begins where the one before
    /// ended. For jobs that look at everything: no request may cost a table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan_page<T: DeserializeOwned>(&self, after: Option<Item>) -> Result<Page<T>, StoreError> {
        self.scan_segment(Segment::WHOLE, after).await
    }

    /// As [`Table::scan_page`], of one of the parts into which the table falls; all of them together are the table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scan_segment<T: DeserializeOwned>(
        &self,
        segment: Segment,
        after: Option<Item>,
    ) -> Result<Page<T>, StoreError> {
        let scan = self.client.scan().table_name(&self.name).consistent_read(true).set_exclusive_start_key(after);
        let scan = match segment {
            Segment::WHOLE => scan,
            Segment { number, of } => scan
                .segment(i32::try_from(number).unwrap_or(i32::MAX))
                .total_segments(i32::try_from(of).unwrap_or(i32::MAX)),
        };
        let answer = scan.send().await.map_err(StoreError::from_sdk)?;
        Page::of(answer.items, answer.last_evaluated_key)
    }

    /// The page of a query that begins after a key, of at most 1 MB.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page<T: DeserializeOwned>(
        query: QueryFluentBuilder,
        after: Option<Item>,
    ) -> Result<Page<T>, StoreError> {
        let answer = query.set_exclusive_start_key(after).send().await.map_err(StoreError::from_sdk)?;
        Page::of(answer.items, answer.last_evaluated_key)
    }

    /// All items of one partition, strongly consistent, in sort-key order. For partitions that are
    /// small by design (the warehouses of one SKU, the variants of one product).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn partition<T: DeserializeOwned>(&self, key: &str, value: &str) -> Result<Vec<T>, StoreError> {
        let mut pages = self
            .query()
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", key)
            .expression_attribute_values(":pk", crate::s(value))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(decode(item.map_err(StoreError::from_sdk)?)?);
        }
        Ok(items)
    }
}

/// A primary key from its string parts.
pub(crate) fn key_of(parts: &[(&str, &str)]) -> Item {
    parts.iter().map(|(name, value)| ((*name).to_owned(), crate::s(*value))).collect()
}
