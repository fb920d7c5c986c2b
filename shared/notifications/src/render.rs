//! A message in words. One template makes the text and one the HTML, for every message and language; the words
//! of a language are one file.

use jiff::{Timestamp, tz::TimeZone};
use minijinja::{Environment, UndefinedBehavior, context};
use serde_json::Value;
use souk_wiring::{ConfigError, FromEnvironment};

use crate::{Content, Language};

/// A message as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// For whoever reads no HTML.
    pub text: String,
    /// With what shoppers and sellers wrote escaped.
    pub html: String,
}

/// A message that has no words.
#[derive(Debug, thiserror::Error)]
#[error("a message cannot be rendered: {0}")]
pub struct RenderError(String);

/// The templates, and where their links lead.
#[derive(Debug)]
pub struct Templates {
    templates: Environment<'static>,
    words: [(Language, Value); 3],
    shop_url: String,
}

impl FromEnvironment for Templates {
    async fn from_environment(environment: &souk_wiring::Environment) -> Result<Self, ConfigError> {
        let shop_url = environment.required("SHOP_URL")?;
        Self::new(&shop_url)
            .map_err(|error| ConfigError::Invalid { name: "the messages' templates", reason: error.to_string() })
    }
}

impl Templates {
    /// The templates of a shop at this address.
    ///
    /// # Errors
    /// [`RenderError`] where a template or a language's words are not well-formed.
    pub fn new(shop_url: &str) -> Result<Self, RenderError> {
        let mut templates = Environment::new();
        // A word that is missing is an error, and not a gap.
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_filter("isolated", isolated);
        // The names' endings say what is escaped: HTML is, text is not.
        for (name, source) in [
            ("message.html", include_str!("../templates/message.html")),
            ("message.txt", include_str!("../templates/message.txt")),
        ] {
            templates.add_template(name, source).map_err(RenderError::of)?;
        }
        let words = |json| serde_json::from_str(json).map_err(|error| RenderError(error.to_string()));
        Ok(Self {
            templates,
            words: [
                (Language::English, words(include_str!("../words/en.json"))?),
                (Language::German, words(include_str!("../words/de.json"))?),
                (Language::Hebrew, words(include_str!("../words/he.json"))?),
            ],
            shop_url: shop_url.trim_end_matches('/').to_owned(),
        })
    }

    /// A message in a language.
    ///
    /// # Errors
    /// [`RenderError`] where the language lacks a word, which a test excludes.
    pub fn render(&self, content: &Content, language: Language) -> Result<Mail, RenderError> {
        let no_words = || RenderError(format!("no words in {}", language.code()));
        let words = self.words.iter().find(|(of, _)| *of == language).map(|(_, words)| words).ok_or_else(no_words)?;
        let message = &words["messages"][content.kind.as_str()];
        let lines: Vec<_> = content
            .lines
            .iter()
            .map(|line| {
                context! {
                    title => line.title,
                    quantity => line.quantity,
                    price => language.money(line.unit_price),
                }
            })
            .collect();
        let parcels: Vec<_> = content
            .parcels
            .iter()
            .map(|parcel| {
                context! {
                    carrier => parcel.carrier,
                    tracking_number => parcel.tracking_number,
                }
            })
            .collect();
        let reason = content.reason.map(|reason| &words["reasons"][reason.as_str()]);
        let arrives = match content.arrive_by {
            Some(at) => Some(date(at, language, words).ok_or_else(no_words)?),
            None => None,
        };
        let subject = message["subject"].as_str().ok_or_else(no_words)?;
        let values = context! {
            language => language.code(),
            direction => language.direction(),
            words => words["labels"],
            subject => subject,
            says => message["says"],
            reason => reason,
            order_id => content.order_id.as_str(),
            placed => date(content.placed_at, language, words).ok_or_else(no_words)?,
            arrives => arrives,
            lines => lines,
            total => language.money(content.total),
            refunded => content.refunded.map(|amount| language.money(amount)),
            parcels => parcels,
            link => format!("{}/orders/{}", self.shop_url, content.order_id),
        };
        let render = |name| self.templates.get_template(name).and_then(|template| template.render(&values));
        Ok(Mail {
            subject: format!("{subject} ({})", content.order_id),
            text: render("message.txt").map_err(RenderError::of)?,
            html: render("message.html").map_err(RenderError::of)?,
        })
    }
}

/// The day of a moment, in the world's time: where the shopper lives is not known.
fn date(at: Timestamp, language: Language, words: &Value) -> Option<String> {
    let date = TimeZone::UTC.to_datetime(at).date();
    let month = usize::try_from(date.month()).ok()?.checked_sub(1)?;
    Some(language.date(date, words["months"][month].as_str()?))
}

/// A text between marks that keep its direction from turning what stands around it: plain text's `<bdi>`.
fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

impl RenderError {
    /// By the kind of the fault: its own text quotes values.
    fn of(error: minijinja::Error) -> Self {
        Self(format!("{} in line {}", error.kind(), error.line().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
