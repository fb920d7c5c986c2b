//! Judgements that others have published, where somebody has the files: WANDS in the folder `SOUK_WANDS`, as it is
//! distributed (`product.csv`, `query.csv`, `label.csv`, columns divided by tabs), ESCI in `SOUK_ESCI`, whose tables are
//! expected as JSON lines (`products.jsonl`, `examples.jsonl`: pandas' `to_json(orient="records", lines=True)` makes
//! them). `SOUK_PUBLISHED_QUERIES` says how many queries are asked; 500 unless said otherwise.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

use serde_json::{Value, json};

use super::{Measured, catalogue::Catalogue, judged::Judged};

const QUERIES: usize = 500;
/// A shop has no longer texts.
const TITLE_MAX: usize = 200;
const DESCRIPTION_MAX: usize = 10_000;
/// A longer value is no attribute.
const ATTRIBUTE_MAX: usize = 64;

/// A catalogue and the queries that were judged over it.
pub struct Published {
    pub catalogue: Catalogue,
    pub judged: Vec<Judged>,
}

#[tokio::test]
async fn published_judgements_are_measured_where_they_are() {
    for (variable, read) in [("SOUK_WANDS", wands as fn(&Path) -> Published), ("SOUK_ESCI", esci)] {
        let Ok(folder) = std::env::var(variable) else {
            println!("{variable} names no folder: left out");
            continue;
        };
        let Published { catalogue, judged } = read(Path::new(&folder));
        let name = variable.to_lowercase().replace('_', "-");
        let (products, measured) = (catalogue.products.len(), Measured::of(&name, catalogue).await);
        let most = std::env::var("SOUK_PUBLISHED_QUERIES").map_or(QUERIES, |text| text.parse().unwrap());
        let (mut sum, mut empty, mut asked) = (0.0, 0, 0);
        for judged in judged.iter().take(most) {
            let found: Vec<_> = measured.search(&judged.q).await.hits.into_iter().map(|hit| hit.product_id).collect();
            sum += judged.value_of(&found);
            empty += usize::from(found.is_empty());
            asked += 1;
        }
        println!(
            "{name}: {products} products, {asked} queries, nDCG@10 {:.4}, {empty} find nothing",
            sum / f64::from(asked)
        );
    }
}

/// Exact is 3, partial 1.
fn wands(folder: &Path) -> Published {
    let mut catalogue = Catalogue::empty();
    for row in tabs(&read(folder, "product.csv")) {
        let path: Vec<_> =
            row["category hierarchy"].split('/').map(str::trim).filter(|name| !name.is_empty()).collect();
        let path = if path.is_empty() { vec!["Other"] } else { path };
        let category = catalogue.add_path(&path);
        let pairs = row["product_features"].split('|').filter_map(|pair| pair.split_once(':'));
        let attributes = attributes(pairs.map(|(name, value)| (name.trim(), value.trim())));
        let number = |name: &str| row[name].parse::<f64>().unwrap_or_default();
        let rating = json!({ "average": number("average_rating"), "count": number("rating_count") as u32 });
        catalogue.products.push(product(
            &row["product_id"],
            [&row["product_name"], &row["product_description"]],
            &category,
            attributes,
            Some(rating),
        ));
    }
    let mut grades: BTreeMap<String, HashMap<String, u32>> = BTreeMap::new();
    for row in tabs(&read(folder, "label.csv")) {
        let grade = match row["label"].as_str() {
            "Exact" => 3,
            "Partial" => 1,
            _ => 0,
        };
        grades.entry(row["query_id"].clone()).or_default().insert(id_of(&row["product_id"]), grade);
    }
    let queries = tabs(&read(folder, "query.csv"));
    let judged =
        queries.into_iter().filter_map(|row| Some(Judged::given(&row["query"], grades.remove(&row["query_id"])?)));
    Published { judged: judged.collect(), catalogue }
}

/// Exact is 3, a substitute 1; complements and what is irrelevant are 0. English only.
fn esci(folder: &Path) -> Published {
    let mut catalogue = Catalogue::empty();
    let category = catalogue.add_path(&["Everything"]);
    let is_english = |row: &Value| row["product_locale"] == "us";
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    for row in json_lines(&read(folder, "products.jsonl")).into_iter().filter(is_english) {
        let told = format!("{} {}", text(&row, "product_description"), text(&row, "product_bullet_point"));
        let (brand, colour) = (text(&row, "product_brand"), text(&row, "product_color"));
        let attributes = attributes([("brand", brand.as_str()), ("colour", colour.as_str())].into_iter());
        let (id, title) = (text(&row, "product_id"), text(&row, "product_title"));
        catalogue.products.push(product(&id, [&title, &told], &category, attributes, None));
    }
    let mut judged: BTreeMap<String, (String, HashMap<String, u32>)> = BTreeMap::new();
    for row in json_lines(&read(folder, "examples.jsonl")).into_iter().filter(is_english) {
        let grade = match row["esci_label"].as_str().unwrap_or_default() {
            "E" | "Exact" => 3,
            "S" | "Substitute" => 1,
            _ => 0,
        };
        let (_, grades) =
            judged.entry(row["query_id"].to_string()).or_insert_with(|| (text(&row, "query"), HashMap::new()));
        grades.insert(id_of(&text(&row, "product_id")), grade);
    }
    let judged = judged.into_values().map(|(query, grades)| Judged::given(&query, grades));
    Published { judged: judged.collect(), catalogue }
}

