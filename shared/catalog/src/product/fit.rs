//! A product's attributes as its category wants them: values of its types, and none missing that it needs.

use std::collections::BTreeMap;

use super::{ProductDetails, Scalar};
use crate::{
    AttributeDefinition, AttributeType,
    violation::{Violation, Violations},
};

/// The definitions that hold for a category, by name: the nearest one on the way to the root.
#[derive(Debug, Default)]
pub(crate) struct Definitions(BTreeMap<String, AttributeDefinition>);

impl Definitions {
    /// Adds what a category further up says of attributes that no nearer one has spoken of.
    pub(crate) fn add(&mut self, further_up: Vec<AttributeDefinition>) {
        for definition in further_up {
            self.0.entry(definition.name.clone()).or_insert(definition);
        }
    }

    /// The product with each value as its attribute's type has it. Attributes that nobody has defined may be anything.
    pub(super) fn fit(&self, details: &ProductDetails) -> Result<ProductDetails, Vec<Violation>> {
        let (mut fitted, mut found) = (details.clone(), Violations::default());
        for (name, definition) in &self.0 {
            let reads = |value: &mut Scalar, field: String, found: &mut Violations| match read(&definition.takes, value)
            {
                Ok(read) => *value = read,
                Err(reason) => found.senseless(field, reason),
            };
            let of_product = fitted.attributes.get_mut(name);
            let is_of_product = of_product.is_some();
            if let Some(value) = of_product {
                reads(value, format!("attributes.{name}"), &mut found);
            }
            let mut missing = Vec::new();
            for (index, variant) in fitted.variants.iter_mut().enumerate() {
                let field = format!("variants[{index}].attributes.{name}");
                match variant.attributes.get_mut(name) {
                    Some(value) => reads(value, field, &mut found),
                    None => missing.push(field),
                }
            }
            if definition.required && !is_of_product {
                // What no variant has, the product lacks.
                if missing.len() == fitted.variants.len() {
                    missing = vec![format!("attributes.{name}")];
                }
                missing.into_iter().for_each(|field| found.senseless(field, "is needed in this category"));
            }
        }
        found.into_result().map(|()| fitted)
    }
}

/// The value as the type has it, or why it cannot be.
fn read(takes: &AttributeType, value: &Scalar) -> Result<Scalar, String> {
    match (takes, value) {
        (AttributeType::Text {}, Scalar::Text(_))
        | (AttributeType::Number { .. }, Scalar::Integer(_) | Scalar::Decimal(_))
        | (AttributeType::Boolean {}, Scalar::Bool(_)) => Ok(value.clone()),
        (AttributeType::Text {}, _) => Err("must be a text".to_owned()),
        (AttributeType::Number { unit }, Scalar::Text(text)) => {
            let unit = unit.as_deref().unwrap_or_default();
            let number = text.trim().strip_suffix(unit).unwrap_or(text).trim();
            number_of(number).ok_or_else(|| match unit {
                "" => "must be a number".to_owned(),
                unit => format!("must be a number of {unit}"),
            })
        }
        (AttributeType::Number { .. }, Scalar::Bool(_)) => Err("must be a number".to_owned()),
        (AttributeType::Boolean {}, Scalar::Text(text)) => match text.trim().to_lowercase().as_str() {
            "yes" | "true" => Ok(Scalar::Bool(true)),
            "no" | "false" => Ok(Scalar::Bool(false)),
            _ => Err("must be yes or no".to_owned()),
        },
        (AttributeType::Boolean {}, _) => Err("must be yes or no".to_owned()),
        (AttributeType::Choice { of }, value) => {
            let text = value.to_string();
            match of.iter().find(|choice| **choice == text.trim()) {
                Some(choice) => Ok(Scalar::Text(choice.clone())),
                None => Err(format!("must be one of: {}", of.join(", "))),
            }
        }
    }
}

