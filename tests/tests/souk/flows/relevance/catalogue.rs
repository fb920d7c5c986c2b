//! Catalogue files as an index of the project's own definition.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    process::Command,
};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use souk_domain::{ids::Sku, money::Money};
use souk_search::{Action, AvailabilityFact, PriceFact, ProductPage, definition};

/// How many documents go in at once.
const AT_ONCE: usize = 500;
/// More than one, since a large shop's index has more: what is found and counted is the same.
pub const SHARDS: u32 = 2;

/// Products as the importer prints them, and the names that they refer to.
pub struct Catalogue {
    pub products: Vec<Value>,
    pub categories: HashMap<String, Value>,
    sellers: HashMap<String, String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

impl Catalogue {
    /// The project's own.
    pub fn sample() -> Self {
        Self::expand(&[])
    }

    /// The Retail Demo Store's, where it lies beside the project.
    pub fn retail() -> Option<Self> {
        let places = [root().join("../shared/data"), root().join("../../shared/data")];
        let files = places.iter().map(|place| place.join("retail-demo-store/products.yaml"));
        let file = files.into_iter().find(|file| file.exists());
        if file.is_none() {
            println!("the Retail Demo Store's products.yaml is not there: left out");
        }
        file.map(|file| Self::expand(&["--file", file.to_str().unwrap()]))
    }

    /// One without anything in it.
    pub fn empty() -> Self {
        let sellers = [("others".to_owned(), "Others".to_owned())].into();
        Self { products: Vec::new(), categories: HashMap::new(), sellers }
    }

    /// The category at the end of a path of names, which is there from then on: its id.
    pub fn add_path(&mut self, names: &[&str]) -> String {
        let mut parent = Value::Null;
        for end in 1..=names.len() {
            let letters = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
            let id: String = names[..end].join("--").chars().map(letters).take(64).collect();
            let category = json!({ "id": id, "name": names[end - 1], "parent_id": parent });
            self.categories.entry(id.clone()).or_insert(category);
            parent = json!(id);
        }
        parent.as_str().unwrap_or_default().to_owned()
    }

    fn expand(arguments: &[&str]) -> Self {
        let mut command = Command::new(std::env::var("SOUK_PYTHON").unwrap_or_else(|_| "python3".to_owned()));
        command.args(["-m", "souk_catalogue", "expand"]).args(arguments);
        let printed = command.env("PYTHONPATH", root().join("infra/catalogue")).current_dir(root()).output().unwrap();
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        let mut catalogue = Self::empty();
        for line in String::from_utf8(printed.stdout).unwrap().lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
            if let Some(product) = row.get("product") {
                catalogue.products.push(product.clone());
            } else if let Some(category) = row.get("category") {
                catalogue.categories.insert(id(category), category.clone());
            } else if let Some(seller) = row.get("seller") {
                catalogue.sellers.insert(id(seller), seller["name"].as_str().unwrap().to_owned());
            }
        }
        catalogue
    }

    /// The names from the root down to a category.
    pub fn path(&self, category_id: &str) -> Vec<Value> {
        let mut path = Vec::new();
        let mut next = self.categories.get(category_id);
        while let Some(category) = next {
            path.push(json!({ "category_id": category["id"], "name": category["name"] }));
            next = category["parent_id"].as_str().and_then(|parent| self.categories.get(parent));
        }
        path.reverse();
        path
    }

    /// Makes the index anew, unless it is there with the same definition and documents.
    pub async fn fill(&self, opensearch: &str, index: &str) {
        let send = async |method: Method, path: &str, body: String| {
            let request = Client::new().request(method, format!("{opensearch}/{path}")).body(body);
            let answer = request.header("content-type", "application/json").send().await.unwrap();
            answer.json::<Value>().await.unwrap()
        };
        send(Method::DELETE, index, String::new()).await;
        let made = send(Method::PUT, index, definition(SHARDS).to_string()).await;
        assert_eq!(made["acknowledged"], true, "{made}");
        let documents: Vec<_> = self.products.iter().map(|product| self.page(product).action()).collect();
        for chunk in documents.chunks(AT_ONCE) {
            let mut lines = String::new();
            for action in chunk {
                let Action::Index { product_id, document, .. } = action else { panic!("nothing is deleted") };
                lines += &format!("{}\n{document}\n", json!({ "index": { "_id": product_id } }));
            }
            let taken = send(Method::POST, &format!("{index}/_bulk"), lines).await;
            assert_eq!(taken["errors"], false, "{taken}");
        }
        send(Method::POST, &format!("{index}/_refresh"), String::new()).await;
    }

    /// The page that the shop would have of a product.
    fn page(&self, product: &Value) -> ProductPage {
        let mut of_page = product.clone();
        of_page["product_id"] = product["id"].clone();
        of_page["version"] = json!(1);
        of_page["created_at"] = json!("2026-11-24T00:00:00Z");
        of_page["images"] = json!([]);
        let variants = product["variants"].as_array().unwrap();
        let sku = |variant: &Value| -> Sku { variant["sku"].as_str().unwrap().parse().unwrap() };
        let prices: BTreeMap<_, _> = variants
            .iter()
            .map(|variant| {
                let price = Money::usd(variant["price"]["amount"].as_i64().unwrap()).unwrap();
                (sku(variant), PriceFact { price, version: 1 })
            })
            .collect();
        let availability: BTreeMap<_, _> = variants
            .iter()
            .map(|variant| {
                let stock = variant["stock"].as_object().unwrap().values();
                (sku(variant), AvailabilityFact { available: stock.filter_map(Value::as_u64).sum(), version: 1 })
            })
            .collect();
        let category_id = product["category_id"].as_str().unwrap();
        let names = self.path(category_id);
        let seller_id = product["seller_id"].as_str().unwrap();
        ProductPage {
            product_id: product["id"].as_str().unwrap().parse().unwrap(),
            revision: 1,
            deleted_at: None,
            catalog_version: 1,
            product: serde_json::from_value(of_page).unwrap(),
            category: serde_json::from_value(json!({ "category_id": category_id, "tree_revision": 1, "names": names }))
                .unwrap(),
            seller: serde_json::from_value(
                json!({ "seller_id": seller_id, "version": 1, "name": self.sellers.get(seller_id) }),
            )
            .unwrap(),
            further: BTreeMap::new(),
            collections: BTreeMap::new(),
            known_skus: variants.iter().map(sku).collect(),
            prices,
            availability,
        }
    }
}
