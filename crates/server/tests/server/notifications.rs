//! What the system tells a person.

use viruj_api::notifications::NotificationQuery;
use viruj_client::Client;
use viruj_domain::plant::PlantScope;
use viruj_storage::ChangeContext;
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::sessions::problem;

over_both_transports! {
    a_person_reads_their_own_notifications_and_no_others,
}

async fn a_person_reads_their_own_notifications_and_no_others(app: TestApp, client: Client) {
    let mut unit = app.storage().begin(ChangeContext::system(PlantScope::All, "test", None)).await.unwrap();
    sqlx::query(
        "INSERT INTO notifications (id, user_id, title, message, created_at, plant_id) VALUES
         ('one', 'qa-manager', 'One', 'first', '2026-11-24T06:00:00Z', 'plant-a'),
         ('two', 'qa-manager', 'Two', 'of no plant', '2026-11-24T07:00:00Z', NULL),
         ('old', 'qa-manager', 'Old', 'without a time', NULL, 'plant-a'),
         ('hers', 'security', 'Hers', 'for somebody else', '2026-11-24T07:00:00Z', 'plant-a')",
    )
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
    let token = app.sign_in(&client, &world::email("qa-manager")).await.access_token;
    let titles = |query: NotificationQuery| {
        let (client, token) = (client.clone(), token.clone());
        async move {
            let page = client.notifications(&token, &query).await.unwrap();
            (page.items.into_iter().map(|row| row.title).collect::<Vec<_>>(), page.next_cursor)
        }
    };
    assert_eq!(titles(NotificationQuery::default()).await.0, ["Two", "One", "Old"]);
    let (first, cursor) = titles(NotificationQuery { limit: Some(1), ..NotificationQuery::default() }).await;
    assert_eq!(first, ["Two"]);
    assert_eq!(titles(NotificationQuery { cursor, ..NotificationQuery::default() }).await.0, ["One", "Old"]);
    let read = client.mark_notification_read(&token, "one").await.unwrap();
    assert!(read.is_read);
    app.clock.advance_seconds(60);
    let again = client.mark_notification_read(&token, "one").await.unwrap();
    assert_eq!(again, read, "the first time counts");
    let unread = NotificationQuery { is_read: Some(false), ..NotificationQuery::default() };
    assert_eq!(titles(unread).await.0, ["Two", "Old"]);
    for other in ["hers", "nobodys", "\0"] {
        assert_eq!(problem(client.mark_notification_read(&token, other).await).code, "not_found", "SEC-16 {other:?}");
    }
    let forged = NotificationQuery { cursor: Some("x".into()), ..NotificationQuery::default() };
    assert_eq!(problem(client.notifications(&token, &forged).await).code, "cursor_invalid");
    let mut trail = app.database.superuser().await;
    let told: Vec<(String, String)> = sqlx::query_as(
        "SELECT actor, action FROM audit_entries WHERE entity = 'notifications' AND entity_id = 'one' ORDER BY entry_id",
    )
    .fetch_all(&mut trail)
    .await
    .unwrap();
    assert_eq!(
        told,
        [("system:test", "created"), ("qa-manager", "changed")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
}
