use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use souk_domain::{
    flash_sale::{Cohort, FlashSaleEvent, FlashSaleStatus, Lottery},
    ids::FlashSaleId,
};
use souk_flash_sales::{
    ClaimOutcome, JoinOutcome, KeyRing, KeySource, KeySourceError, LiveSecrets, Queueing, RoomCache, StandingOutcome,
    TokenError, WaitingRoom, WaitingRoomError,
};

use super::market::{Market, at, at_ms, draft, lottery_key, no_beacon, shard_of, shopper, terms};

/// A secret that a test rotates: the current value, then the previous one.
#[derive(Debug, Clone)]
pub struct Secret {
    values: Arc<Mutex<Vec<&'static str>>>,
    loads: Arc<AtomicU32>,
}

impl Secret {
    pub fn of(values: &[&'static str]) -> Self {
        Self { values: Arc::new(Mutex::new(values.to_vec())), loads: Arc::default() }
    }

    fn rotate_to(&self, values: &[&'static str]) {
        *self.values.lock().unwrap() = values.to_vec();
    }

    fn loads(&self) -> u32 {
        self.loads.load(Ordering::SeqCst)
    }
}

impl KeySource for Secret {
    fn load(&self) -> BoxFuture<'_, Result<LiveSecrets, KeySourceError>> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let values = self.values.lock().unwrap().clone();
        let secret = |at: usize| values.get(at).map(|value| (*value).to_owned());
        let secrets = secret(0).map(|current| LiveSecrets { current, previous: secret(1) });
        Box::pin(std::future::ready(secrets.ok_or_else(|| KeySourceError("none".to_owned()))))
    }
}

/// A waiting room as one warm function has it.
pub fn waiting_room(market: &Market, ring: KeyRing) -> WaitingRoom {
    WaitingRoom::new(Arc::new(RoomCache::new(market.sales.clone())), ring, SignedDuration::from_secs(60))
}

async fn join(room: &WaitingRoom, market: &Market, n: u128, second: i64) -> String {
    match room.join(&market.sale_id, &shopper(n), at(second)).await.unwrap() {
        JoinOutcome::Joined { ticket, .. } => ticket,
        other => panic!("{other:?}"),
    }
}

async fn stand(room: &WaitingRoom, market: &Market, n: u128, ticket: &str, ms: i64) -> (Queueing, Option<String>) {
    match room.standing(&market.sale_id, &shopper(n), Some(ticket), at_ms(ms)).await.unwrap() {
        StandingOutcome::Standing { queueing, admission } => (queueing, admission),
        StandingOutcome::Unknown => panic!("the sale is known"),
    }
}

#[tokio::test]
async fn a_shopper_joins_waits_is_admitted_in_their_turn_and_claims() {
    let market = Market::scheduled(&terms(5)).await;
    let room = waiting_room(&market, KeyRing::new(Secret::of(&["a"])));
    let mut tickets = Vec::new();
    for n in 0..300 {
        tickets.push(join(&room, &market, n, -600).await);
    }
    let (before, none) = stand(&room, &market, 7, &tickets[7], -300_000).await;
    assert_eq!((before.status, before.position, before.ahead), (FlashSaleStatus::Scheduled, None, None));
    assert_eq!((before.wait.unwrap().as_secs(), none), (300, None));

    let lottery = Lottery::new(&lottery_key(), None, &market.sale_id);
    let conductor = market.conductor("c");
    let mut admitted = 0;
    for second in 0..=4 {
        let _outcome = conductor.tick(&market.sale_id, at(second), no_beacon).await.unwrap();
        admitted = 0;
        let threshold = market.sales.room(&market.sale_id).await.unwrap().unwrap().pace.threshold(at(second));
        for n in 0..300 {
            let (standing, admission) = stand(&room, &market, n, &tickets[n as usize], second * 1000).await;
            let position = lottery.position(Cohort::BEFORE_OPENING, &shopper(n));
            assert_eq!(standing.position, Some(position));
            assert_eq!(standing.admitted, position < threshold, "at second {second}");
            assert_eq!(admission.is_some(), standing.admitted);
            if let Some(admission) = admission {
                admitted += 1;
                let read =
                    room.ring().admission(Some(&admission), &market.sale_id, &shopper(n), at(second)).await.unwrap();
                assert_eq!(read.expires_at, at(second + 60));
            }
        }
    }
    // 100 a second from second 2 on.
    assert!((150..250).contains(&admitted), "{admitted}");
}

/// virtual-waiting-room-on-aws: there, a join that was delivered twice took a second place in the queue.
#[tokio::test]
async fn virtual_waiting_room_on_aws_a_redelivered_join_keeps_the_first_place() {
    let market = Market::open(5).await;
    let room = waiting_room(&market, KeyRing::new(Secret::of(&["a"])));
    let first = join(&room, &market, 1, 1).await;
    let second = join(&room, &market, 1, 1).await;
    let later = join(&room, &market, 1, 8).await;
    let position = async |ticket: &str| stand(&room, &market, 1, ticket, 9000).await.0.position.unwrap();
    assert_eq!(position(&first).await, position(&second).await);
    assert_eq!(position(&first).await.fraction(), position(&later).await.fraction(), "the draw does not change");
    assert!(position(&later).await > position(&first).await);
}

#[tokio::test]
async fn polls_cost_the_store_nothing_but_the_room_once_a_second() {
    let mut many = draft(5);
    many.expected_shoppers = Some(100_000_000);
    let market = Market::scheduled(&souk_domain::flash_sale::FlashSaleTerms::new(many).unwrap()).await;
    let room = waiting_room(&market, KeyRing::new(Secret::of(&["a"])));
    let first = join(&room, &market, 0, -600).await;
    let (before, puts) = (market.wire.sent_in_all(), market.wire.sent("PutItem"));
    for n in 1..=200 {
        join(&room, &market, n, -600).await;
    }
    for _ in 0..200 {
        stand(&room, &market, 0, &first, -599_500).await;
    }
    let sampled = market.wire.sent("PutItem") - puts;
    assert!(sampled <= 2, "one in ten thousand is counted, not {sampled}");
    assert_eq!(market.wire.sent_in_all() - before, sampled);
    stand(&room, &market, 0, &first, -598_900).await;
    assert_eq!(market.wire.sent_in_all() - before, sampled + 1, "a new second, one reading");
}

#[tokio::test]
async fn everyone_hears_of_the_sell_out_within_two_seconds_and_of_a_unit_that_comes_back() {
    let market = Market::scheduled(&terms(1)).await;
    let room = waiting_room(&market, KeyRing::new(Secret::of(&["a"])));
    let ticket = join(&room, &market, 1, -600).await;
    let conductor = market.conductor("c");
    for second in 0..=4 {
        let _outcome = conductor.tick(&market.sale_id, at(second), no_beacon).await.unwrap();
    }
    assert!(stand(&room, &market, 1, &ticket, 4000).await.0.admitted);
    let shard = shard_of(&market.function().claim(2, 4).await);
    let (standing, admission) = stand(&room, &market, 1, &ticket, 5999).await;
    assert!(standing.sold_out && !standing.admitted && admission.is_none());
    let poll_after = standing.poll_after.unwrap().as_secs();
    assert!((5..10).contains(&poll_after), "few wait, so they may ask often: {poll_after} s");
    let _released = market.shards.release(&market.sale_id, shard, &shopper(2)).await.unwrap();
    let (standing, admission) = stand(&room, &market, 1, &ticket, 7000).await;
    assert!(!standing.sold_out && admission.is_some());
    let function = market.function();
    assert!(matches!(function.claim(1, 7).await, ClaimOutcome::Claimed(_)));
}

#[tokio::test]
async fn nobody_joins_a_sale_that_is_over_and_a_poll_hears_that_it_is() {
    let market = Market::open(5).await;
    let room = waiting_room(&market, KeyRing::new(Secret::of(&["a"])));
    let ticket = join(&room, &market, 1, 1).await;
    let _closing = market.sales.transition(&market.sale_id, FlashSaleEvent::Close, at(2)).await.unwrap();
    let outcome = room.join(&market.sale_id, &shopper(2), at(3)).await.unwrap();
    assert_eq!(outcome, JoinOutcome::NotJoinable(FlashSaleStatus::Closing));
    let (standing, admission) = stand(&room, &market, 1, &ticket, 3000).await;
    assert_eq!((standing.status, standing.poll_after, admission), (FlashSaleStatus::Closing, None, None));
    let other: FlashSaleId = "other".parse().unwrap();
    assert_eq!(room.join(&other, &shopper(1), at(3)).await.unwrap(), JoinOutcome::Unknown);
    assert_eq!(room.standing(&other, &shopper(1), Some(&ticket), at(3)).await.unwrap(), StandingOutcome::Unknown);
}

async fn refusal(room: &WaitingRoom, market: &Market, n: u128, ticket: Option<&str>) -> TokenError {
    match room.standing(&market.sale_id, &shopper(n), ticket, at(10)).await.unwrap_err() {
        WaitingRoomError::Ticket(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn tickets_that_are_not_ours_not_theirs_or_of_another_sale_are_told_apart() {
    let market = Market::open(5).await;
    let secret = Secret::of(&["a"]);
    let room = waiting_room(&market, KeyRing::new(secret.clone()));
    let ticket = join(&room, &market, 1, 1).await;
    assert_eq!(refusal(&room, &market, 1, None).await, TokenError::Missing);
    assert_eq!(refusal(&room, &market, 1, Some("")).await, TokenError::Missing);
    for junk in ["x", "x.y.z", &"a".repeat(5000)] {
        assert_eq!(refusal(&room, &market, 1, Some(junk)).await, TokenError::Malformed, "{junk}");
    }
    assert_eq!(refusal(&room, &market, 2, Some(&ticket)).await, TokenError::OtherShopper);
    let (head, _) = ticket.rsplit_once('.').unwrap();
    let (_, other_signature) =
        join(&room, &market, 1, 2).await.rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(refusal(&room, &market, 1, Some(&format!("{head}.{other_signature}"))).await, TokenError::Forged);
    assert_eq!(refusal(&room, &market, 1, Some(&format!("{head}."))).await, TokenError::Forged);
    let stranger = waiting_room(&market, KeyRing::new(Secret::of(&["b"])));
    let forged = join(&stranger, &market, 1, 1).await;
    assert_eq!(refusal(&room, &market, 1, Some(&forged)).await, TokenError::Forged);
    let other: FlashSaleId = "other".parse().unwrap();
    let ring = KeyRing::new(secret);
    let foreign = ring.ticket(Some(&ticket), &other, &shopper(1), at(1)).await.unwrap_err();
    assert_eq!(foreign, TokenError::OtherSale);
}

#[tokio::test]
async fn admissions_expire_and_no_ticket_passes_for_one() {
    let sale_id: FlashSaleId = "launch".parse().unwrap();
    let ring = KeyRing::new(Secret::of(&["a"]));
    let lifetime = SignedDuration::from_hours(1);
    let admission = ring.issue_admission(&sale_id, &shopper(1), lifetime, at(0)).await.unwrap();
    let read = async |n, second| ring.admission(Some(&admission), &sale_id, &shopper(n), at(second)).await;
    assert_eq!(read(1, 0).await.unwrap().expires_at, at(120), "whatever was asked for");
    assert!(read(1, 124).await.is_ok(), "clocks differ by some seconds");
    assert_eq!(read(1, 125).await.unwrap_err(), TokenError::Expired);
    assert_eq!(read(2, 0).await.unwrap_err(), TokenError::OtherShopper);
    let other = ring.issue_admission(&sale_id, &shopper(1), lifetime, at(0)).await.unwrap();
    let id = async |text: &str| ring.admission(Some(text), &sale_id, &shopper(1), at(0)).await.unwrap().id;
    assert_ne!(id(&admission).await, id(&other).await);
    let ticket = souk_flash_sales::Ticket { sale_id: sale_id.clone(), shopper: shopper(1), joined: at(0) };
    let ticket = ring.issue_ticket(&ticket, at(0)).await.unwrap();
    let swapped = ring.admission(Some(&ticket), &sale_id, &shopper(1), at(0)).await.unwrap_err();
    assert_eq!(swapped, TokenError::Forged);
    let swapped = ring.ticket(Some(&admission), &sale_id, &shopper(1), at(0)).await.unwrap_err();
    assert_eq!(swapped, TokenError::Forged);
}

#[tokio::test]
async fn keys_may_be_rotated_in_the_middle_of_a_sale() {
    let market = Market::open(5).await;
    let secret = Secret::of(&["a"]);
    let (warm, other) =
        (waiting_room(&market, KeyRing::new(secret.clone())), waiting_room(&market, KeyRing::new(secret.clone())));
    let old = join(&warm, &market, 1, 1).await;
    secret.rotate_to(&["b", "a"]);
    let new = join(&other, &market, 2, 2).await;
    assert_eq!(secret.loads(), 2);
    // Too early to ask again whether there is such a key: that is nobody's fault.
    let early = warm.standing(&market.sale_id, &shopper(2), Some(&new), at(3)).await.unwrap_err();
    assert!(matches!(early, WaitingRoomError::Ticket(TokenError::Unverifiable(_))), "{early:?}");
    stand(&warm, &market, 2, &new, 6001).await;
    stand(&warm, &market, 1, &old, 6002).await;
    stand(&other, &market, 1, &old, 6003).await;
    assert_eq!(secret.loads(), 3);
    // A warm function that sees no new token looks for itself after some minutes.
    let quiet = waiting_room(&market, KeyRing::new(secret.clone()));
    join(&quiet, &market, 3, 10).await;
    secret.rotate_to(&["c", "b"]);
    let kept = join(&quiet, &market, 3, 309).await;
    let changed = join(&quiet, &market, 3, 311).await;
    let newest = waiting_room(&market, KeyRing::new(Secret::of(&["c"])));
    assert_eq!(refusal(&newest, &market, 3, Some(&kept)).await, TokenError::Forged);
    stand(&newest, &market, 3, &changed, 320_000).await;
}

#[tokio::test]
async fn invented_key_ids_cause_no_flood_of_loads() {
    let market = Market::open(5).await;
    let secret = Secret::of(&["a"]);
    let room = waiting_room(&market, KeyRing::new(secret.clone()));
    let mine = join(&room, &market, 1, 1).await;
    let invented = join(&waiting_room(&market, KeyRing::new(Secret::of(&["z"]))), &market, 1, 1).await;
    for ms in 0..1000 {
        let outcome = room.standing(&market.sale_id, &shopper(1), Some(&invented), at_ms(7000 + ms)).await;
        assert!(outcome.is_err());
        stand(&room, &market, 1, &mine, 7000 + ms).await;
    }
    assert_eq!(secret.loads(), 2);
}
