//! The tree of categories.

use serde::{Deserialize, Serialize};
use souk_domain::ids::CategoryId;
use souk_dynamo::{StoreError, Transaction};
use utoipa::ToSchema;

use crate::{
    AttributeDefinition, Catalog, Key, PreconditionFailure, Put, Violation, definition,
    precondition::{Plan, Versioned, plan},
    store::{ATTEMPTS, pause, unchanged_since},
    violation::Violations,
};

const NAME_MAX: usize = 100;
/// How many levels the tree has at most.
pub(crate) const DEPTH_MAX: usize = 8;

/// What an operator decides about a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryDetails {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Under which category it stands; none for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<CategoryId>,
    /// The attributes of its products. Those of the categories above it hold as well, unless it says otherwise of one.
    /// A product is judged by them when it is put.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 30)]
    pub attributes: Vec<AttributeDefinition>,
}

/// A category as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Category {
    /// Its id.
    pub category_id: CategoryId,
    /// What an operator decides.
    #[serde(flatten)]
    pub details: CategoryDetails,
    /// Raised by one at every change.
    pub version: u64,
}

/// A category as the table and its stream hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryRecord {
    pub(crate) pk: String,
    /// What it is called.
    pub name: String,
    /// Under which category it stands. Key of the index by parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<CategoryId>,
    /// The attributes of its products.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeDefinition>,
    /// Raised by one at every change.
    pub version: u64,
}

/// Why a category was not put.
#[derive(Debug, thiserror::Error)]
pub enum PutCategoryError {
    /// Fields out of their limits.
    #[error("{} fields are out of their limits", .0.len())]
    Invalid(Vec<Violation>),
    /// The caller has not seen what they would overwrite.
    #[error(transparent)]
    Precondition(#[from] PreconditionFailure),
    /// There is no such parent.
    #[error("the parent does not exist")]
    UnknownParent,
    /// The parent is the category itself or stands below it.
    #[error("the category would stand below itself")]
    Cycle,
    /// The tree would have more than its levels.
    #[error("the tree has at most {DEPTH_MAX} levels")]
    TooDeep,
    /// The table did not answer or is too busy.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CategoryDetails {
    /// Checks everything that can be checked without looking anything up.
    ///
    /// # Errors
    /// All violations.
    pub fn check(&self) -> Result<(), Vec<Violation>> {
        let mut found = Violations::default();
        found.text("name", &self.name, NAME_MAX);
        definition::check(&self.attributes, &mut found);
        found.into_result()
    }
}

impl Versioned for Category {
    type Details = CategoryDetails;

    fn version(&self) -> u64 {
        self.version
    }

    fn details(&self) -> &CategoryDetails {
        &self.details
    }
}

/// One step on the way to the root, with the version at which it was seen.
struct Ancestor {
    pk: String,
    version: u64,
}

impl Catalog {
    /// A category.
    ///
    /// # Errors
    /// [`StoreError`]; an absent one is `None`.
    pub async fn category(&self, id: &CategoryId) -> Result<Option<Category>, StoreError> {
        let key = Key::Category(id.clone()).to_string();
        let record: Option<CategoryRecord> = self.table.get(&[("pk", &key)]).await?;
        Ok(record.map(|r| Category {
            category_id: id.clone(),
            details: CategoryDetails { name: r.name, parent_id: r.parent_id, attributes: r.attributes },
            version: r.version,
        }))
    }

    /// Creates, renames or moves a category.
    ///
    /// # Errors
    /// [`PutCategoryError`]; then nothing was written.
    pub async fn put_category(
        &self,
        id: &CategoryId,
        details: CategoryDetails,
        if_match: Option<u64>,
    ) -> Result<Put<Category>, PutCategoryError> {
        details.check().map_err(PutCategoryError::Invalid)?;
        for attempt in 0..ATTEMPTS {
            let present = self.category(id).await?;
            let moves = present.as_ref().is_none_or(|category| category.details.parent_id != details.parent_id);
            let (seen, version) = match plan(present, &details, if_match)? {
                Plan::Keep(category) => return Ok(Put::Unchanged(category)),
                Plan::Write { seen, version } => (seen, version),
            };
            let is_new = seen.is_none();
            let ancestors = if moves { self.ancestors_to_be(id, &details, is_new).await? } else { Vec::new() };
            let pk = Key::Category(id.clone()).to_string();
            let CategoryDetails { name, parent_id, attributes } = details.clone();
            let record = CategoryRecord { pk, name, parent_id, attributes, version };
            if self.write_category(&record, seen, &ancestors).await? {
                let category = Category { category_id: id.clone(), details, version };
                return Ok(Put::written(is_new, category));
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy("the category is being changed by others".to_owned()).into())
    }

    /// The way from the new parent to the root. Nothing stands below a category that is new, so it
    /// can close no cycle, and its ancestors need not stand still while it is written.
    async fn ancestors_to_be(
        &self,
        id: &CategoryId,
        details: &CategoryDetails,
        is_new: bool,
    ) -> Result<Vec<Ancestor>, PutCategoryError> {
        let mut way = Vec::new();
        let mut next = details.parent_id.clone();
        while let Some(ancestor_id) = next {
            if ancestor_id == *id {
                return Err(PutCategoryError::Cycle);
            }
            if way.len() == DEPTH_MAX {
                return Err(PutCategoryError::TooDeep);
            }
            let ancestor = self.category(&ancestor_id).await?.ok_or(PutCategoryError::UnknownParent)?;
            way.push(Ancestor { pk: Key::Category(ancestor_id).to_string(), version: ancestor.version });
            next = ancestor.details.parent_id;
        }
        let height = if is_new { 1 } else { self.height(id).await? };
        if way.len() + height > DEPTH_MAX {
            return Err(PutCategoryError::TooDeep);
        }
        Ok(if is_new { Vec::new() } else { way })
    }

    /// How many levels a category and what stands below it have. Read from an index, which may lag:
    /// the depth is a limit of convenience, only the absence of cycles is guaranteed.
    async fn height(&self, id: &CategoryId) -> Result<usize, StoreError> {
        let mut level = vec![id.clone()];
        let mut height = 0;
        while !level.is_empty() && height <= DEPTH_MAX {
            height += 1;
            let mut below = Vec::new();
            for category in &level {
                below.extend(self.children(category).await?);
            }
            level = below;
        }
        Ok(height)
    }

    /// A move is written only while all its new ancestors stand where they were seen: otherwise two
    /// moves at once could close a cycle that neither of them saw.
    async fn write_category(
        &self,
        record: &CategoryRecord,
        seen: Option<u64>,
        ancestors: &[Ancestor],
    ) -> Result<bool, StoreError> {
        let unchanged = unchanged_since(seen);
        if ancestors.is_empty() {
            return Ok(self.table.put_if(record, unchanged).await?.is_written());
        }
        let mut transaction = Transaction::new().put_if(&self.table, record, unchanged);
        for ancestor in ancestors {
            let unchanged = unchanged_since(Some(ancestor.version));
            transaction = transaction.check(&self.table, &[("pk", &ancestor.pk)], unchanged);
        }
        Ok(transaction.commit(self.table.client()).await?.is_committed())
    }
}
