use proptest::prelude::*;

use super::*;

// Computed by another implementation.
const ALL_SLOTS: [u8; 12] = [4, 1, 4, 3, 3, 14, 1, 11, 12, 15, 3, 12];
const HALF_OF_THE_SLOTS: [Option<u8>; 12] =
    [None, Some(1), Some(4), Some(3), None, Some(14), Some(1), None, None, None, Some(3), None];

fn sampling(expected: u32) -> Sampling {
    Sampling::new(&key(), &sale(), expected)
}

#[test]
fn up_to_ten_thousand_expected_shoppers_everyone_is_counted() {
    for expected in [1, 9_999, 10_000] {
        let sampling = sampling(expected);
        assert!((0..2_000).all(|number| sampling.slot(&shopper(number)).is_some()), "{expected}");
        assert_eq!(sampling.estimate(1_234), 1_234);
    }
}

#[test]
fn the_estimate_is_good_whatever_was_expected() {
    let shoppers = 40_000;
    for expected in [20_000, 100_000, 1_000_000] {
        let sampling = sampling(expected);
        let counted = (0..shoppers).filter(|number| sampling.slot(&shopper(*number)).is_some()).count();
        let share = f64::from(SAMPLE_SIZE) / f64::from(expected);
        let sigma = (f64::from(shoppers) * share * (1.0 - share)).sqrt() / share;
        let estimate = sampling.estimate(counted as u64) as f64;
        assert!((estimate - f64::from(shoppers)).abs() < 4.0 * sigma, "{expected}: {estimate}");
    }
}

#[test]
fn the_sample_is_spread_over_its_slots() {
    let mut slots = [0_u32; 16];
    (0..16_000).filter_map(|number| sampling(1).slot(&shopper(number))).for_each(|slot| slots[usize::from(slot)] += 1);
    // 1,000 each; six standard deviations are 184.
    assert!(slots.iter().all(|shoppers| (816..=1_184).contains(shoppers)), "{slots:?}");
}

/// A release of the code must not change who is in the sample of a running sale: they would be counted twice.
#[test]
fn the_sample_never_changes() {
    let slots = |expected| (0..12).map(|number| sampling(expected).slot(&shopper(number))).collect::<Vec<_>>();
    assert_eq!(slots(10_000), ALL_SLOTS.map(Some));
    assert_eq!(slots(20_000), HALF_OF_THE_SLOTS);
}

#[test]
fn being_in_the_sample_says_nothing_about_the_position() {
    let (sampling, lottery) = (sampling(40_000), Lottery::new(&key(), None, &sale()));
    let sampled: Vec<_> = (0..40_000).map(shopper).filter(|shopper| sampling.slot(shopper).is_some()).collect();
    let early = sampled.iter().filter(|shopper| lottery.fraction(shopper) < 1 << 31).count() as f64;
    let half = sampled.len() as f64 / 2.0;
    assert!((early - half).abs() < 4.0 * (half / 2.0).sqrt(), "{early} of {}", sampled.len());
}

#[test]
fn those_who_checked_in_are_present_or_else_those_who_joined() {
    assert_eq!(present(7, 10), 7);
    assert_eq!(present(1, 10), 1);
    assert_eq!(present(0, 10), 10);
}

proptest! {
    #[test]
    fn whoever_is_in_a_small_sample_is_in_every_larger_one(number: u32, expected in 10_000..1_000_000_u32, more in 0..1_000_000_u32) {
        let [large, small] = [expected, expected + more].map(|expected| sampling(expected).slot(&shopper(number)));
        prop_assert!(small.is_none() || small == large);
    }
}
