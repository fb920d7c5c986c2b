use proptest::prelude::*;

use super::*;

// Computed by another implementation.
const ONE: &str = "njd5uX9KfBXznMBgXO3INQ";
const FRACTIONS: [u32; 3] = [2_234_459_932, 304_667_080, 2_395_330_818];
const COMMITMENT: &str = "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd";

fn beacon() -> Beacon {
    let wanted = drand::round_at_or_after(after(0));
    Beacon::new(wanted, "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd").unwrap()
}

fn draw() -> Draw {
    Draw {
        sale_id: sale(),
        opens_at: after(0),
        commitment: key().commitment(),
        lottery_key: key(),
        beacon: Some(beacon()),
    }
}

/// The largest distance between the shares drawn and the uniform distribution, times the root of their number.
fn kolmogorov_smirnov(mut fractions: Vec<u32>) -> f64 {
    fractions.sort_unstable();
    let number = fractions.len() as f64;
    let distance = fractions.iter().zip(0_u32..).map(|(fraction, index)| {
        let (share, below) = (f64::from(*fraction) / 2_f64.powi(32), f64::from(index) / number);
        (share - below).abs().max((share - below - 1.0 / number).abs())
    });
    distance.fold(0.0, f64::max) * number.sqrt()
}

#[test]
fn positions_are_uniform() {
    let lottery = Lottery::new(&key(), Some(&beacon()), &sale());
    let fractions: Vec<_> = (0..100_000).map(|number| lottery.fraction(&shopper(number))).collect();
    // Uniform shares exceed 1.95 in one of a thousand draws; this draw is always the same.
    let statistic = kolmogorov_smirnov(fractions.clone());
    assert!(statistic < 1.95, "{statistic}");
    let skewed = fractions.iter().map(|fraction| fraction / 100 * 99).collect();
    assert!(kolmogorov_smirnov(skewed) > 1.95, "the test sees a share of one per cent");
}

#[test]
fn a_good_place_in_one_sale_says_nothing_about_the_next() {
    let other: FlashSaleId = "camera".parse().unwrap();
    let sales = [sale(), other].map(|sale| Lottery::new(&key(), Some(&beacon()), &sale));
    let number = 20_000_u32;
    let centred = |lottery: &Lottery, shopper: &ShopperKey| f64::from(lottery.fraction(shopper)) / 2_f64.powi(32) - 0.5;
    let products = (0..number).map(shopper).map(|s| centred(&sales[0], &s) * centred(&sales[1], &s));
    // Of independent shares: mean 0, standard deviation 1/12 each.
    let sigmas = products.sum::<f64>() * 12.0 / f64::from(number).sqrt();
    assert!(sigmas.abs() < 4.0, "{sigmas}");
}

/// The same numbers come out of any HMAC-SHA256: whoever checks a draw needs none of this code.
#[test]
fn a_position_is_the_published_formula() {
    let [one, zero] = [1, 0].map(shopper);
    assert_eq!((one.as_str(), zero.as_str()), (ONE, "AAAAAAAAAAAAAAAAAAAAAA"));
    let with = Lottery::new(&key(), Some(&beacon()), &sale());
    let without = Lottery::new(&key(), None, &sale());
    assert_eq!([with.fraction(&zero), with.fraction(&one), without.fraction(&zero)], FRACTIONS);
    assert_eq!(key().commitment().to_string(), COMMITMENT);
}

#[test]
fn the_key_is_not_printed_before_it_is_published() {
    assert_eq!(format!("{:?} {:?}", key(), Lottery::new(&key(), None, &sale())), "LotteryKey(..) Lottery(..)");
    assert_eq!(key().reveal(), "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    let stored = serde_json::to_value(key()).unwrap();
    assert_eq!(stored, key().reveal());
    assert_eq!(serde_json::from_value::<LotteryKey>(stored).unwrap(), key());
    assert_eq!(serde_json::to_value(key().commitment()).unwrap(), COMMITMENT);
}

#[test]
fn a_published_draw_can_be_repeated() {
    let published = serde_json::to_string(&draw()).unwrap();
    let read: Draw = serde_json::from_str(&published).unwrap();
    let drawn = Lottery::new(&key(), Some(&beacon()), &sale()).position(Cohort::new(2), &shopper(5));
    assert_eq!(read.position(&shopper(5), after(5_000)), Ok(drawn));
}

#[test]
fn another_key_or_a_beacon_of_choice_is_found_out() {
    let other_key = Draw { lottery_key: LotteryKey::new([7; 32]), ..draw() };
    assert_eq!(other_key.verify().unwrap_err(), DrawError::KeyDoesNotMatch);
    let wanted = beacon().round();
    for found in [wanted - 1, wanted + 1] {
        let of_choice = Draw { beacon: Beacon::new(found, &beacon().randomness()).ok(), ..draw() };
        assert_eq!(of_choice.verify().unwrap_err(), DrawError::WrongRound { wanted, found });
        assert!(of_choice.position(&shopper(0), after(0)).is_err());
    }
    assert!(Draw { beacon: None, ..draw() }.verify().is_ok(), "a sale without a beacon says so");
}

/// A queue that gives a place to every delivery of a join moves its shopper when one is repeated.
#[test]
fn a_redelivered_join_does_not_take_a_new_queue_place() {
    let lottery = Lottery::new(&key(), Some(&beacon()), &sale());
    let place = |joined_ms| lottery.position(Cohort::of(after(joined_ms), after(0)), &shopper(9));
    assert_eq!(place(-60_000), place(-1), "before the opening");
    assert_eq!(place(10_000), place(14_999), "within a window");
}

proptest! {
    #[test]
    fn joining_again_never_helps(number: u32, first in -600_000..600_000_i64, later in 0..600_000_i64) {
        let lottery = Lottery::new(&key(), Some(&beacon()), &sale());
        let place = |joined_ms| lottery.position(Cohort::of(after(joined_ms), after(0)), &shopper(number));
        prop_assert!(place(first + later) >= place(first));
    }

    #[test]
    fn a_latecomer_is_never_before_an_earlier_cohort(early: u32, late: u32, cohort in 0..10_000_u32, behind in 1..10_000_u32) {
        let lottery = Lottery::new(&key(), Some(&beacon()), &sale());
        let first = lottery.position(Cohort::new(cohort), &shopper(early));
        prop_assert!(lottery.position(Cohort::new(cohort + behind), &shopper(late)) > first);
    }
}
