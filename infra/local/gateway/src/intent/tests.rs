use super::*;

const NOW: Seconds = 1_000;
const HOLD_UNTIL: Seconds = 2_000;

fn intent(method: Option<&str>) -> Intent {
    let new = NewIntent {
        amount: 500,
        currency: "usd".to_owned(),
        capture_method: CaptureMethod::Manual,
        payment_method: method.map(|id| Presented::parse(id).expect("a known method")),
        ..NewIntent::default()
    };
    Intent::new("pi_1".to_owned(), "pi_1_secret_x".to_owned(), new, NOW)
}

fn confirm(intent: &mut Intent) -> Result<Confirmation, Refusal> {
    intent.confirm(None, false, "ch_1".to_owned(), HOLD_UNTIL)
}

fn held() -> Intent {
    let mut intent = intent(Some("pm_card_visa"));
    assert_eq!(confirm(&mut intent), Ok(Confirmation::Authorized));
    intent
}

fn captured() -> Intent {
    let mut intent = held();
    intent.capture(None).expect("captured");
    intent
}

fn canceled() -> Intent {
    let mut intent = held();
    intent.cancel(None, NOW).expect("canceled");
    intent
}

#[test]
fn creating_holds_no_money() {
    let intent = intent(Some("pm_card_visa"));
    assert_eq!(intent.state, State::RequiresConfirmation);
    assert_eq!(intent.effects, Effects::default());
    assert_eq!(intent.amount_capturable(), 0);
}

#[test]
fn an_intent_without_a_method_waits_for_one() {
    let mut intent = intent(None);
    assert_eq!(intent.state, State::RequiresPaymentMethod);
    assert_eq!(confirm(&mut intent), Err(Refusal::PaymentMethodMissing));
    let replacement = Presented::parse("pm_card_visa");
    assert_eq!(intent.confirm(replacement, false, "ch_1".to_owned(), HOLD_UNTIL), Ok(Confirmation::Authorized));
}

#[test]
fn automatic_capture_takes_the_money_at_confirmation() {
    let mut intent = intent(Some("pm_card_visa"));
    intent.capture_method = CaptureMethod::Automatic;
    assert_eq!(confirm(&mut intent), Ok(Confirmation::Captured));
    assert_eq!(intent.amount_received(), 500);
    assert_eq!(intent.effects.authorizations, 0);
}

#[test]
fn a_declined_intent_can_be_paid_with_another_card() {
    let mut intent = intent(Some("pm_card_chargeDeclined"));
    let Ok(Confirmation::Declined(decline)) = confirm(&mut intent) else { panic!("declined") };
    assert_eq!(decline.decline_code.as_deref(), Some("generic_decline"));
    assert_eq!(intent.state, State::RequiresPaymentMethod);
    assert_eq!(intent.payment_method, None);
    assert_eq!(confirm(&mut intent), Err(Refusal::PaymentMethodMissing));

    let other = Presented::parse("pm_card_visa");
    assert_eq!(intent.confirm(other, false, "ch_2".to_owned(), HOLD_UNTIL), Ok(Confirmation::Authorized));
    assert_eq!(intent.last_payment_error, None);
}

#[test]
fn a_challenge_ends_in_a_hold_or_in_a_decline() {
    let mut passed = intent(Some("pm_card_authenticationRequired"));
    assert_eq!(confirm(&mut passed), Ok(Confirmation::ActionRequired));
    assert_eq!(passed.effects.authorizations, 0);
    assert_eq!(passed.authenticate(true, "ch_1".to_owned(), HOLD_UNTIL), Ok(Confirmation::Authorized));
    assert_eq!(passed.effects.authorizations, 1);
    assert!(matches!(
        passed.authenticate(true, "ch_1".to_owned(), HOLD_UNTIL),
        Err(Refusal::UnexpectedState { attempted: "authenticated", .. })
    ));

    let mut failed = intent(Some("pm_card_authenticationRequired"));
    confirm(&mut failed).expect("challenged");
    let outcome = failed.authenticate(false, "ch_1".to_owned(), HOLD_UNTIL);
    assert_eq!(outcome, Ok(Confirmation::Declined(Decline::authentication_failed())));
    assert_eq!(failed.state, State::RequiresPaymentMethod);
}

