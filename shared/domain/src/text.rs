//! Texts that people write: what may stand in one, and in which form it is kept.
//!
//! One rule a sort, by Unicode's categories and not by lists of scripts: whatever a person can read is taken. What
//! nobody sees (controls, direction overrides, characters without width that join nothing) is refused, because it
//! makes one text look like another, or nothing look like something. Kept is the normal form C, without spaces at
//! its ends: what looks equal is equal.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory as Category},
};

/// How many bytes of UTF-8 a visible character may need with the marks upon it, on average over a text.
const BYTES_PER_CHARACTER: usize = 12;

/// What a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRule {
    lines: Lines,
    /// The longest, in visible characters: marks upon a letter do not count.
    max: usize,
    /// It names somebody or something: a letter or a digit is in it.
    named: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    One,
    Many,
}

/// Why a text cannot be taken. It never repeats what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing in it can be seen.
    #[error("must not be empty")]
    Empty,
    /// It has more visible characters than this, or more marks upon them than any script needs.
    #[error("is too long: at most {0} characters are taken")]
    TooLong(usize),
    /// It has a control character, or more lines than one.
    #[error("has a control character, such as the end of a line, in it")]
    Control,
    /// It turns the direction of what stands after it.
    #[error("has a character that changes the direction of writing")]
    Direction,
    /// It has a character that nobody sees and that joins nothing.
    #[error("has a character that cannot be seen (such as a space without width)")]
    Invisible,
    /// It has a character that Unicode does not know.
    #[error("has a character without a meaning")]
    Unassigned,
    /// It has neither letter nor digit.
    #[error("must have a letter or a digit")]
    Nameless,
}

impl TextRule {
    /// Anything on one line, of at most so many visible characters.
    pub const fn one_line(max: usize) -> Self {
        Self { lines: Lines::One, max, named: false }
    }

    /// The name of a person, a firm or a place: one line with a letter or a digit in it.
    pub const fn name(max: usize) -> Self {
        Self { lines: Lines::One, max, named: true }
    }

    /// Free text: many lines.
    pub const fn many_lines(max: usize) -> Self {
        Self { lines: Lines::Many, max, named: false }
    }

    /// The text as it is kept.
    ///
    /// # Errors
    /// [`TextError`] for the first thing that is wrong with it.
    pub fn parse(self, text: &str) -> Result<String, TextError> {
        // Before any work is done for it: a body may be as large as 256 KiB.
        if text.len() > self.max * BYTES_PER_CHARACTER {
            return Err(TextError::TooLong(self.max));
        }
        let normal = ComposingNormalizerBorrowed::new_nfc().normalize(text);
        let kept = match self.lines {
            Lines::One => normal.trim().to_owned(),
            Lines::Many => normal.replace("\r\n", "\n").trim().to_owned(),
        };
        self.check(&kept)?;
        Ok(kept)
    }

    fn check(self, text: &str) -> Result<(), TextError> {
        let (mut visible, mut named, mut before) = (0, false, Sort::Space);
        for c in text.chars() {
            let sort = Sort::of(c);
            match sort {
                Sort::LineEnd if self.lines == Lines::One => return Err(TextError::Control),
                Sort::LineEnd | Sort::Space => {}
                Sort::Control => return Err(TextError::Control),
                Sort::Direction => return Err(TextError::Direction),
                Sort::Invisible => return Err(TextError::Invisible),
                Sort::Unassigned => return Err(TextError::Unassigned),
                // What joins or varies stands upon something that is seen: alone it is only there to be overlooked.
                Sort::Joiner | Sort::Mark if before.is_gap() => return Err(TextError::Invisible),
                Sort::Joiner | Sort::Mark => {}
                Sort::Named | Sort::Visible => {
                    visible += 1;
                    named |= sort == Sort::Named;
                }
            }
            if before == Sort::Joiner && sort.is_gap() {
                return Err(TextError::Invisible);
            }
            before = sort;
        }
        if before == Sort::Joiner {
            Err(TextError::Invisible)
        } else if visible == 0 {
            Err(TextError::Empty)
        } else if visible > self.max {
            Err(TextError::TooLong(self.max))
        } else if self.named && !named {
            Err(TextError::Nameless)
        } else {
            Ok(())
        }
    }
}

/// What a character is, as far as the rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// A letter or a digit.
    Named,
    /// Anything else that is seen.
    Visible,
    Space,
    LineEnd,
    /// A mark upon the character before it, or a variant of it.
    Mark,
    /// Unseen, and needed in some scripts between characters that are seen.
    Joiner,
    Control,
    Direction,
    Invisible,
    Unassigned,
}

impl Sort {
    /// Whether nothing stands here that another character could stand upon.
    fn is_gap(self) -> bool {
        matches!(self, Self::Space | Self::LineEnd)
    }

    fn of(c: char) -> Self {
        match c {
            '\n' => return Self::LineEnd,
            // Of Persian, of Indian scripts and of emoji.
            '\u{200C}' | '\u{200D}' => return Self::Joiner,
            // Marks of direction in Hebrew and Arabic; variants, of Han characters in names and of emoji.
            '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => {
                return Self::Mark;
            }
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => return Self::Direction,
            // Seen as nothing, though it is a symbol to Unicode: the empty pattern of Braille.
            '\u{2800}' => return Self::Invisible,
            _ => {}
        }
        if CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) {
            return Self::Invisible;
        }
        match CodePointMapData::<Category>::new().get(c) {
            Category::Control | Category::LineSeparator | Category::ParagraphSeparator => Self::Control,
            Category::Format => Self::Invisible,
            Category::Unassigned | Category::PrivateUse | Category::Surrogate => Self::Unassigned,
            Category::SpaceSeparator => Self::Space,
            Category::NonspacingMark | Category::EnclosingMark | Category::SpacingMark => Self::Mark,
            Category::UppercaseLetter
            | Category::LowercaseLetter
            | Category::TitlecaseLetter
            | Category::ModifierLetter
            | Category::OtherLetter
            | Category::DecimalNumber
            | Category::LetterNumber
            | Category::OtherNumber => Self::Named,
            _ => Self::Visible,
        }
    }
}

