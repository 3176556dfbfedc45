//! Batches as the interface lists them.

use http::Method;
use viruj_api::batches::{BatchOrder, BatchQuery};
use viruj_client::Client;
use viruj_domain::{batch::BatchStatus, plant::PlantScope};
use viruj_storage::ChangeContext;
use viruj_sync::conformance::world::batch;
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    sec_16_batches_of_other_plants_are_not_there,
    batches_are_read_page_by_page_in_every_order,
    sec_23_batches_are_sorted_and_filtered_by_what_is_allowed,
}

/// Twelve batches, some begun at the same moment, in both plants.
async fn add_batches(app: &TestApp) {
    let mut unit = app.storage().begin(ChangeContext::system(PlantScope::All, "test", None)).await.unwrap();
    sqlx::query(
        "INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit, plant_id)
         SELECT 'more-' || n, CASE n % 2 WHEN 0 THEN 'Paracetamol 500 mg' ELSE 'Ibuprofen 400 mg' END,
             'MOR-26-' || lpad(((n * 7) % 12)::text, 3, '0'), CASE n % 3 WHEN 0 THEN 'Planned' ELSE 'On Hold' END,
             '2026-11-01T06:00:00Z'::timestamptz + (n / 3) * interval '1 hour', 200.50, 'kg',
             CASE n % 4 WHEN 0 THEN 'plant-b' ELSE 'plant-a' END
         FROM generate_series(0, 11) AS n",
    )
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
}

async fn sec_16_batches_of_other_plants_are_not_there(app: TestApp, client: Client) {
    add_batches(&app).await;
    let token = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    let seen = client.batches(&token, &BatchQuery::default()).await.unwrap().items;
    assert_eq!(seen.len(), 10);
    assert!(seen.iter().all(|row| row.plant_id.as_str() == "plant-a"));
    let known = client.batch(&token, &batch().id).await.unwrap();
    assert_eq!((known.number, known.quantity), (batch().number, batch().quantity));
    let nobodys = problem(client.batch(&token, &"nobodys".into()).await);
    for other in ["more-0", "more-4", "\0"] {
        let mut refused = problem(client.batch(&token, &other.into()).await);
        refused.request_id = nobodys.request_id.clone();
        assert_eq!(refused, nobodys, "{other:?}");
    }
    let elsewhere = BatchQuery { plant_id: Some(world::OTHER_PLANT.into()), ..BatchQuery::default() };
    assert!(client.batches(&token, &elsewhere).await.unwrap().items.is_empty());
    let sales = app.sign_in(&client, &world::email("sales")).await.access_token;
    assert_eq!(problem(client.batches(&sales, &elsewhere).await).code, "not_authorised");
}

async fn batches_are_read_page_by_page_in_every_order(app: TestApp, client: Client) {
    add_batches(&app).await;
    let token = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    for (ascending, descending) in
        [(BatchOrder::StartedAt, BatchOrder::StartedAtDescending), (BatchOrder::Number, BatchOrder::NumberDescending)]
    {
        let mut orders = Vec::new();
        for sort in [ascending, descending] {
            let whole = BatchQuery { sort: Some(sort), ..BatchQuery::default() };
            let all = client.batches(&token, &whole).await.unwrap();
            let mut query = BatchQuery { limit: Some(3), ..whole };
            let mut read = Vec::new();
            loop {
                let page = client.batches(&token, &query).await.unwrap();
                read.extend(page.items);
                let Some(cursor) = page.next_cursor else { break };
                query.cursor = Some(cursor);
            }
            assert_eq!(read, all.items, "{sort:?}");
            orders.push(read);
        }
        orders[1].reverse();
        assert_eq!(orders[0], orders[1], "{ascending:?}");
        let sorted = orders[0].is_sorted_by_key(|row| (row.started_at, row.id.clone()));
        let by_number = orders[0].is_sorted_by_key(|row| row.number.clone());
        assert!(if ascending == BatchOrder::Number { by_number } else { sorted });
    }
}

async fn sec_23_batches_are_sorted_and_filtered_by_what_is_allowed(app: TestApp, client: Client) {
    add_batches(&app).await;
    let token = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    let count = |query: BatchQuery| {
        let (client, token) = (client.clone(), token.clone());
        async move { client.batches(&token, &query).await.unwrap().items.len() }
    };
    let held = BatchQuery { status: Some(BatchStatus::OnHold), ..BatchQuery::default() };
    assert_eq!(count(held).await, 6);
    let searched = BatchQuery { search: Some("IBUPROFEN".into()), ..BatchQuery::default() };
    assert_eq!(count(searched).await, 6);
    let numbered = BatchQuery { search: Some("mor-26-001".into()), ..BatchQuery::default() };
    assert_eq!(count(numbered).await, 1);
    let nobodys = BatchQuery { assigned_to: Some("no\0body".into()), ..BatchQuery::default() };
    assert_eq!(count(nobodys).await, 0);
    for refused in ["sort=hold_reason", "sort=started_at,number", "status=Lost", "plant=plant-a", "order=asc"] {
        let answer = raw::send(&app, Method::GET, &format!("/api/v1/batches?{refused}"), Some(&token), "").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, "invalid_query"), "{refused}");
    }
    let first = client.batches(&token, &BatchQuery { limit: Some(1), ..BatchQuery::default() }).await.unwrap();
    let other = BatchQuery { sort: Some(BatchOrder::Number), cursor: first.next_cursor, ..BatchQuery::default() };
    assert_eq!(problem(client.batches(&token, &other).await).code, "cursor_invalid");
}
