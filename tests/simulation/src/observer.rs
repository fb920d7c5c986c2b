//! Sees every write as it takes effect, and says at once what no write may do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    call::Call,
    clock::Clock,
    edges,
    functions::CLAIM_DEADLINE_SECONDS,
    item::plain_item,
    parcels,
    sim::MAX_SKEW_MILLIS,
    store::{Item, Store},
    tables::spec,
};

/// A plain item.
pub type Image = Map<String, Value>;

/// A change of an order or a payment, as its table's stream brings it.
#[derive(Debug, Clone)]
pub struct StreamRecord {
    /// `orders` or `payments`.
    pub table: &'static str,
    key: Value,
    old: Option<Item>,
    new: Option<Item>,
    sequence: usize,
}

impl StreamRecord {
    /// The record in the JSON that Lambda hands over.
    pub fn json(&self) -> Value {
        let mut change = json!({
            "ApproximateCreationDateTime": 1_800_000_000,
            "Keys": self.key,
            "SequenceNumber": self.sequence.to_string(),
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        });
        if let Some(old) = &self.old {
            change["OldImage"] = Value::Object(old.clone());
        }
        if let Some(new) = &self.new {
            change["NewImage"] = Value::Object(new.clone());
        }
        let name = match (&self.old, &self.new) {
            (None, _) => "INSERT",
            (_, None) => "REMOVE",
            _ => "MODIFY",
        };
        json!({
            "awsRegion": "us-east-1", "eventID": self.sequence.to_string(), "eventName": name,
            "eventSource": "aws:dynamodb", "eventVersion": "1.1", "eventSourceARN": "arn:orders", "dynamodb": change,
        })
    }
}

/// One row's movement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The reservation or the person behind it.
    pub reference: String,
    /// SKU and warehouse.
    pub row: (String, String),
    /// What kind of movement.
    pub kind: String,
}

/// The attributes by which sweepers find what was left behind.
const LISTING: [&str; 4] = ["unsettled", "held", "capturing", "refunds_open"];
/// A partition whose items wait for a person, and for no sweeper.
const FOR_PEOPLE: &str = "failed";

/// What was seen.
#[derive(Default)]
pub struct Observer {
    items: BTreeMap<(String, String), Item>,
    /// Each item as it was before its last write, and when that was.
    before: BTreeMap<(String, String), (Timestamp, Option<Item>)>,
    /// How much stands in each sweeper's index, by index and partition.
    listed: BTreeMap<(&'static str, String), i64>,
    sequence: usize,
    /// What no write may do, and some write did.
    pub violations: Vec<String>,
    /// How often each movement was made.
    pub movements: BTreeMap<Moved, usize>,
    /// Units that were counted, or came and went outside of any order, per SKU.
    pub supplied: BTreeMap<String, i64>,
    /// Units that have left for a checkout and not come back, by its id and SKU.
    pub left: BTreeMap<(String, String), i64>,
    /// When each checkout was attached to its order: its prices are promised from then on, however late the order is
    /// written.
    attached: BTreeMap<String, Timestamp>,
    /// Prices with the time from which they held.
    pub prices: BTreeMap<String, Vec<(Timestamp, i64)>>,
}

/// The SKU of a row: the partition of one that was split off names its number too.
pub fn sku_of(row: &Image) -> &str {
    let partition = row["sku"].as_str().unwrap_or_default();
    partition.split_once('#').map_or(partition, |(sku, _)| sku)
}

impl Observer {
    /// Looks at what a successful request has written.
    pub fn see(&mut self, store: &Store, call: &Call, now: Timestamp) -> Vec<StreamRecord> {
        let mut records = Vec::new();
        for (table, key) in written(call) {
            let place = (table.to_owned(), key.to_string());
            let after = store.item(table, &key);
            let before = self.items.get(&place).cloned();
            if before == after {
                continue;
            }
            self.judge(table, before.as_ref(), after.as_ref(), now);
            self.list(before.as_ref(), -1);
            self.list(after.as_ref(), 1);
            if matches!(table, "orders" | "payments") {
                self.sequence += 1;
                let old = before.clone();
                records.push(StreamRecord { table, key, old, new: after.clone(), sequence: self.sequence });
            }
            self.before.insert(place.clone(), (now, before));
            match after {
                Some(after) => self.items.insert(place, after),
                None => self.items.remove(&place),
            };
        }
        records
    }

