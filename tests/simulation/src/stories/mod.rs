//! Stories played to the end, without chance: what shops of this kind got wrong in public, played against
//! the production functions. Each names the bug's place, and says what went wrong there.

mod cost;
mod first_edition;
mod holds;
mod orders;
mod payments;
mod shop;
mod splits;

use crate::mutation::bugs_of_orders;

/// Stories are worth something where they fail in a shop that has such a bug.
#[test]
fn a_story_notices_the_bug_that_it_is_about() {
    let stories: [(&str, &str, fn()); 6] = [
        ("reserve", "available >= n", orders::medusa_16825_who_loses_the_race_for_the_last_unit_has_no_order),
        ("reserve", "available >= n", orders::vendure_3508_two_who_have_both_seen_the_last_unit_do_not_both_get_it),
        ("place", "the checkout is not consumed", orders::shopware_19943_two_tabs_order_a_cart_once),
        (
            "void",
            "the fence: a voided record accepts an authorisation",
            payments::saleor_14733_money_that_comes_when_the_units_are_gone_is_given_back,
        ),
        (
            "confirm",
            "PENDING_PAYMENT",
            payments::medusa_13301_and_saleor_19220_a_webhook_at_any_moment_makes_one_payment,
        ),
        (
            "webhook",
            "each event once",
            payments::pinelab_vendure_plugins_620_an_event_that_comes_three_times_settles_once,
        ),
    ];
    for (step, missing, story) in stories {
        let bug = bugs_of_orders().find(|bug| bug.step == step && bug.missing == missing).unwrap();
        assert!(shop::notices(bug, story), "nobody notices that {step} lacks {missing}");
    }
}
