//! Countries, and what their postal codes look like.

use crate::text::TextRule;

/// The table: source and format stand in its head.
const TABLE: &str = include_str!("countries.txt");

/// Of a country whose form is not known.
const ANY_CODE: TextRule = TextRule::one_line(16);

/// A country of ISO 3166-1, with its line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Country {
    code: &'static str,
    postal: Postal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Postal {
    /// Nothing is known of it.
    Any,
    /// There are none.
    None,
    /// One of these forms, separated by `|`.
    Forms { forms: &'static str, is_needed: bool },
}

/// True of the code of a country of ISO 3166-1, in upper case.
pub fn is_country(code: &str) -> bool {
    Country::of(code).is_some()
}

impl Country {
    /// The country of this code, in upper case.
    pub(super) fn of(code: &str) -> Option<Self> {
        Self::all().find(|country| country.code == code)
    }

    fn all() -> impl Iterator<Item = Self> {
        TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
            let mut parts = line.splitn(3, ' ');
            let (code, mark, forms) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
            let postal = match (mark, forms) {
                (Some("-"), _) => Postal::None,
                (Some(mark), Some(forms)) => Postal::Forms { forms, is_needed: mark == "!" },
                _ => Postal::Any,
            };
            Self { code, postal }
        })
    }

    /// A postal code of this country in the form in which it is written there, whatever its case, spaces and hyphens
    /// were. What is wrong, in words for whoever wrote it.
    pub(super) fn postal_code(self, written: Option<&str>) -> Result<Option<String>, String> {
        let written = written.filter(|code| !code.trim().is_empty());
        match (self.postal, written) {
            (Postal::None, Some(_)) => Err(format!("must be left out: {} has no postal codes", self.code)),
            (Postal::Forms { is_needed: true, forms }, None) => Err(self.expected(forms)),
            (_, None) => Ok(None),
            (Postal::Any, Some(code)) => ANY_CODE.parse(code).map(Some).map_err(|error| error.to_string()),
            (Postal::Forms { forms, .. }, Some(code)) => {
                let bare = bare(code);
                let fits = |bare: &str| forms.split('|').find_map(|form| filled(form, bare));
                // With the country before it, or without where its own form has it.
                let found = fits(&bare)
                    .or_else(|| bare.strip_prefix(self.code).and_then(fits))
                    .or_else(|| fits(&format!("{}{bare}", self.code)));
                found.map(Some).ok_or_else(|| self.expected(forms))
            }
        }
    }

    fn expected(self, forms: &str) -> String {
        let shown: Vec<String> = forms.split('|').take(3).map(shown).collect();
        format!("must be a postal code of {}, such as {}", self.code, shown.join(" or "))
    }
}

/// Upper case, without what only separates. Full-width letters and digits, as Japanese keyboards make them, count.
fn bare(code: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let separates =
        |c: &char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}');
    code.chars().map(narrow).filter(|c| !separates(c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// The code written in this form; `None` where it does not fit.
fn filled(form: &str, bare: &str) -> Option<String> {
    let mut given = bare.chars();
    let mut written = String::with_capacity(form.len());
    for place in form.chars() {
        let c = match place {
            ' ' | '-' => place,
            'd' => given.next().filter(char::is_ascii_digit)?,
            'l' => given.next().filter(char::is_ascii_uppercase)?,
            'x' => given.next().filter(|c| c.is_ascii_digit() || c.is_ascii_uppercase())?,
            literal => given.next().filter(|c| *c == literal)?,
        };
        written.push(c);
    }
    given.next().is_none().then_some(written)
}

/// An example of a form.
fn shown(form: &str) -> String {
    let digits = "1234567890".chars().cycle();
    let mut digits = digits;
    form.chars()
        .map(|place| match place {
            'd' => digits.next().unwrap_or('1'),
            'l' => 'A',
            'x' => 'X',
            literal => literal,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(country: &str, written: &str) -> Result<Option<String>, String> {
        Country::of(country).unwrap().postal_code(Some(written).filter(|code| !code.is_empty()))
    }

    #[test]
    fn the_table_is_complete_and_each_line_is_understood() {
        let all: Vec<_> = Country::all().collect();
        assert_eq!(all.len(), 249, "ISO 3166-1 has so many");
        assert!(all.is_sorted_by(|a, b| a.code < b.code));
        for country in all {
            assert!(country.code.len() == 2 && country.code.bytes().all(|byte| byte.is_ascii_uppercase()));
            let Postal::Forms { forms, .. } = country.postal else { continue };
            for form in forms.split('|') {
                let example = shown(form);
                assert_eq!(code(country.code, &example), Ok(Some(example.clone())), "{} {form}", country.code);
                assert_eq!(code(country.code, &example.to_lowercase()), Ok(Some(example)), "{}", country.code);
            }
        }
        for unknown in ["ZZ", "us", "UK", "EU", "", "#", "XK"] {
            assert_eq!(Country::of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_code_is_kept_as_its_country_writes_it() {
        for (country, written, kept) in [
            ("GB", "n19gu", "N1 9GU"),
            ("GB", "SW1A1AA", "SW1A 1AA"),
            ("CA", "k1a-0b1", "K1A 0B1"),
            ("US", "123456789", "12345-6789"),
            ("US", " 12345 ", "12345"),
            ("NL", "1234ab", "1234 AB"),
            ("SE", "SE-111 22", "111 22"),
            ("DE", "DE10115", "10115"),
            ("LV", "1010", "LV-1010"),
            ("JP", "１００ー０００１", "100-0001"),
            ("BR", "01310\u{2013}100", "01310-100"),
            ("IE", "d02x285", "D02 X285"),
            ("AF", "1001 a", "1001 a"),
        ] {
            assert_eq!(code(country, written), Ok(Some(kept.to_owned())), "{country} {written}");
        }
    }

    #[test]
    fn a_code_that_its_country_does_not_have_is_refused_with_an_example() {
        for (country, written) in
            [("US", "9999"), ("US", "N1 9GU"), ("GB", "12345"), ("DE", ""), ("IE", "12345"), ("HK", "999077")]
        {
            let refused = code(country, written).unwrap_err();
            assert!(refused.starts_with("must be"), "{country} {written}: {refused}");
            assert!(written.is_empty() || !refused.contains(written), "a refusal repeats nothing");
        }
        for country in ["HK", "AE", "IE", "AF"] {
            assert_eq!(code(country, ""), Ok(None), "{country}");
        }
        assert!(code("US", "").unwrap_err().contains("12345-6789"));
    }
}