    /// An item as it was before its last write, where that was within so many milliseconds: what an eventually consistent
    /// read may still find.
    pub fn before(&self, table: &str, key: &Value, within: i64, now: Timestamp) -> Option<Option<Item>> {
        let (written, item) = self.before.get(&(table.to_owned(), key.to_string()))?;
        (now.as_millisecond() - written.as_millisecond() < within).then(|| item.clone())
    }

    /// True where some sweeper's index has something under this partition.
    pub fn is_listed(&self, shard: &str) -> bool {
        self.listed.iter().any(|((_, partition), count)| partition == shard && *count > 0)
    }

    /// True where the index on this attribute has something for its sweeper.
    pub fn has_work(&self, attribute: &str) -> bool {
        let waits = |partition: &str| partition != FOR_PEOPLE;
        self.listed.iter().any(|((index, shard), count)| *index == attribute && waits(shard) && *count > 0)
    }

    /// The indexes that have something for their sweepers.
    pub fn unfinished(&self) -> Vec<&'static str> {
        LISTING.into_iter().filter(|attribute| self.has_work(attribute)).collect()
    }

    /// The last time at which anything may still have to happen.
    pub fn last_deadline(&self) -> Timestamp {
        let deadlines = ["orders", "reservations", "checkouts"].into_iter().flat_map(|table| self.images(table));
        let deadlines = deadlines.flat_map(|image| ["pay_by", "expires_at"].map(|name| image.get(name).cloned()));
        let times = deadlines.flatten().filter_map(|time| time.as_i64()).filter(|time| *time > 1_000_000_000_000);
        let shards = self.images("sale-shards");
        let claims = shards.iter().filter_map(|shard| shard.get("c").and_then(Value::as_object)).flatten();
        let claims = claims.filter_map(|(_, at)| at.as_i64()).map(|at| (at + CLAIM_DEADLINE_SECONDS) * 1_000);
        let millis = times.chain(claims).max();
        millis.and_then(|millis| Timestamp::from_millisecond(millis).ok()).unwrap_or_else(Clock::epoch)
    }

    /// A table's items as they stand.
    pub fn images(&self, table: &str) -> Vec<Image> {
        self.items.iter().filter(|((of, _), _)| of == table).map(|(_, item)| plain_item(item)).collect()
    }

    fn list(&mut self, item: Option<&Item>, change: i64) {
        for attribute in LISTING {
            if let Some(shard) = item.and_then(|item| item.get(attribute)).and_then(|shard| shard["S"].as_str()) {
                *self.listed.entry((attribute, shard.to_owned())).or_default() += change;
            }
        }
    }

    fn judge(&mut self, table: &str, before: Option<&Item>, after: Option<&Item>, now: Timestamp) {
        let Some(after) = after.map(plain_item) else {
            if table != "checkouts" && table != "carts" {
                self.violations.push(format!("an item of {table} was deleted: {before:?}"));
            }
            return;
        };
        let before = before.map(plain_item);
        match table {
            "inventory" => self.note_movement(&after),
            "prices" => self.note_price(&after, now),
            "checkouts" if after.get("state") == Some(&json!("ORDERED")) => {
                self.attached.entry(after["id"].as_str().unwrap_or_default().to_owned()).or_insert(now);
            }
            "sales" if after["part"] == "sale" => self.note_sale(&after, now),
            "orders" if before.is_none() => self.judge_prices(&after, now),
            _ => {}
        }
        if table == "orders" {
            let paid = self.images("payments").iter().any(|record| {
                record.get("order_id") == after.get("order_id") && record.get("state") == Some(&json!("CAPTURED"))
            });
            self.violations.extend(parcels::judge(before.as_ref(), &after, paid));
        }
        self.violations.extend(edges::judge(table, before.as_ref(), &after));
    }

