use ed25519_dalek::SigningKey;
use viruj_api::{
    accounts::ChangePassword,
    person_keys::{CertifyPersonKey, PersonKeyRow},
    sync::{FeedChange, SYSTEM_FEED},
};
use viruj_client::Client;
use viruj_domain::{phase::PhaseEntry, signature::SignatureMeaning};
use viruj_sync::{
    conformance::world::{OTHER_STATION, operator, person_key, rpm, statement},
    signing::{prove_possession, public_key, sign_statement, statement_bytes, to_base64, verify_certificate},
    store::Exchange,
};
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::sessions::problem;

over_both_transports! {
    a_key_is_certified_for_who_holds_it_and_knows_the_password,
    a_person_has_one_key_at_a_station,
    a_changed_password_retires_every_key_and_the_feed_tells_it,
    what_a_certified_key_signed_is_accepted,
}

fn request(station: &TestStation, key: &SigningKey) -> CertifyPersonKey {
    CertifyPersonKey {
        station_id: station.id,
        public_key: to_base64(key.verifying_key().as_bytes()),
        possession: prove_possession(&operator().id, station.id, key),
        password: world::PASSWORD.to_owned(),
    }
}

fn another_key() -> SigningKey {
    SigningKey::from_bytes(&[10; 32])
}

/// The keys as a station reads them out of the system feed, the newest state of each.
async fn told(station: &TestStation) -> Vec<PersonKeyRow> {
    let page = station.exchange.pull(SYSTEM_FEED, None).await.unwrap();
    let mut rows: Vec<PersonKeyRow> = Vec::new();
    for entry in page.entries {
        if let FeedChange::PersonKey(row) = entry.change {
            rows.retain(|known| known.key_id != row.key_id);
            rows.push(row);
        }
    }
    rows
}

async fn a_key_is_certified_for_who_holds_it_and_knows_the_password(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    let token = session.access_token.as_str();
    let good = request(&station, &person_key());
    let not_held = CertifyPersonKey { public_key: to_base64(another_key().verifying_key().as_bytes()), ..good.clone() };
    let elsewhere = CertifyPersonKey { station_id: OTHER_STATION, ..good.clone() };
    let unknown_station = CertifyPersonKey {
        station_id: OTHER_STATION,
        possession: prove_possession(&operator().id, OTHER_STATION, &person_key()),
        ..good.clone()
    };
    let no_key = CertifyPersonKey { public_key: "AAAA".to_owned(), ..good.clone() };
    let wrong = CertifyPersonKey { password: "not the password".to_owned(), ..good.clone() };
    for (asked, code, status) in [
        (not_held, "invalid_key", 422),
        (elsewhere, "invalid_key", 422),
        (unknown_station, "not_found", 404),
        (no_key, "invalid_key", 422),
        (wrong, "wrong_password", 401),
    ] {
        let refused = problem(client.certify_key(token, &asked).await);
        assert_eq!((refused.code.as_str(), refused.status), (code, status));
    }
    assert!(told(&station).await.is_empty(), "nothing came of it");
    let given = client.certify_key(token, &good).await.unwrap();
    let server = client.server().await.unwrap();
    let keys: Vec<_> = server.signing_keys.iter().map(|key| public_key(&key.public_key).unwrap()).collect();
    let certificate = verify_certificate(&given, &keys).unwrap();
    assert_eq!((certificate.person_id, certificate.station_id), (operator().id, station.id));
    assert_eq!((certificate.expires_at - certificate.certified_at).num_days(), 30);
    assert_eq!(certificate.person_name, operator().name);
    // Somebody else does not get it for themselves.
    let other = app.sign_in(&client, &world::email("qa-manager")).await;
    let theirs =
        CertifyPersonKey { possession: prove_possession(&"qa-manager".into(), station.id, &person_key()), ..good };
    let refused = problem(client.certify_key(&other.access_token, &theirs).await);
    assert_eq!((refused.code.as_str(), refused.status), ("key_retired", 409));
}

async fn a_person_has_one_key_at_a_station(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    let token = session.access_token.as_str();
    client.certify_key(token, &request(&station, &person_key())).await.unwrap();
    app.clock.advance_seconds(60);
    client.certify_key(token, &request(&station, &person_key())).await.unwrap();
    let [once] = told(&station).await.try_into().unwrap();
    assert_eq!(once.retired_at, None, "the same key once more is the same key with a new life");
    client.certify_key(token, &request(&station, &another_key())).await.unwrap();
    let (retired, kept): (Vec<_>, Vec<_>) = told(&station).await.into_iter().partition(|row| row.retired_at.is_some());
    assert_eq!((retired.len(), kept.len()), (1, 1));
    assert_eq!(retired[0].key_id, once.key_id);
    let refused = problem(client.certify_key(token, &request(&station, &person_key())).await);
    assert_eq!(refused.code, "key_retired", "what is retired stays so");
    let [row] =
        told(&station).await.into_iter().filter(|row| row.retired_at.is_none()).collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(row.key_id, kept[0].key_id, "the refusal has changed nothing");
}

async fn a_changed_password_retires_every_key_and_the_feed_tells_it(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    client.certify_key(&session.access_token, &request(&station, &person_key())).await.unwrap();
    app.clock.advance_seconds(60);
    let change = ChangePassword {
        current_password: world::PASSWORD.to_owned(),
        new_password: "a longer word for the next shift".to_owned(),
    };
    client.change_password(&session.access_token, &change).await.unwrap();
    let [row] = told(&station).await.try_into().unwrap();
    assert!(row.retired_at.is_some());
    let mut trail = app.database.superuser().await;
    let told: Vec<(String, String)> =
        sqlx::query_as("SELECT actor, action FROM audit_entries WHERE entity = 'person_keys' ORDER BY seq")
            .fetch_all(&mut trail)
            .await
            .unwrap();
    let by = operator().id.0;
    assert_eq!(told, [(by.clone(), "created".to_owned()), (by, "changed".to_owned())]);
    let revived =
        sqlx::query("UPDATE person_keys SET retired_at = NULL, retired_cause = NULL").execute(&mut trail).await;
    assert!(revived.is_err(), "whoever writes the row");
}

async fn what_a_certified_key_signed_is_accepted(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    let certificate = client.certify_key(&session.access_token, &request(&station, &person_key())).await.unwrap();
    let mut third = statement(3, 3, PhaseEntry::Confirmed);
    third.meaning = Some(SignatureMeaning::Performed);
    let slot = sign_statement(&statement_bytes(&third).unwrap(), &person_key(), certificate);
    let operations = [
        station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        station.writer.unsigned(&statement(2, 2, rpm("100"))),
        station.writer.write(&third, slot),
    ];
    let answer = station.push(&operations).await.unwrap();
    let words: Vec<_> = answer.verdicts.iter().map(|verdict| verdict.verdict.word()).collect();
    assert_eq!(words, ["accepted"; 3]);
}
