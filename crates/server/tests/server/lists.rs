use viruj_api::lists::PageQuery;
use viruj_client::Client;
use viruj_domain::plant::PlantScope;
use viruj_storage::ChangeContext;
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::sessions::problem;

over_both_transports! {
    lists_come_in_pages_for_those_who_may_and_for_their_plants,
}

async fn add_gate_entry(app: &TestApp, number: i32, plant: &str) {
    let context = ChangeContext::person(PlantScope::All, "security", Some("arrival"));
    let mut unit = app.storage().begin(context).await.unwrap();
    sqlx::query(
        "INSERT INTO gate_entries (id, entry_code, material_name, vehicle_number, quantity, uom, plant_id, created_at)
         VALUES (gen_random_uuid(), $1, 'Lactose', 'TS 09', 500.500, 'kg', $2, now() + $3 * interval '1 second')",
    )
    .bind(format!("1126{number:03}"))
    .bind(plant)
    .bind(number)
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
}

async fn lists_come_in_pages_for_those_who_may_and_for_their_plants(app: TestApp, client: Client) {
    for number in 1..=5 {
        add_gate_entry(&app, number, "plant-a").await;
    }
    add_gate_entry(&app, 6, world::OTHER_PLANT).await;
    let security = app.sign_in(&client, &world::email("security")).await;
    let mut codes = Vec::new();
    let mut query = PageQuery { limit: Some(2), cursor: None };
    loop {
        let page = client.gate_entries(&security.access_token, &query).await.unwrap();
        codes.extend(page.items.iter().map(|entry| entry.entry_code.clone()));
        assert!(page.items.iter().all(|entry| entry.quantity.unwrap().to_string() == "500.500"));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(codes, ["1126005", "1126004", "1126003", "1126002", "1126001"], "P11-10d: no row of another plant");
    let whole = PageQuery::default();
    for refused in [
        problem(client.goods_receipts(&security.access_token, &whole).await),
        problem(client.quality_samples(&security.access_token, &whole).await),
        problem(client.quality_tests(&security.access_token, &whole).await),
        problem(client.materials(&security.access_token, &whole).await),
    ] {
        assert_eq!(refused.code, "not_authorised");
    }
    let qa = app.sign_in(&client, &world::email("qa-manager")).await;
    assert!(client.goods_receipts(&qa.access_token, &whole).await.unwrap().items.is_empty());
    assert!(client.quality_samples(&qa.access_token, &whole).await.unwrap().items.is_empty());
    assert!(client.quality_tests(&qa.access_token, &whole).await.unwrap().items.is_empty());
    assert!(client.materials(&qa.access_token, &whole).await.unwrap().items.is_empty());
    let forged = PageQuery { limit: None, cursor: Some("not ours".into()) };
    assert_eq!(problem(client.gate_entries(&security.access_token, &forged).await).code, "cursor_invalid");
}
