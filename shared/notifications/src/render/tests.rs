use souk_domain::order::{CancelReason, Promise};

use super::*;
use crate::{
    About, Kind,
    content::tests::{bought, won},
};

const SHOP: &str = "https://shop.example/";
const HOSTILE: &str = "<img src=x onerror=alert(1)> \"'&\u{202E}{{ words }} {% raw %}\r\nTotal: 0";

fn templates() -> Templates {
    Templates::new(SHOP).unwrap()
}

fn mail(kind: Kind, language: Language) -> Mail {
    templates().render(&Content::of(kind, &About::Order, &bought()), language).unwrap()
}

#[test]
fn every_message_and_reason_has_words_in_every_language() {
    use CancelReason::{
        AuthorizationLapsed, ClaimExpired, Customer, Operator, PaymentDeclined, PaymentExpired, ReservationLost,
        UnitsMissing,
    };
    let reasons = [
        ReservationLost,
        PaymentDeclined,
        PaymentExpired,
        ClaimExpired,
        AuthorizationLapsed,
        UnitsMissing,
        Customer,
        Operator,
    ];
    let templates = templates();
    for language in Language::ALL {
        let mut subjects = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            for reason in reasons {
                let mut order = won();
                order.cancel_reason = Some(reason);
                let mail = templates.render(&Content::of(kind, &About::Order, &order), language).unwrap();
                for part in [&mail.text, &mail.html] {
                    assert!(part.contains(order.order_id.as_str()), "{language:?} {kind:?}");
                }
                subjects.insert(mail.subject);
            }
        }
        assert_eq!(subjects.len(), Kind::ALL.len(), "{language:?}: two messages bear one subject");
    }
}

#[test]
fn a_refund_says_how_much_and_a_hostile_title_beside_it_says_nothing() {
    let mut order = bought();
    order.lines[0].title = Some(HOSTILE.to_owned());
    let amount = souk_domain::money::Money::usd(123_400).unwrap();
    let shown = [(Language::English, "$1,234.00"), (Language::German, "1.234,00"), (Language::Hebrew, "1,234.00")];
    for (language, text) in shown {
        let content = Content::of(Kind::OrderRefunded, &About::Order, &order).with_refund(Some(amount));
        let mail = templates().render(&content, language).unwrap();
        assert!(mail.text.contains(text) && mail.html.contains(text), "{language:?}: {}", mail.text);
        assert!(!mail.html.contains("<img") && !mail.text.contains('\u{202E}'), "{}", mail.html);
        let without = templates().render(&Content::of(Kind::OrderRefunded, &About::Order, &order), language).unwrap();
        assert!(!without.text.contains(text), "{}", without.text);
    }
}

#[test]
fn a_confirmation_says_until_when_the_order_arrives() {
    let mut order = bought();
    let day = |day: &str| format!("{day}T10:00:00Z").parse().unwrap();
    order.promise = Some(Promise { leave_by: day("2026-12-01"), arrive_by: day("2026-12-06") });
    let shown =
        [(Language::English, "December 6, 2026"), (Language::German, "6. Dezember 2026"), (Language::Hebrew, "6 ב")];
    for (language, text) in shown {
        for kind in [Kind::OrderConfirmed, Kind::SaleWon] {
            let mail = templates().render(&Content::of(kind, &About::Order, &order), language).unwrap();
            assert!(mail.text.contains(text) && mail.html.contains(text), "{language:?}: {}", mail.text);
        }
        let placed = mail(Kind::OrderPlaced, language);
        assert!(!placed.text.contains(text) && !placed.html.contains(text), "{}", placed.text);
    }
}

