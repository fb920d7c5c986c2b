//! The catalogue of problem types: what it promises, and the page made from it.

use std::{collections::BTreeSet, fmt::Write as _};

use souk_runtime::http::problem::{Kind, catalogue::ALL};

use super::assert_written;
use crate::architecture::visit;

#[test]
fn docs_problems_md_is_made_from_the_catalogue() {
    assert_written("docs/problems.md", &page());
}

#[test]
fn a_name_stands_for_one_kind() {
    let names: BTreeSet<_> = ALL.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), ALL.len());
    for kind in ALL {
        let is_plain = kind.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(is_plain && (400..600).contains(&kind.status), "{kind:?}");
    }
}

#[test]
fn every_kind_is_made_somewhere() {
    let mut sources = String::new();
    for folder in ["functions", "shared/runtime/src/http"] {
        visit(folder, &mut |_, text| sources.extend(text.split_whitespace()));
    }
    for kind in ALL {
        let made = ["Problem::new(", "Self::new("]
            .iter()
            .any(|call| sources.contains(&format!("{call}{},", entry(kind.name))));
        assert!(made, "{} is made nowhere", kind.name);
    }
}

/// The entry's name in the catalogue: `OutOfStock` of `out-of-stock`.
fn entry(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn page() -> String {
    let mut page = String::from(
        "# Problems\n\n\
         <!-- Made from shared/runtime/src/http/problem/catalogue.rs; a test compares. -->\n\n\
         A refusal is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) document of the media type\n\
         `application/problem+json`. Its `type` is stable and made for programs; `detail` is for people and may change.\n\
         `errors` names the fields that were refused, `request_id` finds the request in the shop's logs. What API Gateway\n\
         refuses by itself (401, 413, 429, 500, 503) is `{\"message\": …}` instead.\n\n",
    );
    let mut kinds: Vec<&Kind> = ALL.to_vec();
    kinds.sort_by_key(|kind| (kind.status, kind.name));
    page += "| status | type | when | what the caller can do |\n|---|---|---|---|\n";
    for kind in kinds {
        let Kind { name, status, when, remedy, .. } = kind;
        let members: Vec<_> = kind.members.iter().map(|member| format!("`{member}`")).collect();
        let members = if members.is_empty() { String::new() } else { format!(" Members: {}.", members.join(", ")) };
        writeln!(page, "| {status} | <a id=\"{name}\"></a>`{name}` | {when}{members} | {remedy} |").unwrap();
    }
    page
}