fn read(folder: &Path, file: &str) -> String {
    let path = folder.join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Rows by the names of their columns. A field may stand in quotes.
fn tabs(text: &str) -> Vec<HashMap<String, String>> {
    let mut lines = text.lines().map(|line| line.split('\t').map(unquoted).collect::<Vec<_>>());
    let names = lines.next().unwrap_or_default();
    let whole = lines.filter(|fields| fields.len() == names.len());
    whole.map(|fields| names.iter().cloned().zip(fields).collect()).collect()
}

fn unquoted(field: &str) -> String {
    let inner = field.strip_prefix('"').and_then(|field| field.strip_suffix('"'));
    inner.map_or_else(|| field.to_owned(), |inner| inner.replace("\"\"", "\""))
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn id_of(id: &str) -> String {
    format!("p-{id}")
}

fn attributes<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let is_short = |text: &str| (1..=ATTRIBUTE_MAX).contains(&text.chars().count());
    pairs.filter(|(name, value)| is_short(name) && is_short(value)).map(|(n, v)| (n.to_owned(), json!(v))).collect()
}

/// A product as the importer prints it.
fn product(id: &str, [title, told]: [&String; 2], category: &str, attributes: Value, rating: Option<Value>) -> Value {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let mut product = json!({
        "id": id_of(id), "title": cut(title, TITLE_MAX), "description": cut(told, DESCRIPTION_MAX),
        "category_id": category, "seller_id": "others", "attributes": attributes,
        "variants": [{ "sku": id_of(id), "price": { "amount": 1_000 }, "stock": { "here": 1 } }],
    });
    if let Some(rating) = rating {
        product["rating"] = rating;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(crate::support::fresh("published"));
        fs::create_dir_all(&folder).unwrap();
        files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).unwrap());
        folder
    }

    #[test]
    fn files_of_wands_shape_are_read() {
        let products = "product_id\tproduct_name\tproduct_class\tcategory hierarchy\tproduct_description\tproduct_features\trating_count\taverage_rating\treview_count\n\
            7\toak bench\tBenches\tFurniture / Benches\t\"made of \"\"oak\"\"\"\tcolor:brown|seats:2\t15\t4.5\t3\n\
            8\tpine stool\tStools\tFurniture / Stools\tsmall\t\t\t\t\n";
        let queries = "query_id\tquery\tquery_class\n0\twooden bench\tBenches\n1\tunjudged\t\n";
        let labels = "id\tquery_id\tproduct_id\tlabel\n0\t0\t7\tExact\n1\t0\t8\tPartial\n";
        let folder = folder(&[("product.csv", products), ("query.csv", queries), ("label.csv", labels)]);
        let Published { catalogue, judged } = wands(&folder);
        fs::remove_dir_all(folder).unwrap();
        let bench = &catalogue.products[0];
        assert_eq!((&bench["title"], &bench["description"]), (&json!("oak bench"), &json!("made of \"oak\"")));
        assert_eq!(bench["attributes"], json!({ "color": "brown", "seats": "2" }));
        let path = catalogue.path(bench["category_id"].as_str().unwrap());
        assert_eq!(path.iter().map(|name| &name["name"]).collect::<Vec<_>>(), ["Furniture", "Benches"]);
        assert_eq!((judged.len(), judged[0].q.as_str()), (1, "wooden bench"));
        assert!(judged[0].value_of(&["p-7".to_owned()]) > judged[0].value_of(&["p-8".to_owned()]));
        assert!((judged[0].value_of(&["p-7".to_owned(), "p-8".to_owned()]) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn files_of_escis_shape_are_read() {
        let products = r#"{"product_id": "B1", "product_title": "Red kettle", "product_description": null, "product_bullet_point": "1 litre", "product_brand": "Acme", "product_color": "Red", "product_locale": "us"}
            {"product_id": "B2", "product_title": "Hervidor", "product_locale": "es"}"#;
        let examples = r#"{"query_id": 3, "query": "red kettle", "product_id": "B1", "product_locale": "us", "esci_label": "E"}
            {"query_id": 3, "query": "red kettle", "product_id": "B9", "product_locale": "us", "esci_label": "S"}
            {"query_id": 4, "query": "hervidor", "product_id": "B2", "product_locale": "es", "esci_label": "E"}"#;
        let folder = folder(&[("products.jsonl", products), ("examples.jsonl", examples)]);
        let Published { catalogue, judged } = esci(&folder);
        fs::remove_dir_all(folder).unwrap();
        assert_eq!((catalogue.products.len(), judged.len()), (1, 1));
        assert_eq!(catalogue.products[0]["attributes"], json!({ "brand": "Acme", "colour": "Red" }));
        let best = judged[0].value_of(&["p-B1".to_owned(), "p-B9".to_owned()]);
        assert!(best > judged[0].value_of(&["p-B9".to_owned(), "p-B1".to_owned()]) && (best - 1.0).abs() < 1e-9);
    }
}