    fn note_movement(&mut self, row: &Image) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let movement = &row["movement"];
        let moved = Moved {
            reference: text(&movement["reference"]),
            row: (text(&row["sku"]), text(&row["warehouse_id"])),
            kind: text(&movement["kind"]),
        };
        if matches!(moved.kind.as_str(), "SET" | "ADJUSTED") {
            *self.supplied.entry(moved.row.0.clone()).or_default() += movement["quantity_delta"].as_i64().unwrap_or(0);
        }
        if moved.reference.starts_with("chk_") {
            let delta = movement["quantity_delta"].as_i64().unwrap_or(0);
            *self.left.entry((moved.reference.clone(), sku_of(row).to_owned())).or_default() -= delta;
        }
        *self.movements.entry(moved).or_default() += 1;
    }

    fn note_price(&mut self, offer: &Image, now: Timestamp) {
        let sku = offer["sku"].as_str().unwrap_or_default().to_owned();
        let amount = offer.get("price").and_then(|price| price["amount"].as_i64());
        if let Some(amount) = amount {
            self.prices.entry(sku).or_default().push((now, amount));
        }
    }

    /// A sale's price is its SKU's price in the sale.
    fn note_sale(&mut self, sale: &Image, now: Timestamp) {
        if let Some(terms) = sale.get("terms").and_then(Value::as_object) {
            self.note_price(terms, now);
        }
    }

    /// I11, for a new order: each line's price held at some time while the order was being made, and
    /// the total is theirs.
    fn judge_prices(&mut self, order: &Image, now: Timestamp) {
        let attached = order.get("checkout_id").and_then(|id| self.attached.get(id.as_str()?));
        let created = order["created_at"].as_i64().unwrap_or_default();
        let created = attached.map_or(created, |attached| attached.as_millisecond().min(created));
        let mut total = 0;
        for line in order["lines"].as_array().into_iter().flatten() {
            let (sku, price) = (line["sku"].as_str().unwrap_or_default(), line["unit_price"]["amount"].as_i64());
            total += price.unwrap_or_default() * line["quantity"].as_i64().unwrap_or_default();
            let history = self.prices.get(sku).map(Vec::as_slice).unwrap_or_default();
            let held = history.iter().enumerate().any(|(index, (from, amount))| {
                let until = history.get(index + 1).map_or(i64::MAX, |(until, _)| until.as_millisecond());
                Some(*amount) == price
                    && from.as_millisecond() <= now.as_millisecond()
                    && until.saturating_add(MAX_SKEW_MILLIS) >= created
            });
            if !held {
                self.violations.push(format!("invariant_i11: {sku} was sold at {price:?}, which was not its price"));
            }
        }
        if order["total"]["amount"].as_i64() != Some(total) {
            self.violations.push(format!("invariant_i11: the total is {}, the lines make {total}", order["total"]));
        }
    }
}

/// The keys of what a request writes.
fn written(call: &Call) -> Vec<(&'static str, Value)> {
    match call.operation.as_str() {
        "PutItem" => vec![key_of(&call.json, &call.json["Item"])],
        "UpdateItem" | "DeleteItem" => vec![key_of(&call.json, &call.json["Key"])],
        "TransactWriteItems" => {
            let writes = call.json["TransactItems"].as_array().into_iter().flatten();
            let writes = writes.filter_map(|write| write.as_object()?.iter().next());
            writes
                .filter(|(kind, _)| *kind != "ConditionCheck")
                .map(|(kind, write)| key_of(write, if kind == "Put" { &write["Item"] } else { &write["Key"] }))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn key_of(write: &Value, holder: &Value) -> (&'static str, Value) {
    let table = spec(write["TableName"].as_str().unwrap_or_default());
    let key: Map<String, Value> = table.key.iter().map(|name| (name.clone(), holder[name].clone())).collect();
    (&table.name, Value::Object(key))
}
