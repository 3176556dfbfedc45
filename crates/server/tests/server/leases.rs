//! Leases: asked for, extended, handed over and given back, and what they keep from other stations.

use viruj_api::{
    leases::{AskLease, ExtendLeases, GiveLeaseBack, LeaseGrant, LeaseRow, SignedLease, TransferLease},
    sync::FeedChange,
};
use viruj_client::{Client, ClientError};
use viruj_domain::{
    clock::Clock,
    ids::{BatchId, StationId},
    lease::{LeaseClaim, OperationName},
    phase::PhaseEntry,
    signature::SignatureMeaning,
};
use viruj_sync::{
    conformance::world::{OTHER_STATION, STATION, batch_id, operator, phases, plant_id, rpm, statement},
    signing::{public_key, verify_lease},
    store::Exchange,
};
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::sessions::problem;

over_both_transports! {
    a_lease_is_the_servers_word_for_two_days,
    what_a_station_has_no_other_gets,
    an_operation_is_leased_by_itself,
    a_lease_is_handed_over_with_a_reason_and_the_fence_rises,
    a_station_extends_what_it_has_and_nothing_else,
    hard_case_04_what_was_recorded_beside_a_lease_takes_no_effect,
    sec_16_a_batch_of_another_plant_is_not_there,
}

struct Leasing {
    token: String,
    server_keys: Vec<ed25519_dalek::VerifyingKey>,
    one: TestStation,
    other: TestStation,
}

impl Leasing {
    async fn of(app: &TestApp, client: &Client) -> Self {
        let one = TestStation::register(app, client).await;
        let other = TestStation::register_as(app, client, OTHER_STATION, plant_id().as_str()).await;
        let keys = client.server().await.unwrap().signing_keys;
        Self {
            token: app.sign_in(client, &operator().email).await.access_token,
            server_keys: keys.iter().map(|key| public_key(&key.public_key).unwrap()).collect(),
            one,
            other,
        }
    }

    fn read(&self, signed: &SignedLease) -> LeaseGrant {
        verify_lease(signed, &self.server_keys).unwrap()
    }

    /// A token lives an hour.
    async fn sign_in_again(&mut self, app: &TestApp, client: &Client) {
        self.token = app.sign_in(client, &operator().email).await.access_token;
    }

    async fn ask(
        &self,
        client: &Client,
        station_id: StationId,
        operation: Option<OperationName>,
    ) -> Result<LeaseGrant, ClientError> {
        let request = AskLease { station_id, operation };
        Ok(self.read(&client.ask_lease(&self.token, &batch_id(), &request).await?))
    }

    async fn take_over(&self, client: &Client, station_id: StationId) -> LeaseGrant {
        let request = TransferLease { station_id, operation: None, reason: "The station is broken".to_owned() };
        self.read(&client.transfer_lease(&self.token, &batch_id(), &request).await.unwrap())
    }

    /// The leases as a station reads them out of its plant's feed, the newest state of each.
    async fn told(&self) -> Vec<LeaseRow> {
        let page = self.one.exchange.pull(plant_id().as_str(), None).await.unwrap();
        let mut rows: Vec<LeaseRow> = Vec::new();
        for entry in page.entries {
            if let FeedChange::Lease(row) = entry.change {
                rows.retain(|known| known.id != row.id);
                rows.push(row);
            }
        }
        rows
    }
}

fn claim(lease: &LeaseGrant) -> LeaseClaim {
    LeaseClaim { id: lease.lease_id, fence: lease.fence }
}

fn operation() -> OperationName {
    phases()[0].operation_name()
}

async fn a_lease_is_the_servers_word_for_two_days(app: TestApp, client: Client) {
    let mut leasing = Leasing::of(&app, &client).await;
    let first = leasing.ask(&client, STATION, None).await.unwrap();
    assert_eq!((&first.batch_id, first.station_id, first.fence), (&batch_id(), STATION, 1));
    assert_eq!((first.expires_at - first.issued_at).num_hours(), 48);
    app.clock.advance_seconds(3600);
    leasing.sign_in_again(&app, &client).await;
    let again = leasing.ask(&client, STATION, None).await.unwrap();
    assert_eq!((again.lease_id, again.fence, again.issued_at), (first.lease_id, 1, first.issued_at));
    assert_eq!((again.expires_at - first.expires_at).num_hours(), 1, "asked for again it lives on");
    let [row] = leasing.told().await.try_into().unwrap();
    assert_eq!((row.id, row.fence, row.expires_at), (again.lease_id, 1, again.expires_at));
    assert_eq!((row.station_name.as_str(), row.ended_at), ("Granulation 2", None));
    let mut rows = app.database.superuser().await;
    for change in ["UPDATE batch_leases SET expires_at = expires_at - interval '1 hour'", "DELETE FROM batch_leases"] {
        assert!(sqlx::query(sqlx::AssertSqlSafe(change)).execute(&mut rows).await.is_err(), "{change}");
    }
}

