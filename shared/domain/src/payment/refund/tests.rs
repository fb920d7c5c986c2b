use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const CAPTURED: i64 = 900;

fn order_id() -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(1))
}

fn usd(amount: i64) -> Money {
    Money::usd(amount).unwrap()
}

fn id(number: u128) -> RefundId {
    RefundId::from_uuid(Uuid::from_u128(number))
}

fn ask(number: u128, amount: Option<i64>) -> Ask {
    Ask {
        refund_id: id(number),
        amount: amount.map(usd),
        origin: RefundOrigin::System { reason: RefundReason::LostParcel },
        request_digest: format!("{amount:?}"),
    }
}

fn told(number: u128, amount: i64, state: RefundState) -> Told {
    Told {
        gateway_id: format!("re_{number}"),
        refund_id: Some(id(number)),
        amount: usd(amount),
        state,
        failure_code: (state == RefundState::Failed).then(|| "lost_or_stolen_card".to_owned()),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn at_the_console(number: u128, amount: i64) -> Told {
    Told { refund_id: None, ..told(number, amount, RefundState::Succeeded) }
}

impl Refunds {
    fn asked(&mut self, number: u128, amount: Option<i64>) -> Result<Refund, AskError> {
        self.ask(usd(CAPTURED), ask(number, amount), Timestamp::UNIX_EPOCH)
    }

    fn told(&mut self, told: &[Told], refused: &[Refused]) -> Result<(), RefundsExceed> {
        self.learn((&order_id(), usd(CAPTURED)), told, refused, Timestamp::UNIX_EPOCH)
    }

    fn states(&self) -> Vec<(i64, RefundState)> {
        self.iter().map(|refund| (refund.amount.amount(), refund.state)).collect()
    }
}

#[test]
fn a_refund_counts_from_the_moment_in_which_it_is_wanted() {
    let mut refunds = Refunds::default();
    assert_eq!(refunds.asked(1, Some(600)).unwrap().state, RefundState::Pending);
    assert_eq!(refunds.asked(2, Some(301)), Err(AskError::Exceeds { refundable: usd(300) }));
    assert_eq!(refunds.asked(3, None).unwrap().amount, usd(300), "all that is left");
    assert_eq!(refunds.asked(4, None), Err(AskError::Exceeds { refundable: usd(0) }));
    assert_eq!(refunds.asked(5, Some(0)), Err(AskError::Exceeds { refundable: usd(0) }));
}

#[test]
fn a_repeated_request_finds_its_refund_and_another_one_is_told_apart() {
    let mut refunds = Refunds::default();
    let first = refunds.asked(1, None).unwrap();
    assert_eq!(refunds.asked(1, None).unwrap(), first);
    assert_eq!(refunds.asked(1, Some(1)), Err(AskError::AskedDifferently));
    assert_eq!(refunds.iter().count(), 1);
}

#[test]
fn what_failed_can_be_refunded_again_and_is_open_until_it_is() {
    let mut refunds = Refunds::default();
    let _pending = refunds.asked(1, Some(700)).unwrap();
    assert_eq!(refunds.open(), Some(Open::Unheard));
    refunds.told(&[told(1, 700, RefundState::Pending)], &[]).unwrap();
    assert_eq!(refunds.open(), Some(Open::Underway));
    refunds.told(&[told(1, 700, RefundState::Succeeded)], &[]).unwrap();
    assert_eq!(refunds.open(), None);
    // The bank sends the money back, days later.
    refunds.told(&[told(1, 700, RefundState::Failed)], &[]).unwrap();
    assert_eq!((refunds.open(), refunds.refundable(usd(CAPTURED))), (Some(Open::Failed), usd(CAPTURED)));
    assert_eq!(refunds.iter().next().unwrap().failure_code.as_deref(), Some("lost_or_stolen_card"));
    let _again = refunds.asked(2, Some(900)).unwrap();
    refunds.told(&[told(1, 700, RefundState::Failed), told(2, 900, RefundState::Succeeded)], &[]).unwrap();
    assert_eq!(refunds.open(), None);
}

#[test]
fn a_refund_made_at_the_gateway_is_written_down_once() {
    let mut refunds = Refunds::default();
    for _ in 0..2 {
        refunds.told(&[at_the_console(9, 400)], &[]).unwrap();
        assert_eq!(refunds.states(), [(400, RefundState::Succeeded)]);
    }
    assert_eq!(refunds.iter().next().unwrap().origin, RefundOrigin::Gateway);
    assert_eq!(refunds.refundable(usd(CAPTURED)), usd(500));
}

#[test]
fn what_the_gateway_refuses_has_failed_and_what_it_has_is_so_all_the_same() {
    let mut refunds = Refunds::default();
    let _pending = refunds.asked(1, Some(500)).unwrap();
    let refused = Refused { refund_id: id(1), code: "amount_too_large".to_owned() };
    refunds.told(&[at_the_console(9, 500)], &[refused]).unwrap();
    assert_eq!(refunds.states(), [(500, RefundState::Failed), (500, RefundState::Succeeded)]);
    assert_eq!(refunds.iter().next().unwrap().failure_code.as_deref(), Some("amount_too_large"));
}

#[test]
fn a_cancellations_refund_keeps_its_own_id() {
    let mut refunds = Refunds::default();
    let refund_id = RefundId::of_cancellation(&order_id());
    let there = Told { refund_id: Some(refund_id.clone()), ..told(1, CAPTURED, RefundState::Succeeded) };
    refunds.told(&[there], &[]).unwrap();
    assert_eq!(refunds.get(&refund_id).unwrap().origin, RefundOrigin::Cancellation);
}

#[test]
fn a_note_says_something_and_not_too_much() {
    let note = |text: &str| Note::try_from(text.to_owned());
    assert!(note(&"x".repeat(MAX_NOTE)).is_ok());
    for bad in [" ", &"x".repeat(MAX_NOTE + 1)] {
        assert!(note(bad).is_err());
    }
}

#[test]
fn the_stored_form_is_flat_and_is_read_again() {
    let mut refunds = Refunds::default();
    let operator = RefundOrigin::Operator {
        operator_id: "op".parse().unwrap(),
        reason: RefundReason::Goodwill,
        note: Some(Note::try_from("a friend".to_owned()).unwrap()),
    };
    let _asked = refunds.ask(usd(9), Ask { origin: operator, ..ask(1, None) }, Timestamp::UNIX_EPOCH).unwrap();
    let stored = serde_json::to_value(&refunds).unwrap();
    assert_eq!((&stored[0]["by"], &stored[0]["reason"]), (&"OPERATOR".into(), &"GOODWILL".into()));
    assert_eq!(serde_json::from_value::<Refunds>(stored).unwrap(), refunds);
}

fn by() -> UserId {
    "op".parse().unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

/// The bank sends these back, at that time.
fn failed(refunds: &mut Refunds, numbers: &[u128], second: i64) {
    let amount = |number: &u128| refunds.get(&id(*number)).unwrap().amount.amount();
    let told: Vec<_> = numbers.iter().map(|number| told(*number, amount(number), RefundState::Failed)).collect();
    refunds.learn((&order_id(), usd(CAPTURED)), &told, &[], at(second)).unwrap();
}

fn succeeded(refunds: &mut Refunds, refund: &Refund, second: i64) {
    let there = Told { refund_id: Some(refund.refund_id.clone()), ..at_the_console(50, refund.amount.amount()) };
    refunds.learn((&order_id(), usd(CAPTURED)), &[there], &[], at(second)).unwrap();
}

#[test]
fn what_failed_is_tried_again_once_for_the_same_purpose() {
    let mut refunds = Refunds::default();
    assert_eq!(refunds.retry(usd(CAPTURED), &id(1), &by(), at(0)), Err(RetryError::Unknown));
    let first = refunds.asked(1, Some(700)).unwrap();
    assert_eq!(refunds.retry(usd(CAPTURED), &id(1), &by(), at(0)), Err(RetryError::NotFailed(RefundState::Pending)));
    failed(&mut refunds, &[1], 10);
    let again = refunds.retry(usd(CAPTURED), &id(1), &by(), at(11)).unwrap();
    assert_eq!((&again.origin, again.amount, again.state), (&first.origin, usd(700), RefundState::Pending));
    assert_eq!(again.retry, Some(Retry { of: id(1), by: by() }));
    assert_eq!(refunds.retry(usd(CAPTURED), &id(1), &by(), at(12)).unwrap(), again, "once");
    assert_eq!(refunds.states(), [(700, RefundState::Failed), (700, RefundState::Pending)]);
    let stored = serde_json::to_value(&refunds).unwrap();
    assert_eq!(serde_json::from_value::<Refunds>(stored).unwrap(), refunds);
}

#[test]
fn what_is_tried_again_is_no_more_than_what_is_left() {
    let mut refunds = Refunds::default();
    let _first = refunds.asked(1, Some(700)).unwrap();
    failed(&mut refunds, &[1], 10);
    let _other = refunds.asked(2, Some(300)).unwrap();
    let exceeds = AskError::Exceeds { refundable: usd(600) };
    assert_eq!(refunds.retry(usd(CAPTURED), &id(1), &by(), at(11)), Err(RetryError::Ask(exceeds)));
}

#[test]
fn a_failed_refund_is_a_case_until_its_attempt_or_another_refund_has_succeeded() {
    let mut refunds = Refunds::default();
    let _both = (refunds.asked(1, Some(200)).unwrap(), refunds.asked(2, Some(300)).unwrap());
    assert_eq!(refunds.failed_since(), None);
    // The second succeeds, and then the bank sends the first back: what was asked before makes nothing good.
    let second = refunds.get(&id(2)).unwrap().clone();
    succeeded(&mut refunds, &second, 5);
    failed(&mut refunds, &[1], 10);
    assert_eq!((refunds.open(), refunds.failed_since()), (Some(Open::Failed), Some(at(10))));
    let again = refunds.retry(usd(CAPTURED), &id(1), &by(), at(11)).unwrap();
    assert_eq!((refunds.open(), refunds.failed_since()), (Some(Open::Unheard), Some(at(10))), "it is on its way");
    let refused = Refused { refund_id: again.refund_id.clone(), code: "no".to_owned() };
    refunds.learn((&order_id(), usd(CAPTURED)), &[], &[refused], at(12)).unwrap();
    assert_eq!((refunds.open(), refunds.failed_since()), (Some(Open::Failed), Some(at(10))));
    let third = refunds.retry(usd(CAPTURED), &again.refund_id, &by(), at(13)).unwrap();
    succeeded(&mut refunds, &third, 14);
    assert_eq!((refunds.open(), refunds.failed_since()), (None, None), "the attempt's attempt made both good");

    // Two at once: an attempt makes good its own, a further refund everything.
    failed(&mut refunds, &[2], 20);
    let _five = refunds.ask(usd(CAPTURED), ask(5, Some(100)), at(15)).unwrap();
    assert_eq!(refunds.failed_since(), Some(at(20)));
    let six = refunds.ask(usd(CAPTURED), ask(6, Some(100)), at(21)).unwrap();
    succeeded(&mut refunds, &six, 22);
    assert_eq!(refunds.failed_since(), None);
}

/// What may happen, over a few refunds.
#[derive(Debug, Clone)]
enum Event {
    Ask {
        number: u128,
        amount: Option<i64>,
    },
    /// The record hears of everything; what was unheard is sent first, unless the answer is lost.
    Settle {
        is_lost: bool,
    },
    Console {
        amount: i64,
    },
    /// The bank sends the money of one of the gateway's refunds back.
    Fail {
        which: usize,
    },
    Retry {
        which: usize,
    },
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (1..6u128, prop::option::of(1..CAPTURED)).prop_map(|(number, amount)| Event::Ask { number, amount }),
        4 => any::<bool>().prop_map(|is_lost| Event::Settle { is_lost }),
        1 => (1..CAPTURED).prop_map(|amount| Event::Console { amount }),
        1 => (0..8usize).prop_map(|which| Event::Fail { which }),
        2 => (0..8usize).prop_map(|which| Event::Retry { which }),
    ]
}

/// A gateway that refuses what exceeds its captured money, and nothing else.
#[derive(Default)]
struct Gateway(Vec<Told>);

impl Gateway {
    fn refunded(&self) -> i64 {
        self.0.iter().filter(|there| there.state != RefundState::Failed).map(|there| there.amount.amount()).sum()
    }

    fn makes(&mut self, refund: Told) -> bool {
        let fits = self.refunded() + refund.amount.amount() <= CAPTURED;
        if fits {
            self.0.push(refund);
        }
        fits
    }
}

proptest! {
    #[test]
    fn invariant_i6_never_more_is_refunded_than_was_captured(
        events in prop::collection::vec(events(), 1..60),
    ) {
        let (mut refunds, mut gateway, mut console) = (Refunds::default(), Gateway::default(), 100);
        for event in events {
            match event {
                Event::Ask { number, amount } => {
                    let _asked_or_refused = refunds.asked(number, amount);
                }
                Event::Settle { is_lost } => {
                    let unheard: Vec<_> = refunds.unheard(&gateway.0).cloned().collect();
                    let mut refused = Vec::new();
                    for refund in unheard {
                        console += 1;
                        let there = Told { refund_id: Some(refund.refund_id.clone()), ..at_the_console(console, 1) };
                        if !gateway.makes(Told { amount: refund.amount, ..there }) {
                            refused.push(Refused { refund_id: refund.refund_id, code: "amount_too_large".to_owned() });
                        }
                    }
                    if !is_lost {
                        prop_assert_eq!(refunds.told(&gateway.0, &refused), Ok(()));
                        prop_assert_eq!(refunds.refunded(usd(CAPTURED)).amount(), gateway.refunded());
                    }
                }
                Event::Retry { which } => {
                    let chosen = refunds.iter().nth(which).cloned();
                    if let Some(refund) = chosen {
                        let _asked_or_refused = refunds.retry(usd(CAPTURED), &refund.refund_id, &by(), at(0));
                    }
                }
                Event::Console { amount } => {
                    console += 1;
                    gateway.makes(at_the_console(console, amount));
                }
                Event::Fail { which } => {
                    if let Some(there) = gateway.0.get_mut(which) {
                        there.state = RefundState::Failed;
                    }
                }
            }
            let total: i64 = refunds.iter().filter(|refund| refund.state != RefundState::Failed).map(amount).sum();
            prop_assert!(total <= CAPTURED, "{total}");
            prop_assert_eq!(refunds.refundable(usd(CAPTURED)).amount(), CAPTURED - total);
        }
    }

    #[test]
    fn invariant_i6_whatever_the_gateway_tells_the_sum_holds(
        amounts in prop::collection::vec((1..CAPTURED, any::<bool>()), 0..6),
        asked in prop::option::of(1..CAPTURED),
    ) {
        let mut refunds = Refunds::default();
        if let Some(amount) = asked {
            let _pending = refunds.asked(1, Some(amount)).unwrap();
        }
        let before = refunds.clone();
        let state = |failed| if failed { RefundState::Failed } else { RefundState::Succeeded };
        let told: Vec<_> = (2..).zip(&amounts).map(|(number, (amount, failed))| told(number, *amount, state(*failed))).collect();
        if refunds.told(&told, &[]).is_err() {
            prop_assert_eq!(&refunds, &before, "nothing is taken over by halves");
        }
        prop_assert!(refunds.refunded(usd(CAPTURED)).amount() <= CAPTURED);
    }
}
