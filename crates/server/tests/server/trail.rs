//! The audit trail as an administrator verifies it: 21 CFR 11.10(a), 11.10(e).

use sqlx::{AssertSqlSafe, Connection};
use viruj_test_support::{Reach, TestApp, world};

use crate::program::{SECRET_KEY, error_of, run};

async fn tamper(app: &TestApp, statements: &str) {
    let mut superuser = app.database.superuser().await;
    let mut transaction = superuser.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL session_replication_role = replica").execute(&mut *transaction).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

fn verify(app: &TestApp) -> (Option<i32>, String) {
    let keys = app.settings.key_dir.to_str().unwrap();
    let done = run(&["audit", "verify"], &[("DATABASE_URL", app.database.url.as_str()), ("VIRUJ_KEY_DIR", keys)]);
    let printed = String::from_utf8(done.stdout.clone()).unwrap();
    if !done.status.success() {
        assert!(error_of(&done).1.contains("not whole"), "{printed}");
    }
    (done.status.code(), printed)
}

/// Entries of the system's feed whose hashes fit, with another text in the last one.
const MAKE_THE_LAST_ENTRY_ANEW: &str = "
    UPDATE audit_entries SET new_text = 'nothing happened', hash = sha256(
        viruj_hashed_part('viruj-audit-v1') || viruj_hashed_part(convert_to(feed, 'UTF8'))
        || viruj_hashed_part(convert_to(seq::text, 'UTF8'))
        || viruj_hashed_part(convert_to((extract(epoch FROM at) * 1000000)::bigint::text, 'UTF8'))
        || viruj_hashed_part(convert_to(transaction_id::text, 'UTF8')) || viruj_hashed_part(convert_to(actor, 'UTF8'))
        || viruj_hashed_part(convert_to(station, 'UTF8')) || viruj_hashed_part(convert_to(operation, 'UTF8'))
        || viruj_hashed_part(convert_to(entity, 'UTF8')) || viruj_hashed_part(convert_to(entity_id, 'UTF8'))
        || viruj_hashed_part(convert_to(action, 'UTF8')) || viruj_hashed_part(convert_to(old_text, 'UTF8'))
        || viruj_hashed_part(convert_to('nothing happened', 'UTF8')) || viruj_hashed_part(convert_to(reason, 'UTF8'))
        || viruj_hashed_part(prev_hash))
    WHERE feed = 'system' AND seq = (SELECT seq FROM feeds WHERE feed = 'system');
    UPDATE feeds SET head_hash = (SELECT hash FROM audit_entries AS e WHERE e.feed = feeds.feed AND e.seq = feeds.seq)
    WHERE feed = 'system'";

const CUT_THE_LAST_ENTRY: &str = "
    DELETE FROM audit_entries WHERE feed = 'system' AND seq = (SELECT seq FROM feeds WHERE feed = 'system');
    UPDATE feeds SET seq = seq - 1, head_hash = (
        SELECT hash FROM audit_entries AS e WHERE e.feed = 'system' ORDER BY seq DESC LIMIT 1) WHERE feed = 'system'";

#[tokio::test(flavor = "multi_thread")]
async fn p11_10e2_audit_verify_names_the_first_broken_entry_and_a_cut_tail() {
    let app = TestApp::start().await;
    let (code, printed) = verify(&app);
    assert_eq!((code, printed.contains("there is no checkpoint")), (Some(0), true), "{printed}");
    // The newest entry is an event; no row tells of it.
    app.sign_in(&app.client(Reach::InProcess), &world::email("security")).await;
    let head: i64 = {
        let mut superuser = app.database.superuser().await;
        sqlx::query_scalar("SELECT seq FROM feeds WHERE feed = 'system'").fetch_one(&mut superuser).await.unwrap()
    };
    tamper(&app, CUT_THE_LAST_ENTRY).await;
    assert_eq!(verify(&app).0, Some(0), "without a checkpoint the cut is not seen");
    app.sign_in(&app.client(Reach::InProcess), &world::email("security")).await;

    app.application.write_checkpoint().await.unwrap();
    let (code, printed) = verify(&app);
    assert_eq!((code, printed.contains("The audit trail is whole.")), (Some(0), true), "{printed}");
    tamper(&app, MAKE_THE_LAST_ENTRY_ANEW).await;
    let (code, printed) = verify(&app);
    let expected = format!("Broken: entry {head} of the feed system is not the one that a checkpoint knows");
    assert_eq!((code, printed.contains(&expected)), (Some(5), true), "{printed}");
    tamper(&app, CUT_THE_LAST_ENTRY).await;
    let (code, printed) = verify(&app);
    let expected = format!("a checkpoint knows entry {head} of the feed system, which ends with {}", head - 1);
    assert_eq!((code, printed.contains(&expected)), (Some(5), true), "{printed}");
    // One byte of an older entry: it is named before what the checkpoint finds.
    tamper(&app, "UPDATE audit_entries SET new_text = overlay(new_text placing '#' from 3 for 1) WHERE feed = 'system' AND seq = 2")
        .await;
    let (_, printed) = verify(&app);
    assert_eq!(printed.lines().next(), Some("Broken: entry 2 of the feed system was altered."), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_10e2_a_checkpoint_is_written_by_a_command_and_a_forged_one_is_named() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let environment = [
        ("DATABASE_URL", app.database.url.as_str()),
        ("VIRUJ_KEY_DIR", app.settings.key_dir.to_str().unwrap()),
        ("VIRUJ_CHECKPOINT_DIR", folder.path().to_str().unwrap()),
        ("SECRET_KEY", SECRET_KEY),
    ];
    let done = run(&["audit", "checkpoint"], &environment);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    assert!(String::from_utf8(done.stdout).unwrap().contains(file.to_str().unwrap()));
    let done = run(&["audit", "verify"], &environment);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    std::fs::write(&file, "{}").unwrap();
    let done = run(&["audit", "verify"], &environment);
    assert_eq!(done.status.code(), Some(5));
    assert!(String::from_utf8(done.stdout).unwrap().contains("damaged or not signed by this server"));
}
