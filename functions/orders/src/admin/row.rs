use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    ids::{OrderId, UserId},
    money::Money,
    order::{Need, OrderStatus},
};
use souk_dynamo::Cursor;
use souk_orders::Place;
use souk_runtime::http::{Problem, page_size};
use souk_workflows::find_orders::{FoundOrder, FoundPage};
use utoipa::ToSchema;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// An order in a list for operators.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundOrder)]
struct RowView<'a> {
    order_id: &'a OrderId,
    status: OrderStatus,
    total: Money,
    placed_at: Timestamp,
    user_id: &'a UserId,
    /// What it needs a hand for.
    needs: &'a [Need],
}

/// A page of orders for operators.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundOrdersPage)]
pub(crate) struct RowsView<'a> {
    /// May be fewer than were asked for, or none, while another page follows.
    orders: Vec<RowView<'a>>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

impl<'a> RowsView<'a> {
    /// The page, with a cursor that is bound to what was asked.
    pub(crate) fn of(page: &'a FoundPage, asked: &str) -> Self {
        let row = |FoundOrder { order, needs }: &'a FoundOrder| RowView {
            order_id: &order.order_id,
            status: order.status,
            total: order.total,
            placed_at: order.created_at,
            user_id: &order.user_id,
            needs,
        };
        let cursor = page.next.clone().map(|next| Cursor(next).encode(asked));
        Self { orders: page.orders.iter().map(row).collect(), cursor }
    }
}

/// How many orders a page holds.
pub(crate) fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    page_size(asked, DEFAULT_LIMIT, 1..=MAX_LIMIT)
}

/// Where a page begins.
pub(crate) fn place(cursor: Option<&str>, asked: &str) -> Result<Option<Place>, Problem> {
    let cursor = cursor.map(|text| Cursor::<Place>::decode(text, asked)).transpose()?;
    Ok(cursor.map(|Cursor(place)| place))
}
