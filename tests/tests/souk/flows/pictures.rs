use crate::support::{fresh, stack};

#[tokio::test]
async fn a_picture_is_served_for_a_year_and_the_bucket_shows_nothing_else() {
    let guest = stack().guest();
    let path = stack().picture("<svg/>").await;
    let picture = guest.get(&path).await.expect(200);
    assert_eq!((picture.header("content-type"), &picture.body), ("image/svg+xml", &"<svg/>".into()));
    guest.get(&format!("/images/{}", fresh("nothing"))).await.expect(403);
}