#[test]
fn a_hostile_title_is_text_and_nothing_else() {
    let mut order = bought();
    order.lines[0].title = Some(HOSTILE.to_owned());
    let label = &mut order.shipments[0].parcels[0].label;
    label.carrier = HOSTILE.to_owned();
    label.tracking_number = HOSTILE.to_owned();
    for language in Language::ALL {
        let mail = templates().render(&Content::of(Kind::OrderShipped, &About::Order, &order), language).unwrap();
        assert!(!mail.html.contains("<img") && mail.html.contains("&lt;img"), "{}", mail.html);
        assert!(!mail.html.contains("\"'&{{"), "quotes are escaped: {}", mail.html);
        assert!(mail.text.contains("{{ words }}") && mail.html.contains("{{ words }}"), "it is no template");
        assert!(!mail.text.contains('\u{202E}') && !mail.html.contains('\u{202E}'));
        assert!(!mail.text.lines().any(|line| line.trim_start() == "Total: 0"), "it makes no line: {}", mail.text);
        assert!(!mail.subject.contains(['<', '\r', '\n']));
    }
}

#[test]
fn text_and_html_say_the_same() {
    let mail = mail(Kind::OrderShipped, Language::English);
    assert_eq!(mail.subject, "Your order is on its way (ord_00000000000000000000000000000001)");
    let html = mail.html.replace("&#x2f;", "/");
    for part in [&mail.text, &html] {
        for said in [
            "Leather bag",
            "$1,234.50",
            "$2,469.99",
            "November 29, 2026",
            "Speedy",
            "SP-1",
            "https://shop.example/orders/ord_00000000000000000000000000000001",
        ] {
            assert!(part.contains(said), "{said} is not in {part}");
        }
    }
    assert!(!mail.text.contains('<'));
}

#[test]
fn the_text_reads_like_a_letter() {
    let text = mail(Kind::OrderShipped, Language::English).text.replace(['\u{2068}', '\u{2069}'], "");
    let expected = [
        "Your order is on its way",
        "",
        "Your order has been handed to the carrier.",
        "",
        "Order: ord_00000000000000000000000000000001",
        "Placed on: November 29, 2026",
        "",
        "2 × Leather bag, Black: $1,234.50",
        "1 × BAG-1: $0.99",
        "Total: $2,469.99",
        "Parcel: Speedy, SP-1",
        "",
        "See your order:",
        "https://shop.example/orders/ord_00000000000000000000000000000001",
        "",
        "Souk",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_cancellation_says_why_and_others_do_not() {
    let mut order = bought();
    order.cancel_reason = Some(CancelReason::PaymentExpired);
    let said = |kind| templates().render(&Content::of(kind, &About::Order, &order), Language::English).unwrap().text;
    assert!(said(Kind::OrderCancelled).contains("not completed in time"));
    assert!(!said(Kind::OrderRefunded).contains("not completed in time"));
}

#[test]
fn hebrew_runs_from_right_to_left_and_what_is_foreign_keeps_its_direction() {
    let hebrew = mail(Kind::OrderShipped, Language::Hebrew);
    assert!(hebrew.html.contains("<html lang=\"he\" dir=\"rtl\">"));
    assert!(hebrew.html.contains("<bdi>Leather bag, Black</bdi>"));
    assert!(hebrew.text.contains("\u{2068}Leather bag, Black\u{2069}"), "{}", hebrew.text);
    let german = mail(Kind::OrderShipped, Language::German);
    assert!(german.html.contains("<html lang=\"de\" dir=\"ltr\">"));
    assert!(german.text.contains("2.469,99\u{A0}$") && german.text.contains("29. November 2026"));
}

#[test]
fn a_day_reads_as_each_language_writes_it() {
    let written =
        |at: &str| templates().words.map(|(language, words)| date(at.parse().unwrap(), language, &words).unwrap());
    assert_eq!(written("2026-03-01T23:59:59Z"), ["March 1, 2026", "1. März 2026", "1 במרץ 2026"]);
    assert_eq!(written("2026-12-31T00:00:00Z"), ["December 31, 2026", "31. Dezember 2026", "31 בדצמבר 2026"]);
}

#[test]
fn a_word_that_is_missing_is_an_error() {
    let mut templates = templates();
    templates.words[0].1["labels"] = serde_json::json!({});
    let error =
        templates.render(&Content::of(Kind::OrderPlaced, &About::Order, &bought()), Language::English).unwrap_err();
    assert!(!error.to_string().contains("Leather"), "{error}");
}