/// A text that was judged when it was read: it is what the reading made of it.
macro_rules! judged_text {
    ($(#[$doc:meta])* $name:ident, $error:ty, $read:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;
            fn from_str(text: &str) -> Result<Self, $error> {
                let read: fn(&str) -> Result<String, $error> = $read;
                read(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(crate) use judged_text;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LINE: TextRule = TextRule::one_line(20);
    const NAME: TextRule = TextRule::name(20);
    const NOTE: TextRule = TextRule::many_lines(20);

    #[test]
    fn whatever_a_person_can_read_is_taken_in_any_script() {
        for text in [
            "Ada Lovelace",
            "Żółć, ul. Długa 5/7",
            "東京都千代田区１－１",
            "서울특별시",
            "שדרות רוטשילד 1",
            "شارع الملك فهد",
            "ถนนสุขุมวิท ๒๑",
            "नई दिल्ली",
            "O’Brien & Söhne",
            "葛\u{E0100}城市",
            "می\u{200C}خواهم",
            "Nº 7 👩\u{200D}🔧 ❤\u{FE0F}",
        ] {
            assert_eq!(LINE.parse(text).as_deref(), Ok(text), "{text}");
            assert_eq!(NAME.parse(text).as_deref(), Ok(text), "{text}");
        }
    }

    #[test]
    fn what_nobody_sees_is_refused_by_name() {
        for (text, error) in [
            ("a\0b", TextError::Control),
            ("a\u{7F}", TextError::Control),
            ("\u{1B}[31mred", TextError::Control),
            ("a\u{85}b", TextError::Control),
            ("a\u{2028}b", TextError::Control),
            ("a\nb", TextError::Control),
            ("a\tb", TextError::Control),
            ("\u{202E}gab", TextError::Direction),
            ("a\u{2066}b", TextError::Direction),
            ("a\u{200B}b", TextError::Invisible),
            ("a\u{AD}b", TextError::Invisible),
            ("a\u{FEFF}", TextError::Invisible),
            ("a\u{E0041}", TextError::Invisible),
            ("\u{3164}", TextError::Invisible),
            ("\u{2800}", TextError::Invisible),
            ("\u{200D}", TextError::Invisible),
            ("a \u{200D}b", TextError::Invisible),
            ("a\u{200C}", TextError::Invisible),
            ("a\u{200C} b", TextError::Invisible),
            ("\u{301}", TextError::Invisible),
            ("a\u{E000}", TextError::Unassigned),
            ("a\u{FFFF}", TextError::Unassigned),
            ("", TextError::Empty),
            (" \u{A0}\u{3000}", TextError::Empty),
        ] {
            assert_eq!(LINE.parse(text), Err(error), "{text:?}");
        }
        assert_eq!(NAME.parse("!?"), Err(TextError::Nameless));
        assert_eq!(LINE.parse("!?").as_deref(), Ok("!?"));
    }

    #[test]
    fn what_looks_equal_is_kept_equal() {
        assert_eq!(LINE.parse(" e\u{301} ").as_deref(), Ok("é"));
        assert_eq!(LINE.parse("\u{212B}").as_deref(), Ok("Å"));
        assert_eq!(NOTE.parse("a\r\nb\n\n").as_deref(), Ok("a\nb"));
        assert_eq!(NOTE.parse("a\rb"), Err(TextError::Control));
    }

    #[test]
    fn length_is_what_is_seen_and_marks_are_not_without_end() {
        assert!(LINE.parse(&"x".repeat(20)).is_ok());
        assert_eq!(LINE.parse(&"x".repeat(21)), Err(TextError::TooLong(20)));
        let letter = "क्\u{937}ि";
        assert!(LINE.parse(&letter.repeat(10)).is_ok(), "marks do not count");
        assert!(LINE.parse(&"😀".repeat(20)).is_ok(), "nor do bytes");
        assert_eq!(LINE.parse(&format!("a{}", "\u{301}".repeat(500))), Err(TextError::TooLong(20)));
    }

    fn anything() -> impl Strategy<Value = String> {
        let strange = prop::sample::select(vec![
            ' ', '\n', '\u{200B}', '\u{200D}', '\u{202E}', '\u{301}', 'a', 'é', '字', '😀', '\u{AD}', '\u{3000}',
        ]);
        prop::collection::vec(prop_oneof![strange, any::<char>()], 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn what_is_kept_is_kept_again_as_it_is(text in anything()) {
            for rule in [LINE, NAME, NOTE] {
                if let Ok(kept) = rule.parse(&text) {
                    prop_assert_eq!(rule.parse(&kept), Ok(kept.clone()));
                    prop_assert!(!kept.chars().any(|c| c.is_control() && c != '\n'));
                    prop_assert!(rule.lines == Lines::Many || !kept.contains('\n'));
                    prop_assert!(kept.chars().any(|c| !c.is_whitespace()));
                    prop_assert!(kept.len() <= rule.max * BYTES_PER_CHARACTER * 3);
                }
            }
        }

        #[test]
        fn a_stricter_sort_takes_nothing_that_a_wider_one_refuses(text in anything()) {
            if LINE.parse(&text).is_ok() {
                prop_assert!(NOTE.parse(&text).is_ok());
            }
            if NAME.parse(&text).is_ok() {
                prop_assert!(LINE.parse(&text).is_ok());
            }
        }
    }
}
