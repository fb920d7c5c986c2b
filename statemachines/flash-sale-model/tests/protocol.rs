//! The whole protocol holds, within bounds that take seconds. `cargo run -p souk-flash-sale-model -- --exhaustive` goes on.

use souk_exploration::{Protocol as _, explore};
use souk_flash_sale_model::{Protocol, bounds::Bounds};

#[test]
fn every_invariant_holds_in_every_state() {
    for bounds in Bounds::quick() {
        let explored = explore(&Protocol::whole(bounds), None, None);
        println!("{bounds}: {} states, depth {}, {:?}", explored.states, explored.depth, explored.time);
        assert!(explored.violated.is_empty(), "{bounds}: {:?}", explored.violated);
        assert!(explored.never_reached.is_empty(), "{bounds} shows too little: {:?}", explored.never_reached);
    }
}