#[test]
fn a_customer_who_is_not_there_cannot_be_challenged() {
    let mut away = intent(Some("pm_card_authenticationRequired"));
    let declined = away.confirm(None, true, "ch_1".to_owned(), HOLD_UNTIL);
    assert_eq!(declined, Ok(Confirmation::Declined(Decline::authentication_required())));
    assert_eq!(away.state, State::RequiresPaymentMethod);
}

#[test]
fn a_token_becomes_a_method_of_its_own_once_it_has_paid() {
    let first = held();
    let id = first.payment_method.as_deref().unwrap();
    assert_eq!(id, "pm_1_card_visa");
    let used = Presented::parse(id).unwrap();
    assert!(used.was_used() && used.method == PaymentMethod::Visa);
    assert_eq!(used.used("ch_2"), "pm_1_card_visa", "and stays the same");
    assert!(!Presented::parse("pm_card_visa").unwrap().was_used());
    for unheard_of in ["pm__card_visa", "pm_1_card_nobody", "pm_1"] {
        assert_eq!(Presented::parse(unheard_of), None, "{unheard_of}");
    }
}

#[test]
fn confirming_again_never_holds_twice() {
    for mut intent in [held(), captured(), canceled()] {
        let before = intent.effects;
        assert!(matches!(confirm(&mut intent), Err(Refusal::UnexpectedState { attempted: "confirmed", .. })));
        assert_eq!(intent.effects, before);
    }
}

#[test]
fn capture_needs_a_hold() {
    for mut intent in [intent(Some("pm_card_visa")), captured(), canceled()] {
        let before = intent.effects;
        assert!(matches!(intent.capture(None), Err(Refusal::UnexpectedState { attempted: "captured", .. })));
        assert_eq!(intent.effects, before);
    }
}

#[test]
fn capture_takes_at_most_what_is_held() {
    let mut intent = held();
    assert_eq!(intent.capture(Some(501)), Err(Refusal::CaptureAboveHold { held: 500 }));
    assert_eq!(intent.capture(Some(300)), Ok(()));
    assert_eq!(intent.amount_received(), 300);
    assert_eq!(intent.amount_capturable(), 0);
}

#[test]
fn cancel_gives_the_hold_back_once() {
    let mut intent = held();
    assert_eq!(intent.cancel(Some(CancellationReason::RequestedByCustomer), NOW), Ok(()));
    assert_eq!(intent.effects.voids, 1);
    assert!(matches!(intent.cancel(None, NOW), Err(Refusal::UnexpectedState { attempted: "canceled", .. })));
    assert_eq!(intent.effects.voids, 1);
}

#[test]
fn cancel_of_an_unpaid_intent_voids_nothing() {
    for method in [None, Some("pm_card_visa")] {
        let mut intent = intent(method);
        assert_eq!(intent.cancel(None, NOW), Ok(()));
        assert_eq!(intent.effects.voids, 0);
    }
}

#[test]
fn captured_money_is_refunded_and_never_canceled() {
    let mut intent = captured();
    assert!(matches!(intent.cancel(None, NOW), Err(Refusal::UnexpectedState { attempted: "canceled", .. })));
    assert_eq!(intent.refund(Some(200)), Ok(200));
    assert_eq!(intent.refund(Some(301)), Err(Refusal::RefundAboveRest { rest: 300 }));
    assert_eq!(intent.refund(None), Ok(300));
    assert_eq!(intent.refund(None), Err(Refusal::AlreadyRefunded));
    assert_eq!(intent.amount_refunded(), 500);
    assert_eq!(intent.effects.refunds, 2);
}

#[test]
fn only_captured_money_is_refunded() {
    for mut intent in [intent(Some("pm_card_visa")), held(), canceled()] {
        assert_eq!(intent.refund(None), Err(Refusal::NothingCaptured));
    }
}

#[test]
fn a_hold_lapses_at_its_time_and_not_before() {
    let mut intent = held();
    assert!(!intent.expire(HOLD_UNTIL - 1));
    assert!(intent.expire(HOLD_UNTIL));
    assert_eq!(intent.state, State::Canceled { at: HOLD_UNTIL, reason: Some(CancellationReason::Automatic) });
    assert_eq!(intent.effects.voids, 1);
    assert!(!intent.expire(HOLD_UNTIL + 1));
    assert!(matches!(intent.capture(None), Err(Refusal::UnexpectedState { .. })));
    assert!(!captured().expire(HOLD_UNTIL + 1));
}