async fn what_a_station_has_no_other_gets(app: TestApp, client: Client) {
    let leasing = Leasing::of(&app, &client).await;
    leasing.ask(&client, STATION, None).await.unwrap();
    let refused = problem(leasing.ask(&client, OTHER_STATION, None).await);
    assert_eq!((refused.code.as_str(), refused.status), ("leased_elsewhere", 409));
    assert!(refused.detail.unwrap().starts_with("Granulation 2 has it until "));
    // Nor does the server attest a signature there.
    let session = app.sign_in(&client, &operator().email).await;
    let mut one = leasing.one;
    let before = [
        one.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        one.writer.unsigned(&statement(2, 2, rpm("110"))),
    ];
    one.push(&before).await.unwrap();
    let mut third = statement(3, 3, PhaseEntry::Confirmed);
    (third.meaning, third.session_id) = (Some(SignatureMeaning::Performed), Some(session.session_id));
    let email = operator().email;
    let refused = problem(leasing.other.attest(&client, &session, &third, Some(&email)).await);
    assert_eq!(refused.code, "leased_elsewhere");
    let slot = one.attest(&client, &session, &third, Some(&email)).await.unwrap();
    let done = one.writer.write(&third, slot);
    assert_eq!(one.push(&[done]).await.unwrap().verdicts[0].verdict.word(), "accepted");
    // The batch is complete: there is nothing to lease any more.
    let request = AskLease { station_id: OTHER_STATION, operation: None };
    let refused = problem(client.ask_lease(&leasing.token, &batch_id(), &request).await);
    assert_eq!((refused.code.as_str(), refused.status), ("batch_not_executable", 409));
}

async fn an_operation_is_leased_by_itself(app: TestApp, client: Client) {
    let leasing = Leasing::of(&app, &client).await;
    let unknown = OperationName { operation: "Drying".to_owned(), ..operation() };
    assert_eq!(problem(leasing.ask(&client, STATION, Some(unknown)).await).code, "invalid_body");
    let part = leasing.ask(&client, STATION, Some(operation())).await.unwrap();
    assert_eq!(part.operation, Some(operation()));
    let refused = problem(leasing.ask(&client, OTHER_STATION, None).await);
    assert_eq!(refused.code, "leased_elsewhere", "the whole batch holds the operation, too");
    let whole = leasing.ask(&client, STATION, None).await.unwrap();
    assert_eq!((whole.operation.is_none(), whole.fence), (true, 2), "its own part makes room");
    let ended: Vec<bool> = leasing.told().await.iter().map(|row| row.ended_at.is_some()).collect();
    assert_eq!(ended, [true, false]);
    let still = leasing.ask(&client, STATION, Some(operation())).await.unwrap();
    assert_eq!(still.lease_id, whole.lease_id, "whoever has the batch has its operations");
}

async fn a_lease_is_handed_over_with_a_reason_and_the_fence_rises(app: TestApp, client: Client) {
    let leasing = Leasing::of(&app, &client).await;
    leasing.ask(&client, STATION, None).await.unwrap();
    let unsaid = TransferLease { station_id: OTHER_STATION, operation: None, reason: "  ".to_owned() };
    let refused = problem(client.transfer_lease(&leasing.token, &batch_id(), &unsaid).await);
    assert_eq!(refused.code, "change_reason_required");
    app.clock.advance_seconds(60);
    let taken = leasing.take_over(&client, OTHER_STATION).await;
    assert_eq!((taken.station_id, taken.fence), (OTHER_STATION, 2));
    let [before, after] = leasing.told().await.try_into().unwrap();
    assert_eq!((before.ended_at, after.ended_at), (Some(app.clock.now()), None));
    assert_eq!(problem(leasing.ask(&client, STATION, None).await).code, "leased_elsewhere");
    let mut rows = app.database.superuser().await;
    let told: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT actor, action, reason FROM audit_entries WHERE entity = 'batch_leases' AND action = 'changed'",
    )
    .fetch_all(&mut rows)
    .await
    .unwrap();
    assert_eq!(told, [(operator().id.0, "changed".to_owned(), Some("The station is broken".to_owned()))]);
    let back = GiveLeaseBack { station_id: OTHER_STATION };
    client.give_lease_back(&leasing.token, &batch_id(), &back).await.unwrap();
    client.give_lease_back(&leasing.token, &batch_id(), &back).await.unwrap();
    assert_eq!(leasing.ask(&client, STATION, None).await.unwrap().fence, 3);
}

