use souk_domain::stock::Area;
use souk_inventory::{NearWarehouses, PutWarehouseOutcome, Warehouse, WarehouseDetails, Warehouses};

use super::shelf::{at, warehouse};
use crate::store::{meter, meter::Meter, tables::Tables};

fn area(country: &str) -> Area {
    Area { country: country.to_owned(), region: None }
}

fn details(country: &str, priority: u32) -> WarehouseDetails {
    WarehouseDetails { area: area(country), priority }
}

#[tokio::test]
async fn a_warehouse_is_described_once_and_changed_only_in_the_version_that_was_seen() {
    let warehouses = Warehouses::new(Tables::of("transactions").await.table("WarehousesTable"));
    let id = warehouse("reno");
    let it = |details: WarehouseDetails, version| Warehouse { warehouse_id: warehouse("reno"), details, version };
    let put = async |details: WarehouseDetails, seen| warehouses.put(&id, details, seen).await.unwrap();
    let (first, second) = (details("US", 1), details("CA", 2));
    assert_eq!(put(first.clone(), Some(1)).await, PutWarehouseOutcome::Stale(None));
    assert_eq!(put(first.clone(), None).await, PutWarehouseOutcome::Created(it(first.clone(), 1)));
    assert_eq!(put(first.clone(), None).await, PutWarehouseOutcome::Unchanged(it(first.clone(), 1)));
    assert_eq!(put(second.clone(), None).await, PutWarehouseOutcome::VersionNeeded(it(first.clone(), 1)));
    assert_eq!(put(second.clone(), Some(1)).await, PutWarehouseOutcome::Changed(it(second.clone(), 2)));
    assert_eq!(put(second.clone(), Some(2)).await, PutWarehouseOutcome::Unchanged(it(second.clone(), 2)));
    assert_eq!(put(first, Some(1)).await, PutWarehouseOutcome::Stale(Some(it(second.clone(), 2))));
    assert_eq!(warehouses.all().await.unwrap(), [it(second, 2)]);
}

#[tokio::test]
async fn checkouts_know_the_warehouses_within_a_minute_and_read_them_once_until_then() {
    let (meter, client) = Meter::to_a_new_store().await;
    let warehouses = Warehouses::new(Tables::reached_by(client).table("WarehousesTable"));
    let near = NearWarehouses::new(warehouses.clone());
    assert!(near.to(Some(&area("US")), at(0)).await.unwrap().is_empty());
    for (id, country, priority) in [("amsterdam", "NL", 1), ("reno", "US", 9)] {
        let put = warehouses.put(&warehouse(id), details(country, priority), None).await.unwrap();
        assert!(matches!(put, PutWarehouseOutcome::Created(_)));
    }
    meter.bill();
    assert!(near.to(Some(&area("US")), at(59)).await.unwrap().is_empty());
    assert_eq!(meter::units(&meter.bill()), (0.0, 0.0));
    let to = async |country: &str| near.to(Some(&area(country)), at(60)).await.unwrap();
    assert_eq!(to("US").await, [warehouse("reno"), warehouse("amsterdam")]);
    assert_eq!(to("NL").await, [warehouse("amsterdam"), warehouse("reno")]);
    assert_eq!(near.to(None, at(61)).await.unwrap(), [warehouse("amsterdam"), warehouse("reno")], "by priority");
}
