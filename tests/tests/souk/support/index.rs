use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use souk_dynamo::{AttributeValue, Update, n, s};

use super::{Stack, eventually};

const MANAGER: &str = "SearchIndexManager";
/// How long another test may keep the keeper of the index busy.
const FREE: Duration = Duration::from_secs(120);

impl Stack {
    /// Asks the keeper of the index for something.
    pub async fn keeper(&self, action: &str) -> Result<Value, String> {
        let answer = self.invoke(MANAGER, &json!({ "action": action })).await;
        answer.map_err(|error| error["errorType"].as_str().unwrap_or_else(|| panic!("{error}")).to_owned())
    }

    /// Asks it again for as long as another test keeps it busy.
    pub async fn keeper_once_free(&self, action: &str) -> Value {
        eventually(action, FREE, || async {
            match self.keeper(action).await {
                Err(error) if error == "KeeperBusy" => None,
                answer => Some(answer.unwrap_or_else(|error| panic!("{action}: {error}"))),
            }
        })
        .await
    }

    /// How far a reindex has come, once it is in this phase: its index.
    pub async fn reindexing(&self, phase: &str) -> String {
        let table = self.table("ProductPagesTable").await;
        let key = [("pk".to_owned(), s("reindex"))].into();
        let get = table.client().get_item().table_name(table.name()).set_key(Some(key)).consistent_read(true);
        eventually(phase, FREE, || async {
            let item = get.clone().send().await.unwrap().item?;
            let progress: Value = serde_json::from_str(item.get("progress")?.as_s().unwrap()).unwrap();
            (progress["phase"]["name"] == phase).then(|| progress["index"].as_str().unwrap().to_owned())
        })
        .await
    }

    /// The index of a reindex, once it is of another index than this one.
    pub async fn reindexing_another_than(&self, before: &str) -> String {
        eventually("a reindex begins", FREE, || async {
            let progress = self.keeper("reindex_progress").await.ok()?;
            progress["index"].as_str().filter(|index| *index != before).map(str::to_owned)
        })
        .await
    }

    /// Ends a worker's hold on the reindex, as two minutes of silence would.
    pub async fn end_reindex_lease(&self) {
        let table = self.table("ProductPagesTable").await;
        let ended = table.update(&[("pk", "reindex")], Update::new().set("held_until", n(0))).await.unwrap();
        assert!(ended.is_written());
    }

    /// Speaks to OpenSearch itself.
    pub async fn opensearch(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = Client::new().request(method, format!("{}{path}", self.opensearch_url));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        request.send().await.unwrap().json().await.unwrap()
    }

    /// The indices that there are, and the one of them that is searched.
    pub async fn indices(&self) -> (Vec<String>, String) {
        let all = self.opensearch(Method::GET, "/products-*/_alias", None).await;
        let all = all.as_object().unwrap();
        let live: Vec<_> = all.iter().filter(|(_, index)| !index["aliases"]["products"].is_null()).collect();
        assert_eq!(live.len(), 1, "{all:?}");
        (all.keys().cloned().collect(), live[0].0.clone())
    }

    /// The version of a document, from the index that is searched.
    pub async fn document_version(&self, sku: &str) -> Option<u64> {
        self.opensearch(Method::GET, &format!("/products/_doc/{sku}"), None).await["_version"].as_u64()
    }

    /// Writes a copy of a product's page that the edges would refuse: one of another product, with this
    /// many ratings.
    pub async fn write_page(&self, like: &str, id: &str, ratings: i64, revision: u64) {
        let table = self.table("ProductPagesTable").await;
        let get = table.client().get_item().table_name(table.name()).key("pk", s(format!("product#{like}")));
        let mut page = get.send().await.unwrap().item.expect("a page");
        let mut product = page["product"].as_m().unwrap().clone();
        let mut variant = product["variants"].as_l().unwrap()[0].as_m().unwrap().clone();
        variant.insert("sku".to_owned(), s(id));
        let rating = [("average".to_owned(), n(5)), ("count".to_owned(), n(ratings))].into();
        for (name, value) in [
            ("product_id", s(id)),
            ("variants", AttributeValue::L(vec![AttributeValue::M(variant)])),
            ("rating", AttributeValue::M(rating)),
        ] {
            product.insert(name.to_owned(), value);
        }
        for (name, value) in [
            ("pk", s(format!("product#{id}"))),
            ("product_id", s(id)),
            ("revision", n(revision)),
            ("known_skus", AttributeValue::Ss(vec![id.to_owned()])),
            ("product", AttributeValue::M(product)),
        ] {
            page.insert(name.to_owned(), value);
        }
        let put = table.client().put_item().table_name(table.name()).set_item(Some(page));
        put.send().await.unwrap();
    }
}
