//! What a sale still owes to anybody.

use std::collections::BTreeMap;

use serde_json::Value;

use super::edges::claimed;
use crate::observer::{Image, Observer};

/// A sale's items as they stand.
pub struct Stand {
    /// Status, and which shards pass for empty.
    pub room: Image,
    /// By number.
    pub shards: BTreeMap<i64, Image>,
    /// By shopper, as shards name them.
    pub orders: BTreeMap<String, Image>,
    /// What stock has given and taken back.
    pub allotment: Image,
}

impl Stand {
    /// The sale, where there is one.
    pub fn of(observer: &Observer) -> Option<Self> {
        let room = observer.images("sales").into_iter().find(|image| text(image, "part") == "room")?;
        let shards = observer.images("sale-shards").into_iter().map(|shard| (number(&shard, "n"), shard)).collect();
        let allotment = observer.images("reservations").into_iter().find(|image| image.contains_key("sale_id"))?;
        let shopper = |order: Image| {
            let user = text(&order, "user_id").parse().ok()?;
            Some((souk_domain::flash_sale::ShopperKey::of(&user).ok()?.to_string(), order))
        };
        let orders = observer.images("orders").into_iter().filter_map(shopper).collect();
        Some(Self { room, shards, orders, allotment })
    }

    /// Claims that no live order stands behind, shards that pass for empty and are not, closing that
    /// has not ended, and units that stock has not been told of.
    pub fn owes(&self) -> Vec<String> {
        let mut owed = Vec::new();
        for (number, shard) in &self.shards {
            for shopper in claims(shard) {
                let right = self.orders.get(shopper).is_some_and(|order| self.is_behind(order, *number));
                if !right {
                    owed.push(format!("{shopper}'s claim in shard {number} has no live order"));
                }
            }
            let empty = self.room.get("empty").and_then(Value::as_array);
            let passes = empty.is_some_and(|empty| empty.contains(&(*number).into()));
            if passes && self.number(*number, "left") > 0 {
                owed.push(format!("shard {number} passes for empty"));
            }
        }
        let closed = text(&self.room, "status") == "CLOSED";
        if text(&self.room, "status") == "CLOSING" {
            owed.push("it is still closing".to_owned());
        }
        if closed && self.returned() != self.sum("drained") {
            owed.push(format!("stock knows of {} of {} units", self.returned(), self.sum("drained")));
        }
        owed
    }

    /// True where an order has its unit out of this shard: a live one, or one whose unit was not there.
    pub fn is_behind(&self, order: &Image, shard: i64) -> bool {
        keeps_its_unit(order) && number(order, "shard") == shard
    }

    /// Units that stock was told of.
    pub fn returned(&self) -> i64 {
        let returned = self.allotment.get("returned").and_then(Value::as_object);
        returned.into_iter().flatten().filter_map(|(_, units)| units.as_i64()).sum()
    }

    /// A number of all shards together.
    pub fn sum(&self, name: &str) -> i64 {
        self.shards.values().map(|shard| number(shard, name)).sum()
    }

    /// Claims that stand, in all shards.
    pub fn claimed(&self) -> i64 {
        self.shards.values().map(claimed).sum()
    }

    fn number(&self, shard: i64, name: &str) -> i64 {
        self.shards.get(&shard).map_or(0, |shard| number(shard, name))
    }
}

/// A cancelled order gives its unit back, unless that was not there.
pub fn keeps_its_unit(order: &Image) -> bool {
    text(order, "status") != "CANCELLED" || text(order, "cancel_reason") == "units_missing"
}

/// Who has a claim that stands.
pub fn claims(shard: &Image) -> impl Iterator<Item = &str> {
    let entries = shard.get("c").and_then(Value::as_object).into_iter().flatten();
    entries.filter(|(_, at)| at.as_i64().is_some_and(|at| at > 0)).map(|(shopper, _)| shopper.as_str())
}

/// The text of an attribute.
pub fn text<'a>(image: &'a Image, name: &str) -> &'a str {
    image.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The number of an attribute.
pub fn number(image: &Image, name: &str) -> i64 {
    image.get(name).and_then(Value::as_i64).unwrap_or_default()
}
