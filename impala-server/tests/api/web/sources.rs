//! Sources on pages: uploading without a script, looking, going back.

use super::{Browser, RAIN, ann_with_canvas, between};
use crate::support::Server;

#[tokio::test]
async fn a_file_comes_by_a_plain_form_and_is_looked_at() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let to = Browser::leads(&ann.upload("/ann/p/sources", "Sales 2026.csv", "city,pay\nRom,1\n").await);
    assert_eq!(to, "/ann/p/sources/sales-2026");
    let page = ann.get(&to).await.text();
    for part in ["<h1>sales-2026</h1>", "city", "integer", "1 to 1 of 1", "Make a canvas", "current"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(ann.get("/ann/p").await.text().contains("/ann/p/sources/sales-2026"));
}

#[tokio::test]
async fn a_bad_file_is_refused_with_its_row_and_column() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let answer = ann.upload("/ann/p/sources", "bad.csv", "a,b\n1,2\n3\n").await;
    assert_eq!(answer.status.as_u16(), 422);
    let page = answer.text();
    assert!(
        page.contains("Row 2, line 3, column &quot;b&quot;") && page.contains("role=\"alert\""),
        "{page}"
    );
    assert_eq!(ann.get("/ann/p/sources/bad").await.status.as_u16(), 404);
}

#[tokio::test]
async fn an_earlier_version_is_seen_and_made_current() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    Browser::leads(&ann.upload("/ann/p/sources", "rain.csv", &format!("{RAIN}2026-01-04,sun,0\n")).await);
    let page = ann.get("/ann/p/sources/rain").await.text();
    assert!(page.contains("1 to 4 of 4"), "{page}");
    let earlier = ann.get("/ann/p/sources/rain?version=1").await.text();
    assert!(earlier.contains("1 to 3 of 3") && earlier.contains("rain @1"), "{earlier}");
    Browser::leads(&ann.post("/ann/p/sources/rain/rollback", &[("version", "1")]).await);
    assert!(ann.get("/ann/p/sources/rain").await.text().contains("1 to 3 of 3"));
    assert_eq!(ann.get("/ann/p/sources/rain?version=9").await.status.as_u16(), 404);
}

#[tokio::test]
async fn rows_are_paged() {
    let server = Server::start().await;
    let ann = ann_with_canvas(&server).await;
    let csv = (0..120).fold("n\n".to_owned(), |csv, n| format!("{csv}{n}\n"));
    Browser::leads(&ann.upload("/ann/p/sources", "many.csv", &csv).await);
    let page = ann.get("/ann/p/sources/many").await.text();
    let next = between(&page, "rel=\"next\" href=\"", "\"").unwrap().replace("&amp;", "&");
    let page = ann.get(&format!("/ann/p/sources/many{}", next.trim_end_matches("#rows"))).await.text();
    assert!(page.contains("51 to 100 of 120"), "{page}");
}
