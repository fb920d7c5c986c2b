use proptest::prelude::*;

use super::*;

const SECRET: &str = "whsec_souk";
const SIGNED_AT: i64 = 1_790_000_000;
const BODY: &str = r#"{"id":"evt_1"}"#;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

/// As a sender signs.
fn signature(secret: &str, second: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(format!("{second}.{body}").as_bytes());
    format!("t={second},v1={}", hex::encode(mac.finalize().into_bytes()))
}

fn verify_now(body: &str, header: &str) -> Result<(), SignatureError> {
    verify(body.as_bytes(), header, &[SECRET], at(SIGNED_AT))
}

/// Computed elsewhere (Python's `hmac`).
#[test]
fn what_another_program_has_signed_fits() {
    let digest = "b99cdfe904afcf9031e714cab549c22236941cc4586b5042b0954b17c5a50bee";
    assert_eq!(verify_now(BODY, &format!("t={SIGNED_AT},v1={digest}")), Ok(()));
}

#[test]
fn the_tolerance_holds_on_both_sides() {
    let header = signature(SECRET, SIGNED_AT, BODY);
    for (offset, expected) in [
        (0, Ok(())),
        (300, Ok(())),
        (-300, Ok(())),
        (301, Err(SignatureError::Stale)),
        (-301, Err(SignatureError::Stale)),
    ] {
        assert_eq!(verify(BODY.as_bytes(), &header, &[SECRET], at(SIGNED_AT + offset)), expected, "{offset}");
    }
}

#[test]
fn a_header_without_time_or_signature_is_malformed() {
    let good = signature(SECRET, SIGNED_AT, BODY);
    let digest = good.split_once("v1=").expect("a signature").1;
    for header in [
        String::new(),
        "t=,v1=".to_owned(),
        format!("v1={digest}"),
        format!("t={SIGNED_AT}"),
        format!("t=soon,v1={digest}"),
        format!("t={SIGNED_AT},t={SIGNED_AT},v1={digest}"),
        format!("t={SIGNED_AT},v0={digest}"),
        format!("t={SIGNED_AT},v1=not hexadecimal"),
    ] {
        assert_eq!(verify_now(BODY, &header), Err(SignatureError::Malformed), "{header}");
    }
}

#[test]
fn a_signature_that_is_too_short_does_not_fit() {
    let good = signature(SECRET, SIGNED_AT, BODY);
    assert_eq!(verify_now(BODY, &good[..good.len() - 2]), Err(SignatureError::Bad));
}

#[test]
fn the_former_secret_fits_beside_the_new_one_and_none_fits_nobody() {
    let header = signature("former", SIGNED_AT, BODY);
    assert_eq!(verify(BODY.as_bytes(), &header, &["new", "former"], at(SIGNED_AT)), Ok(()));
    assert_eq!(verify(BODY.as_bytes(), &header, &["new"], at(SIGNED_AT)), Err(SignatureError::Bad));
    assert_eq!(verify(BODY.as_bytes(), &header, &[""; 0], at(SIGNED_AT)), Err(SignatureError::Bad));
}

proptest! {
    #[test]
    fn what_was_signed_is_never_a_bad_signature(body in ".*", secret in ".+", second in 0..4_000_000_000_i64) {
        let header = signature(&secret, second, &body);
        prop_assert_eq!(verify(body.as_bytes(), &header, &[secret], at(second)), Ok(()));
    }

    #[test]
    fn any_changed_byte_of_the_body_is_noticed(position in 0..BODY.len(), change in 1..=255_u8) {
        let header = signature(SECRET, SIGNED_AT, BODY);
        let mut body = BODY.as_bytes().to_vec();
        body[position] ^= change;
        prop_assert_eq!(verify(&body, &header, &[SECRET], at(SIGNED_AT)), Err(SignatureError::Bad));
    }

    #[test]
    fn another_time_or_secret_is_noticed(seconds in 1..300_i64, secret in "[a-z]{1,20}") {
        let header = signature(SECRET, SIGNED_AT, BODY);
        let moved = header.replace(&SIGNED_AT.to_string(), &(SIGNED_AT + seconds).to_string());
        prop_assert_eq!(verify_now(BODY, &moved), Err(SignatureError::Bad));
        prop_assert_eq!(verify_now(BODY, &signature(&secret, SIGNED_AT, BODY)), Err(SignatureError::Bad));
    }

    #[test]
    fn one_fitting_signature_among_others_is_enough(
        before in prop::collection::vec("[0-9a-f]{64}", 0..3),
        after in prop::collection::vec("[0-9a-f]{64}", 0..3),
    ) {
        let good = signature(SECRET, SIGNED_AT, BODY);
        let digest = good.split_once("v1=").expect("a signature").1.to_owned();
        let digests: Vec<String> = before.into_iter().chain([digest]).chain(after).collect();
        let header = format!("t={SIGNED_AT},v1={}", digests.join(",v1="));
        prop_assert!(verify_now(BODY, &header).is_ok());
    }

    #[test]
    fn no_header_and_no_body_is_accepted_unsigned(header in ".*", body in ".*") {
        prop_assert!(verify_now(&body, &header).is_err());
    }
}
