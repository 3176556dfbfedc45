use uuid::Uuid;
use viruj_api::{
    leases::AskLease,
    lists::PageQuery,
    stations::{ChangeStationState, StationSignIn, StationState},
};
use viruj_client::{Client, ClientError};
use viruj_domain::{ids::StationId, plant::PlantScope};
use viruj_storage::ChangeContext;
use viruj_sync::{
    conformance::world::{OTHER_STATION, STATION, batch_id, operator, station_key},
    signing::answer_challenge,
    store::ExchangeError,
};
use viruj_test_support::{TestApp, TestStation, over_both_transports, station::registration, world};

use crate::sessions::problem;

over_both_transports! {
    an_administrator_registers_a_station_once,
    only_who_may_registers_a_station,
    p11_10h_an_unknown_or_suspended_station_is_refused,
    p11_10h_a_station_is_kept_out_and_let_in_again_and_a_retired_one_never,
    a_challenge_is_answered_once_and_in_time,
}

async fn an_administrator_registers_a_station_once(app: TestApp, client: Client) {
    let admin = app.sign_in(&client, &world::email("admin")).await;
    let wanted = registration(STATION, "plant-a");
    let first = client.register_station(&admin.access_token, &wanted).await.unwrap();
    assert_eq!(first.server.signing_keys, client.server().await.unwrap().signing_keys);
    let again = client.register_station(&admin.access_token, &wanted).await.unwrap();
    assert_eq!((again.station_id, again.registered_at), (first.station_id, first.registered_at));
    // The copy of a disk brings the same key under another name; a restored one the same id with another key.
    let mut copied = wanted.clone();
    copied.station_id = StationId(Uuid::from_u128(77));
    let mut restored = wanted.clone();
    restored.public_key = registration(OTHER_STATION, "plant-a").public_key;
    let mut moved = wanted.clone();
    moved.plant_id = world::OTHER_PLANT.into();
    for other in [copied, restored, moved] {
        assert_eq!(problem(client.register_station(&admin.access_token, &other).await).code, "station_key_taken");
    }
}

async fn only_who_may_registers_a_station(app: TestApp, client: Client) {
    let admin = app.sign_in(&client, &world::email("admin")).await;
    let manager = app.sign_in(&client, &world::email("qa-manager")).await;
    let wanted = registration(STATION, "plant-a");
    assert_eq!(problem(client.register_station(&manager.access_token, &wanted).await).code, "not_authorised");
    let nowhere = registration(STATION, "plant-z");
    assert_eq!(problem(client.register_station(&admin.access_token, &nowhere).await).code, "not_found");
    let mut broken = wanted.clone();
    broken.public_key = "AAAA".to_owned();
    assert_eq!(problem(client.register_station(&admin.access_token, &broken).await).code, "invalid_key");
    let mut nameless = wanted;
    nameless.name = "  ".to_owned();
    assert_eq!(problem(client.register_station(&admin.access_token, &nameless).await).code, "invalid_body");
}

async fn p11_10h_an_unknown_or_suspended_station_is_refused(app: TestApp, client: Client) {
    let stranger = TestStation::known(&client, OTHER_STATION);
    let refused = stranger.push(&[]).await.unwrap_err();
    assert_eq!(refused, ExchangeError::Refused { code: "station_refused".into(), status: 401 });
    let station = TestStation::register(&app, &client).await;
    station.push(&[]).await.unwrap();
    let mut unit = app.storage().begin(ChangeContext::person(PlantScope::All, "admin", Some("lost"))).await.unwrap();
    sqlx::query("UPDATE stations SET state = 'Suspended'").execute(unit.connection()).await.unwrap();
    unit.commit().await.unwrap();
    let refused = station.push(&[]).await.unwrap_err();
    assert_eq!(refused, ExchangeError::Refused { code: "station_not_active".into(), status: 403 });
}

async fn p11_10h_a_station_is_kept_out_and_let_in_again_and_a_retired_one_never(app: TestApp, client: Client) {
    let station = TestStation::register(&app, &client).await;
    station.push(&[]).await.unwrap();
    let admin = app.sign_in(&client, &world::email("admin")).await.access_token;
    let change = async |state, reason: &str| {
        let request = ChangeStationState { state, reason: reason.to_owned() };
        client.change_station_state(&admin, STATION, &request).await
    };
    assert_eq!(problem(change(StationState::Suspended, " ").await).code, "change_reason_required");
    assert_eq!(change(StationState::Suspended, "Its lock is broken").await.unwrap().state, StationState::Suspended);
    let refused = station.push(&[]).await.unwrap_err();
    assert_eq!(refused, ExchangeError::Refused { code: "station_not_active".into(), status: 403 }, "its token is void");
    change(StationState::Active, "The lock is mended").await.unwrap();
    station.push(&[]).await.unwrap();
    let person = app.sign_in(&client, &operator().email).await.access_token;
    let ask = AskLease { station_id: STATION, operation: None };
    client.ask_lease(&person, &batch_id(), &ask).await.unwrap();
    change(StationState::Retired, "It was stolen").await.unwrap();
    assert_eq!(problem(change(StationState::Active, "It was found").await).code, "step_not_allowed");
    let [row] = client.stations(&admin, &PageQuery::default()).await.unwrap().items.try_into().unwrap();
    assert_eq!((row.id, row.state, row.last_seen_at.is_some()), (STATION, StationState::Retired, true));
    TestStation::register_as(&app, &client, OTHER_STATION, "plant-a").await;
    let ask = AskLease { station_id: OTHER_STATION, operation: None };
    client.ask_lease(&person, &batch_id(), &ask).await.unwrap();
    let mut rows = app.database.superuser().await;
    let told: Vec<String> = sqlx::query_scalar(
        "SELECT reason FROM audit_entries WHERE entity = 'stations' AND action = 'changed' ORDER BY entry_id",
    )
    .fetch_all(&mut rows)
    .await
    .unwrap();
    assert_eq!(told, ["Its lock is broken", "The lock is mended", "It was stolen"]);
    let revived = sqlx::query("UPDATE stations SET state = 'Active'").execute(&mut rows).await;
    assert!(revived.is_err(), "whoever writes the row");
    let refused = problem(client.stations(&person, &PageQuery::default()).await);
    assert_eq!((refused.code.as_str(), refused.status), ("not_authorised", 403));
}

async fn a_challenge_is_answered_once_and_in_time(app: TestApp, client: Client) {
    TestStation::register(&app, &client).await;
    let answer = |challenge: String| {
        let signature = answer_challenge(&challenge, &station_key(STATION));
        StationSignIn { station_id: STATION, challenge, signature, program_version: "0.1.0".into() }
    };
    let challenge = client.station_challenge().await.unwrap().challenge;
    let by_another = StationSignIn {
        signature: answer_challenge(&challenge, &station_key(OTHER_STATION)),
        ..answer(challenge.clone())
    };
    let refused = |answer: Result<_, ClientError>| problem(answer).code == "station_refused";
    assert!(refused(client.station_sign_in(&by_another).await), "another key");
    assert!(refused(client.station_sign_in(&answer(challenge)).await), "a challenge that was tried before");
    let fresh = answer(client.station_challenge().await.unwrap().challenge);
    client.station_sign_in(&fresh).await.unwrap();
    assert!(refused(client.station_sign_in(&fresh).await), "a used challenge");
    let late = answer(client.station_challenge().await.unwrap().challenge);
    app.clock.advance_seconds(61);
    assert!(refused(client.station_sign_in(&late).await), "an old challenge");
    assert!(refused(client.station_sign_in(&answer("AAAA".into())).await), "a challenge of nobody");
}