/// Plain digits, with a point or without, within what an attribute's number may be.
fn number_of(text: &str) -> Option<Scalar> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(decimals) {
        return None;
    }
    match text.parse::<i64>() {
        Ok(number) => Some(Scalar::Integer(number)),
        Err(_) => text.parse().ok().map(Scalar::Decimal),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn definitions(definitions: &[Value]) -> Definitions {
        let mut all = Definitions::default();
        for definition in definitions {
            all.add(serde_json::from_value(definition.clone()).unwrap());
        }
        all
    }

    fn fit(definitions: &Definitions, of_product: Value, of_variants: &[Value]) -> Result<(Value, Value), Vec<String>> {
        let variants: Vec<_> =
            of_variants.iter().enumerate().map(|(n, of)| json!({"sku": format!("S{n}"), "attributes": of})).collect();
        let details: ProductDetails = serde_json::from_value(json!({
            "title": "T", "description": "", "category_id": "c", "seller_id": "s", "attributes": of_product, "variants": variants,
        }))
        .unwrap();
        let fitted = definitions.fit(&details);
        let fitted = fitted.map_err(|found| found.into_iter().map(|violation| violation.field).collect::<Vec<_>>())?;
        let told = serde_json::to_value(fitted).unwrap();
        Ok((told["attributes"].clone(), told["variants"][0]["attributes"].clone()))
    }

    fn one(takes: Value) -> Definitions {
        definitions(&[json!([{"name": "a", "takes": takes}])])
    }

    #[test]
    fn a_value_becomes_one_of_its_type_or_is_refused() {
        let number = || json!({"type": "number", "unit": "ml"});
        let choice = || json!({"type": "choice", "of": ["S", "42"]});
        for (takes, value, kept) in [
            (number(), json!(500), Some(json!(500))),
            (number(), json!("500 ml"), Some(json!(500))),
            (number(), json!("0.5"), Some(json!(0.5))),
            (number(), json!("1e3"), None),
            (number(), json!("a lot"), None),
            (number(), json!("500 l"), None),
            (number(), json!(true), None),
            (json!({"type": "boolean"}), json!("Yes"), Some(json!(true))),
            (json!({"type": "boolean"}), json!(false), Some(json!(false))),
            (json!({"type": "boolean"}), json!(1), None),
            (json!({"type": "text"}), json!("any"), Some(json!("any"))),
            (json!({"type": "text"}), json!(5), None),
            (choice(), json!("S"), Some(json!("S"))),
            (choice(), json!(42), Some(json!("42"))),
            (choice(), json!("s"), None),
        ] {
            let fitted = fit(&one(takes.clone()), json!({"a": value}), &[json!({"a": value})]);
            let expected = match kept {
                Some(kept) => Ok((json!({"a": kept}), json!({"a": kept}))),
                None => Err(vec!["attributes.a".to_owned(), "variants[0].attributes.a".to_owned()]),
            };
            assert_eq!(fitted, expected, "{takes} {value}");
        }
    }

    #[test]
    fn what_is_needed_is_had_by_the_product_or_by_each_variant() {
        let needed = definitions(&[json!([{"name": "size", "takes": {"type": "text"}, "required": true}])]);
        let (with, without) = (json!({"size": "S"}), json!({}));
        assert!(fit(&needed, with.clone(), std::slice::from_ref(&without)).is_ok());
        assert!(fit(&needed, without.clone(), &[with.clone(), with.clone()]).is_ok());
        let lacks = |variants: &[Value]| fit(&needed, without.clone(), variants).unwrap_err();
        assert_eq!(lacks(&[with.clone(), without.clone()]), ["variants[1].attributes.size"]);
        assert_eq!(lacks(&[without.clone(), without.clone()]), ["attributes.size"]);
    }

    #[test]
    fn the_nearest_category_decides_and_what_nobody_defines_is_free() {
        let takes = |name: &str| json!([{"name": "a", "takes": {"type": name}}]);
        let all = definitions(&[takes("boolean"), takes("text"), json!([{"name": "b", "takes": {"type": "number"}}])]);
        let fitted = fit(&all, json!({"a": "no", "b": "7", "c": "7"}), &[json!({"d": true})]).unwrap();
        assert_eq!(fitted, (json!({"a": false, "b": 7, "c": "7"}), json!({"d": true})));
    }
}