async fn a_station_extends_what_it_has_and_nothing_else(app: TestApp, client: Client) {
    let mut leasing = Leasing::of(&app, &client).await;
    let own = leasing.ask(&client, STATION, None).await.unwrap();
    let request = ExtendLeases { leases: vec![own.lease_id] };
    app.clock.advance_seconds(7200);
    assert_eq!(leasing.other.exchange.extend_leases(&request).await.unwrap(), []);
    let [longer] = leasing.one.exchange.extend_leases(&request).await.unwrap().try_into().unwrap();
    let longer = leasing.read(&longer);
    assert_eq!((longer.lease_id, longer.fence), (own.lease_id, own.fence));
    assert_eq!((longer.expires_at - own.expires_at).num_hours(), 2);
    let many = ExtendLeases { leases: vec![own.lease_id; 101] };
    assert!(leasing.one.exchange.extend_leases(&many).await.is_err());
    leasing.sign_in_again(&app, &client).await;
    leasing.take_over(&client, OTHER_STATION).await;
    assert_eq!(leasing.one.exchange.extend_leases(&request).await.unwrap(), [], "it was handed over");
    app.clock.advance_seconds(49 * 3600);
    leasing.sign_in_again(&app, &client).await;
    let run_out = leasing.ask(&client, STATION, None).await.unwrap();
    assert_eq!(run_out.fence, 3, "a lease that has run out keeps nobody away");
}

async fn hard_case_04_what_was_recorded_beside_a_lease_takes_no_effect(app: TestApp, client: Client) {
    let Leasing { token, server_keys, mut one, mut other } = Leasing::of(&app, &client).await;
    let ask = AskLease { station_id: STATION, operation: None };
    let own = verify_lease(&client.ask_lease(&token, &batch_id(), &ask).await.unwrap(), &server_keys).unwrap();
    app.clock.advance_seconds(60);
    (one.writer.lease, one.writer.recorded_at) = (Some(claim(&own)), app.clock.now());
    other.writer.recorded_at = app.clock.now();
    let strange = [
        other.writer.unsigned(&statement(11, 1, PhaseEntry::Confirmed)),
        other.writer.unsigned(&statement(12, 2, rpm("112"))),
    ];
    let verdicts = other.push(&strange).await.unwrap().verdicts;
    assert!(verdicts.iter().all(|given| given.verdict.code() == Some("duplicate")), "{verdicts:?}");
    let held = [
        one.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        one.writer.unsigned(&statement(2, 2, rpm("100"))),
    ];
    let verdicts = one.push(&held).await.unwrap().verdicts;
    assert!(verdicts.iter().all(|given| given.verdict.word() == "accepted"), "{verdicts:?}");
    let mut rows = app.database.superuser().await;
    let effective: Vec<(uuid::Uuid, bool)> =
        sqlx::query_as("SELECT station_id, is_effective FROM phase_entries ORDER BY is_effective, operation_id")
            .fetch_all(&mut rows)
            .await
            .unwrap();
    let expected = [(OTHER_STATION.0, false), (OTHER_STATION.0, false), (STATION.0, true), (STATION.0, true)];
    assert_eq!(effective, expected);
    let told: String = sqlx::query_scalar("SELECT description FROM deviations ORDER BY code LIMIT 1")
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert!(told.contains("while Granulation 2 had the lease"), "{told}");
}

async fn sec_16_a_batch_of_another_plant_is_not_there(app: TestApp, client: Client) {
    let leasing = Leasing::of(&app, &client).await;
    let elsewhere = StationId(uuid::Uuid::from_u128(0x7100));
    TestStation::register_as(&app, &client, elsewhere, "plant-b").await;
    let stranger = app.sign_in(&client, &world::email("operator-b")).await.access_token;
    let own = |station_id| AskLease { station_id, operation: None };
    for (token, batch, station) in [
        (&leasing.token, batch_id(), elsewhere),
        (&stranger, batch_id(), elsewhere),
        (&stranger, batch_id(), STATION),
        (&leasing.token, BatchId::from("no-such-batch"), STATION),
        (&leasing.token, batch_id(), StationId(uuid::Uuid::from_u128(0x7fff))),
    ] {
        let refused = problem(client.ask_lease(token, &batch, &own(station)).await);
        assert_eq!((refused.code.as_str(), refused.status), ("not_found", 404));
    }
    assert_eq!(leasing.told().await, []);
}
