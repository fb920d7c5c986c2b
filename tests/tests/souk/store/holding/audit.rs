//! The audit of what rows remember: nothing of a clean history, and each seeded violation by its name.

use souk_domain::audit::Violation;
use souk_workflows::audit::holds::AuditHolds;

use super::*;

const HOUR: i64 = 3_600;

impl World {
    /// Which checkouts' holds and marks violate something at this second, in a word.
    async fn violated(&self, second: i64) -> Vec<(&'static str, CheckoutId)> {
        let (rows, checkouts) = (self.stock.clone(), self.checkouts.clone());
        let audit = AuditHolds::new(rows, checkouts, self.orders.clone(), self.archive.clone());
        let found = audit.run(at(second)).await.unwrap();
        assert_eq!(found.moving, [], "nothing moves here");
        let name = |violation: &Violation| match violation {
            Violation::HoldKept { checkout_id, units: 1, .. } => ("hold kept", checkout_id.clone()),
            Violation::MarkKept { checkout_id, .. } => ("mark kept", checkout_id.clone()),
            other => panic!("{other:?}"),
        };
        let mut named: Vec<_> = found.violations.iter().map(name).collect();
        named.sort();
        named
    }
}

#[tokio::test]
async fn invariant_i3_the_audit_names_holds_whose_decision_is_over() {
    let world = World::new().await;
    // 1 is open; 2 is closed, and its units were not given back; of 3 nobody knows; 4 is settled, and was not sold.
    for n in 1..=4 {
        assert_eq!(world.hold(n, 1).await, Holding::Held(1));
    }
    for n in [1, 2] {
        assert_eq!(world.checkouts.open(&checkout(n, 0)).await.unwrap(), OpenOutcome::Opened);
    }
    let _closed = world.checkouts.close(&checkout_id(2), CloseReason::Abandoned, at(5)).await.unwrap();
    let settled = order(4);
    assert_eq!(world.orders.put_of_holds(&settled).await.unwrap(), PutOutcome::Put);
    assert_eq!(world.violated(10).await, [("hold kept", checkout_id(3))], "the saga is at it");
    let _confirmed = world.orders.confirm(&settled.order_id, TERMS, at(11)).await.unwrap();
    world.settle(&settled).await;
    let held = |n| ("hold kept", checkout_id(n));
    assert_eq!(world.violated(20).await, [held(3), held(4)]);
    assert_eq!(world.violated(900 + HOUR - 1).await, [held(3), held(4)], "timers may be late");
    assert_eq!(world.violated(900 + HOUR).await, [held(1), held(2), held(3), held(4)]);
}

#[tokio::test]
async fn invariant_i3_the_audit_names_marks_that_nobody_collects() {
    let world = World::new().await;
    let sold = world.sold(1).await;
    world.settle(&sold).await;
    assert_eq!(world.violated(3 + 24 * HOUR - 1).await, []);
    assert_eq!(world.violated(3 + 24 * HOUR).await, [("mark kept", checkout_id(1))]);
    assert_eq!(world.collect(100).await, 1);
    assert_eq!(world.violated(3 + 24 * HOUR).await, [], "it went");
}
