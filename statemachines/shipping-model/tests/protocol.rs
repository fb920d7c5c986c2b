//! The whole protocol holds, within bounds that take seconds. `cargo run -p souk-shipping-model -- --exhaustive` goes on.

use souk_exploration::{Protocol as _, explore};
use souk_shipping_model::{Protocol, bounds::Bounds};

#[test]
fn every_invariant_holds_in_every_state() {
    for bounds in Bounds::quick() {
        let explored = explore(&Protocol::whole(bounds), None, None);
        assert!(explored.violated.is_empty(), "{bounds}: {:?}", explored.violated);
        assert!(explored.never_reached.is_empty(), "{bounds} shows too little: {:?}", explored.never_reached);
    }
}
