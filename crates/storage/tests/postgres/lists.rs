//! The pages of the lists: where one begins is found by an index, the millionth row like the first.

use std::{fs, path::Path};

use sqlx::{AssertSqlSafe, Row};

use crate::trail::open;

/// The statements of the pages as they are committed in `.sqlx`.
fn statements_of_pages() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.sqlx");
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap()["query"].as_str().unwrap().to_owned())
        .filter(|query| query.contains("ORDER BY CASE WHEN") && query.contains("id) < ($"))
        .collect()
}

#[tokio::test]
async fn a_page_far_down_is_found_by_an_index_under_row_level_security() {
    let (test, _database) = open().await;
    let mut connection = test.superuser().await;
    // Of a few rows PostgreSQL would read all.
    let settings = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
        SET viruj.plants = 'north'; SET ROLE viruj_runtime";
    sqlx::raw_sql(settings).execute(&mut connection).await.unwrap();
    let statements = statements_of_pages();
    assert_eq!(statements.len(), 6, "{statements:#?}");
    for statement in statements {
        let explained = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN (GENERIC_PLAN) {statement}")))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let plan: Vec<String> = explained.iter().map(|row| row.get(0)).collect();
        let is_found = plan.iter().any(|line| line.contains("Index Cond:") && line.contains("< ROW($"));
        assert!(is_found, "{statement}\n{}", plan.join("\n"));
    }
}
