//! Two servers on one database: what changes on the one is felt on the other.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::AssertSqlSafe;
use viruj_api::sessions::OpenSession;
use viruj_client::{Client, Transport};
use viruj_server::{Application, application};
use viruj_test_support::{Reach, TestApp, world};

const ONE_SECOND: Duration = Duration::from_secs(1);

struct Replicas {
    app: TestApp,
    one: Client,
    other: Client,
    second: Application,
}

impl Replicas {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let second = application(&app.settings, Arc::new(app.clock.clone())).await.unwrap();
        let other = Client::new(Transport::in_process(second.router()));
        Self { one: app.client(Reach::InProcess), other, app, second }
    }

    /// Runs statements as somebody beside both servers, in one transaction with an author.
    async fn change(&self, statements: &str) {
        let sql = format!(
            "BEGIN; SELECT set_config('viruj.actor', 'system:test', true), set_config('viruj.reason', 'test', true);
             {statements}; COMMIT"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.app.database.superuser().await).await.unwrap();
    }

    /// How long the other replica goes on believing the session; it is asked without a pause.
    async fn believed_for(&self, session: &OpenSession) -> Duration {
        let begun = Instant::now();
        while self.other.me(&session.access_token).await.is_ok() {
            assert!(begun.elapsed() < 10 * ONE_SECOND, "the session is believed for ever");
        }
        begun.elapsed()
    }

    /// Waits until the other replica answers from what it keeps: it needs no connection for it.
    async fn kept(&self, session: &OpenSession) {
        let begun = Instant::now();
        loop {
            let looked_up = self.second.state().live_sessions.get(session.session_id, self.second.state().clock.now());
            if looked_up.is_ok() {
                return;
            }
            self.other.me(&session.access_token).await.unwrap();
            assert!(begun.elapsed() < 10 * ONE_SECOND, "the session is never kept");
        }
    }

    /// Ends the connections on which the servers listen; gives how many there were.
    async fn deafen(&self) -> i64 {
        sqlx::query_scalar(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND application_name = 'viruj listening'",
        )
        .fetch_one(&mut self.app.database.superuser().await)
        .await
        .unwrap()
    }

    async fn sign_in(&self, id: &str) -> OpenSession {
        self.app.sign_in(&self.one, &world::email(id)).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_07_an_end_on_one_replica_takes_effect_on_the_other_within_a_second() {
    let replicas = Replicas::start().await;
    let session = replicas.sign_in("qa-manager").await;
    replicas.kept(&session).await;
    replicas.one.sign_out(&session.access_token).await.unwrap();
    let believed = replicas.believed_for(&session).await;
    assert!(believed < ONE_SECOND, "signed out: {believed:?}");

    let session = replicas.sign_in("qa-manager").await;
    replicas.kept(&session).await;
    replicas.change("UPDATE users SET is_active = false WHERE id = 'qa-manager'").await;
    let believed = replicas.believed_for(&session).await;
    assert!(believed < ONE_SECOND, "deactivated: {believed:?}");

    let session = replicas.sign_in("warehouse").await;
    replicas.kept(&session).await;
    replicas.change("DELETE FROM sessions").await;
    let believed = replicas.believed_for(&session).await;
    assert!(believed < ONE_SECOND, "purged: {believed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_07_another_role_and_other_plants_take_effect_within_a_second() {
    let replicas = Replicas::start().await;
    let session = replicas.sign_in("warehouse").await;
    let mut last = replicas.other.me(&session.access_token).await.unwrap();
    for change in [
        "UPDATE users SET role = 'Security Officer', department = 'Security' WHERE id = 'warehouse'",
        "INSERT INTO user_plants (user_id, plant_id) VALUES ('warehouse', 'plant-b')",
        "UPDATE users SET name = 'Wanda Hill' WHERE id = 'warehouse'",
        "DELETE FROM user_plants WHERE user_id = 'warehouse' AND plant_id = 'plant-b'",
        "UPDATE plants SET manager_id = 'warehouse' WHERE id = 'plant-b'",
        "UPDATE plants SET manager_id = NULL WHERE id = 'plant-b'",
    ] {
        replicas.kept(&session).await;
        replicas.change(change).await;
        let begun = Instant::now();
        loop {
            let now = replicas.other.me(&session.access_token).await.unwrap();
            if now != last {
                last = now;
                break;
            }
            assert!(begun.elapsed() < ONE_SECOND, "{change}");
        }
    }
}

/// What a sign-in counts and what a refresh writes are no changes of the person, so nothing is looked up again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_nobody_is_not_told() {
    let replicas = Replicas::start().await;
    let session = replicas.sign_in("warehouse").await;
    replicas.kept(&session).await;
    replicas.change("UPDATE users SET failed_sign_ins = failed_sign_ins + 1 WHERE id = 'warehouse'").await;
    replicas.change("UPDATE sessions SET last_used_at = last_used_at + interval '1 second'").await;
    // A change that is told ends the wait: whatever was told before it has been heard.
    let other = replicas.sign_in("qa-manager").await;
    replicas.kept(&other).await;
    replicas.one.sign_out(&other.access_token).await.unwrap();
    replicas.believed_for(&other).await;
    let state = replicas.second.state();
    assert!(state.live_sessions.get(session.session_id, state.clock.now()).is_ok());
}

/// Without the database's word nothing would end the session; without the connection nothing that was kept counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_07_a_replica_that_cannot_hear_asks_the_database() {
    let replicas = Replicas::start().await;
    let session = replicas.sign_in("qa-manager").await;
    replicas.kept(&session).await;
    let muted = "ALTER TABLE sessions DISABLE TRIGGER tell_change";
    sqlx::raw_sql(muted).execute(&mut replicas.app.database.superuser().await).await.unwrap();
    replicas.change("UPDATE sessions SET revoked_at = now(), revoked_cause = 'test'").await;
    replicas.other.me(&session.access_token).await.unwrap();
    assert_eq!(replicas.deafen().await, 2);
    let believed = replicas.believed_for(&session).await;
    assert!(believed < ONE_SECOND, "{believed:?}");

    // It listens again, and what it is told counts again.
    let spoken = "ALTER TABLE sessions ENABLE TRIGGER tell_change";
    sqlx::raw_sql(spoken).execute(&mut replicas.app.database.superuser().await).await.unwrap();
    let session = replicas.sign_in("warehouse").await;
    replicas.kept(&session).await;
    replicas.one.sign_out(&session.access_token).await.unwrap();
    let believed = replicas.believed_for(&session).await;
    assert!(believed < ONE_SECOND, "{believed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_07_a_change_while_a_session_is_looked_up_is_not_lost() {
    let replicas = Replicas::start().await;
    let session = replicas.sign_in("qa-manager").await;
    replicas.kept(&session).await;
    let state = replicas.second.state();
    let now = state.clock.now();
    let caller = state.live_sessions.get(session.session_id, now).unwrap();
    state.live_sessions.forget(session.session_id);
    let looking = state.live_sessions.get(session.session_id, now).unwrap_err();
    state.live_sessions.forget_person(&session.person.id);
    state.live_sessions.keep(looking, &caller, session.refresh_expires_at);
    assert!(state.live_sessions.get(session.session_id, now).is_err(), "what was read before the change is not kept");
}
