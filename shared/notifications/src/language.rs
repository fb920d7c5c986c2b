use jiff::civil::Date;
use souk_domain::money::Money;

/// A language that the shop writes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, also for whoever has said no language or one that the shop does not write.
    #[default]
    English,
    /// German.
    German,
    /// Hebrew, from right to left.
    Hebrew,
}

/// A right-to-left mark: what stands between two of them stays in its place in a line.
const RLM: char = '\u{200F}';

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Hebrew];

    /// The language of a locale such as `de-AT` or `en_US`, as an account has it.
    pub fn of_locale(locale: &str) -> Self {
        match locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "de" => Self::German,
            // "iw" is what Hebrew was called before 1989, and still is where Java wrote the locale.
            "he" | "iw" => Self::Hebrew,
            _ => Self::English,
        }
    }

    /// Its ISO 639 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Hebrew => "he",
        }
    }

    /// In which direction it is written, as HTML says it.
    pub fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
            Self::Hebrew => "rtl",
        }
    }

    /// An amount as the language writes it (Unicode's CLDR).
    pub fn money(self, money: Money) -> String {
        let (group, point) = match self {
            Self::English | Self::Hebrew => (',', '.'),
            Self::German => ('.', ','),
        };
        let number = match money.written() {
            (whole, Some(rest)) => format!("{}{point}{rest}", grouped(whole, group)),
            (whole, None) => grouped(whole, group),
        };
        let symbol = match money.currency().code() {
            "USD" => "$",
            "EUR" => "€",
            "GBP" => "£",
            "JPY" => "¥",
            "ILS" => "₪",
            other => other,
        };
        match self {
            // A code of letters stands apart from its number.
            Self::English if symbol.len() == 3 && symbol.is_ascii() => format!("{symbol}\u{A0}{number}"),
            Self::English => format!("{symbol}{number}"),
            Self::German => format!("{number}\u{A0}{symbol}"),
            Self::Hebrew => format!("{RLM}{number}\u{A0}{RLM}{symbol}"),
        }
    }

    /// A day as the language writes it, with its word for the month.
    pub fn date(self, date: Date, month: &str) -> String {
        let (day, year) = (date.day(), date.year());
        match self {
            Self::English => format!("{month} {day}, {year}"),
            Self::German => format!("{day}. {month} {year}"),
            Self::Hebrew => format!("{day} ב{month} {year}"),
        }
    }
}

fn grouped(whole: i64, separator: char) -> String {
    let digits = whole.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_a_language_and_a_strange_one_english() {
        let known = [("de", Language::German), ("de-AT", Language::German), ("DE_ch", Language::German)];
        let others = [("he-IL", Language::Hebrew), ("iw", Language::Hebrew), ("en-GB", Language::English)];
        for (locale, language) in
            known.into_iter().chain(others).chain([("", Language::English), ("xx", Language::English)])
        {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn money_reads_as_each_language_writes_it() {
        let written = |language: Language, amount| language.money(Money::usd(amount).unwrap());
        assert_eq!(written(Language::English, 1_234_567), "$12,345.67");
        assert_eq!(written(Language::English, 5), "$0.05");
        let of =
            |language: Language, amount, code: &str| language.money(Money::new(amount, code.parse().unwrap()).unwrap());
        assert_eq!(of(Language::English, 1_234, "JPY"), "¥1,234");
        assert_eq!(of(Language::English, 1_230, "KWD"), "KWD\u{A0}1.230");
        assert_eq!(of(Language::German, 1_234_500, "EUR"), "12.345,00\u{A0}€");
        assert_eq!(written(Language::German, 9_999_999), "99.999,99\u{A0}$");
        assert_eq!(written(Language::Hebrew, 123_450), "\u{200F}1,234.50\u{A0}\u{200F}$");
    }
}
