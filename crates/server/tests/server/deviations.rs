//! Deviations: what a value out of its limits stops, who decides about it, and what its disposition brings about.

use http::Method;
use serde_json::json;
use uuid::Uuid;
use viruj_api::{
    audit::AuditQuery,
    capas::{Capa, CapaQuery, CapaStepRequest, JudgeCapa, OpenCapa, PlanCapa, ReportCapaDone},
    deviations::{ChangeSeverity, Deviation, DeviationQuery, DeviationStepRequest, EditDeviation, ReportDeviation},
    record_signing::SignRecord,
    statement::{Action, Statement},
    sync::Verdict,
};
use viruj_client::{CapaAction, Client, ClientError, DeviationAction};
use viruj_domain::{
    deviation::{
        DeviationCause, DeviationStatus, Disposition, Severity,
        capa::{CapaStatus, Effectiveness},
    },
    ids::{PlantId, StationId, UserId},
    phase::PhaseEntry,
    role::{Department, Role},
    signature::SignatureMeaning,
};
use viruj_storage::people::{self, NewPerson};
use viruj_sync::conformance::world::{batch_id, operation_id, operator, phase_id, plant_id, rpm, statement};
use viruj_test_support::{Reach, TestApp, TestStation, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    s88_4_a_value_out_of_limits_stops_the_next_phase_until_its_deviation_is_closed,
    sod_three_people_bring_a_deviation_to_its_end,
    a_phase_is_executed_again_when_the_disposition_says_so,
    p11_70_a_signature_on_a_deviation_is_of_the_content_that_was_signed,
    a_deviation_is_rejected_with_a_signature_and_lets_the_batch_go_on,
    an_action_that_did_not_help_is_planned_anew_and_another_closes_it,
    a_person_reports_what_no_value_shows_and_only_once,
    sec_16_a_deviation_of_another_plant_is_not_there,
}

const INVESTIGATOR: &str = "qa-operator";
const MANAGER: &str = "qa-manager";
const HEAD: &str = "qa-head";

/// Everybody who brings a deviation to its end.
pub struct Quality<'a> {
    client: &'a Client,
    station: StationId,
    pub investigator: String,
    pub manager: String,
    pub head: String,
}

async fn add_person(app: &TestApp, id: &str, role: Role) {
    let hash = viruj_server::passwords::hash_here(world::PASSWORD).unwrap();
    let mut unit = app.application.state().begin_for_system("test", "quality assurance").await.unwrap();
    let person = NewPerson {
        id: UserId::from(id),
        name: &format!("Name of {id}"),
        email: &world::email(id),
        password_hash: &hash,
        role,
        department: Department::QualityAssurance,
        plant_ids: vec![plant_id()],
        must_change_password: false,
        created_at: app.application.state().clock.now(),
    };
    people::create(&mut unit, &person).await.unwrap();
    unit.commit().await.unwrap();
}

fn reason(text: &str) -> DeviationStepRequest {
    DeviationStepRequest { reason: text.to_owned() }
}

impl<'a> Quality<'a> {
    pub async fn of(app: &TestApp, client: &'a Client, station: &TestStation) -> Self {
        add_person(app, INVESTIGATOR, Role::QaOperator).await;
        add_person(app, HEAD, Role::QaHead).await;
        let token = async |id: &str| app.sign_in(client, &world::email(id)).await.access_token;
        Self {
            client,
            station: station.id,
            investigator: token(INVESTIGATOR).await,
            manager: token(MANAGER).await,
            head: token(HEAD).await,
        }
    }

    async fn only(&self) -> Deviation {
        let page = self.client.deviations(&self.head, &DeviationQuery::default()).await.unwrap();
        assert_eq!(page.items.len(), 1, "{page:?}");
        self.client.deviation(&self.head, page.items[0].id).await.unwrap()
    }

    async fn take(&self, shown: &Deviation, action: DeviationAction, token: &str) -> Result<Deviation, ClientError> {
        let row = &shown.record.row;
        self.client.take_deviation_step(token, row.id, row.version, (action, &reason("as it is"))).await
    }

    fn signature(&self, hash: &str, person: &str) -> SignRecord {
        SignRecord {
            signature_id: Uuid::now_v7(),
            station_id: self.station,
            content_hash: hash.to_owned(),
            reason: "it is as it should be".into(),
            shown_text: "I sign.".into(),
            language: "en".into(),
            time_zone: "Asia/Kolkata".into(),
            email: Some(world::email(person)),
            password: world::PASSWORD.into(),
        }
    }

    async fn sign(
        &self,
        shown: &Deviation,
        action: DeviationAction,
        (person, token): (&str, &str),
    ) -> Result<Deviation, ClientError> {
        let (row, signature) = (&shown.record.row, self.signature(&shown.record.content_hash, person));
        self.client.take_deviation_step(token, row.id, row.version, (action, &signature)).await
    }

    async fn write(&self, shown: &Deviation, edit: &EditDeviation, token: &str) -> Result<Deviation, ClientError> {
        self.client.edit_deviation(token, shown.record.row.id, shown.record.row.version, edit).await
    }

    /// Investigated and submitted with this disposition.
    async fn submitted(&self, shown: &Deviation, disposition: Disposition) -> Deviation {
        let begun = self.take(shown, DeviationAction::Investigate, &self.investigator).await.unwrap();
        let written = self.write(&begun, &findings(disposition), &self.investigator).await.unwrap();
        self.take(&written, DeviationAction::Submit, &self.investigator).await.unwrap()
    }

    /// The one deviation there is, brought to its end by three people.
    pub async fn close(&self, disposition: Disposition) -> Deviation {
        let submitted = self.submitted(&self.only().await, disposition).await;
        let reviewed = self.sign(&submitted, DeviationAction::Review, (MANAGER, &self.manager)).await.unwrap();
        self.sign(&reviewed, DeviationAction::Approve, (HEAD, &self.head)).await.unwrap()
    }
}

fn findings(disposition: Disposition) -> EditDeviation {
    EditDeviation {
        immediate_action: Some("The display was read twice.".into()),
        investigation: Some("The load cell was compared with the reference.".into()),
        root_cause: Some(" The display was stuck. ".into()),
        impact_assessment: Some("None on the granules.".into()),
        affected_batches: Vec::new(),
        disposition: Some(disposition),
        disposition_reason: Some("The torque shows the right speed.".into()),
        no_capa_reason: Some("The display is replaced at the next service.".into()),
        reason: "what was found out".into(),
    }
}

fn outside(operation: u64) -> Statement {
    let mut outside = statement(operation, 2, rpm("141"));
    outside.reason = Some("Display was stuck".to_owned());
    outside
}

/// The line is clear, and the speed out of its limits.
pub async fn deviate(station: &mut TestStation) {
    let first = station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let second = station.writer.unsigned(&outside(2));
    let answer = station.push(&[first, second]).await.unwrap();
    assert_eq!(answer.verdicts[1].verdict.code(), Some("out_of_limits"), "{answer:?}");
}

pub fn closing(operation: u64) -> Statement {
    let mut signed = statement(operation, 3, PhaseEntry::Confirmed);
    signed.meaning = Some(SignatureMeaning::Performed);
    signed
}

async fn s88_4_a_value_out_of_limits_stops_the_next_phase_until_its_deviation_is_closed(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    // A signature is refused before anything is recorded; what a station recorded without knowing is kept and flagged.
    let held = station.attest(&client, &session, &closing(3), Some(&operator().email)).await;
    let held = problem(held);
    assert_eq!((held.code.as_str(), held.status), ("awaits_disposition", 409));
    let late = station.writer.unsigned(&statement(4, 3, PhaseEntry::Confirmed));
    let answer = station.push(&[late]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict.code(), Some("after_hold"), "{answer:?}");
    assert!(matches!(answer.verdicts[0].verdict, Verdict::AcceptedWithDeviation { .. }));

    let query = DeviationQuery { open: Some(true), ..DeviationQuery::default() };
    let open = client.deviations(&quality.head, &query).await.unwrap().items;
    let causes: Vec<_> = open.iter().map(|row| row.cause).collect();
    assert_eq!(causes, [DeviationCause::AfterHold, DeviationCause::OutOfLimits]);
    let shown = client.deviation(&quality.head, open[1].id).await.unwrap();
    assert_eq!(shown.record.holds, [3]);
    assert_eq!(shown.record.row.phase_number, Some(2));
    let evidence = shown.evidence.clone().unwrap();
    assert_eq!(evidence.entries.len(), 1);
    assert_eq!(Some(evidence.entries[0].operation_id), shown.record.content.operation_id);

    let submitted = quality.submitted(&shown, Disposition::AcceptAsIs).await;
    assert_eq!(submitted.record.content.root_cause.as_deref(), Some("The display was stuck."));
    let reviewed = quality.sign(&submitted, DeviationAction::Review, (MANAGER, &quality.manager)).await.unwrap();
    assert_eq!(reviewed.record.holds, [3], "a proposal is no decision");
    let closed = quality.sign(&reviewed, DeviationAction::Approve, (HEAD, &quality.head)).await.unwrap();
    assert_eq!(closed.record.row.status, DeviationStatus::Closed);
    assert_eq!((closed.record.holds.len(), closed.record.closed_by.unwrap().id.0), (0, HEAD.to_owned()));
    let signed: Vec<_> = closed.record.signatures.iter().map(|one| (one.meaning, one.is_of_this_content)).collect();
    assert_eq!(signed, [(SignatureMeaning::Reviewed, true), (SignatureMeaning::Approved, true)]);

    let slot = station.attest(&client, &session, &closing(5), Some(&operator().email)).await.unwrap();
    let third = station.writer.write(&closing(5), slot);
    let answer = station.push(&[third]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict, Verdict::Accepted, "{answer:?}");
    let mut rows = app.database.superuser().await;
    let status: String =
        sqlx::query_scalar("SELECT status FROM production_batches").fetch_one(&mut rows).await.unwrap();
    assert_eq!(status, "QC Review");
    let query = AuditQuery { entity: Some("deviations".into()), ..AuditQuery::default() };
    let trail = client.audit(&quality.head, &query).await.unwrap();
    let steps = trail.items.iter().filter(|entry| entry.action == "changed").count();
    assert_eq!(steps, 5, "each step is in the trail: {trail:?}");
    assert!(viruj_storage::audit::verify(&mut rows).await.unwrap().is_whole());
}

async fn sod_three_people_bring_a_deviation_to_its_end(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    let shown = quality.only().await;
    let operator = app.sign_in(&client, &operator().email).await.access_token;
    let refused = problem(quality.take(&shown, DeviationAction::Investigate, &operator).await);
    assert_eq!((refused.code.as_str(), refused.status), ("not_authorised", 403));
    let refused = problem(quality.sign(&shown, DeviationAction::Approve, (HEAD, &quality.head)).await);
    assert_eq!((refused.code.as_str(), refused.status), ("step_not_allowed", 400));

    let begun = quality.take(&shown, DeviationAction::Investigate, &quality.manager).await.unwrap();
    let refused = problem(quality.take(&begun, DeviationAction::Submit, &quality.investigator).await);
    assert_eq!((refused.code.as_str(), refused.status), ("root_cause_missing", 422));
    assert_eq!(begun.record.missing[0], "root_cause_missing");
    let stale = problem(quality.write(&shown, &findings(Disposition::AcceptAsIs), &quality.investigator).await);
    assert_eq!((stale.code.as_str(), stale.status), ("changed_meanwhile", 412));
    let unknown = EditDeviation { affected_batches: vec!["no-such-batch".into()], ..findings(Disposition::AcceptAsIs) };
    assert_eq!(problem(quality.write(&begun, &unknown, &quality.investigator).await).code, "batch_unknown");
    let long = EditDeviation { root_cause: Some("x".repeat(4001)), ..findings(Disposition::AcceptAsIs) };
    assert_eq!(problem(quality.write(&begun, &long, &quality.investigator).await).code, "text_unfit");
    let written = quality.write(&begun, &findings(Disposition::AcceptAsIs), &quality.investigator).await.unwrap();
    let submitted = quality.take(&written, DeviationAction::Submit, &quality.investigator).await.unwrap();
    // The manager began the investigation, so another one reviews it; here that is the head.
    let refused = problem(quality.sign(&submitted, DeviationAction::Review, (MANAGER, &quality.manager)).await);
    assert_eq!((refused.code.as_str(), refused.status), ("own_investigation", 409));
    let wrong =
        SignRecord { password: "not the password".into(), ..quality.signature(&submitted.record.content_hash, HEAD) };
    let row = &submitted.record.row;
    let step = (DeviationAction::Review, &wrong);
    let refused = problem(client.take_deviation_step(&quality.head, row.id, row.version, step).await);
    assert_eq!(refused.code, "wrong_password");
    let reviewed = quality.sign(&submitted, DeviationAction::Review, (HEAD, &quality.head)).await.unwrap();
    let refused = problem(quality.sign(&reviewed, DeviationAction::Approve, (HEAD, &quality.head)).await);
    assert_eq!((refused.code.as_str(), refused.status), ("own_review", 409));
    let back = quality.take(&reviewed, DeviationAction::Return, &quality.head).await.unwrap();
    assert_eq!(back.record.row.status, DeviationStatus::PendingManagerReview);
    assert_eq!(back.record.reviewed_by, None);
    assert_eq!(back.record.signatures.len(), 1, "a signature that was given stays");

    // Whoever writes the row past the rules is refused by the database.
    let mut rows = app.database.superuser().await;
    let past = "UPDATE deviations SET status = 'Closed', closed_by = 'qa-head', closed_at = now()";
    let refused = sqlx::query(past).execute(&mut rows).await.unwrap_err();
    assert_eq!(refused.as_database_error().and_then(|error| error.code()).as_deref(), Some("VJ005"));
}

async fn a_phase_is_executed_again_when_the_disposition_says_so(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    quality.close(Disposition::Repeat).await;
    let waiting = problem(station.attest(&client, &session, &closing(3), Some(&operator().email)).await);
    assert_eq!(waiting.code, "earlier_phase_open");
    let mut again = statement(4, 2, rpm("110"));
    again.reason = Some("executed again".into());
    again.action = Action::PhaseCorrection {
        phase_id: phase_id(2),
        base_version: 1,
        corrects: operation_id(2),
        entry: rpm("110"),
    };
    let repeated = station.writer.unsigned(&again);
    let answer = station.push(&[repeated]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict, Verdict::Accepted, "{answer:?}");
    let slot = station.attest(&client, &session, &closing(5), Some(&operator().email)).await.unwrap();
    let third = station.writer.write(&closing(5), slot);
    assert_eq!(station.push(&[third]).await.unwrap().verdicts[0].verdict, Verdict::Accepted);
    let mut rows = app.database.superuser().await;
    let entries: i64 =
        sqlx::query_scalar("SELECT count(*) FROM phase_entries WHERE is_effective").fetch_one(&mut rows).await.unwrap();
    assert_eq!(entries, 4, "the old value stays in the record");
}

async fn p11_70_a_signature_on_a_deviation_is_of_the_content_that_was_signed(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    let submitted = quality.submitted(&quality.only().await, Disposition::AcceptAsIs).await;
    let row = &submitted.record.row;
    let of_another = quality.signature(&"0".repeat(64), MANAGER);
    let step = (DeviationAction::Review, &of_another);
    let refused = problem(client.take_deviation_step(&quality.manager, row.id, row.version, step).await);
    assert_eq!((refused.code.as_str(), refused.status), ("content_differs", 409));
    let reviewed = quality.sign(&submitted, DeviationAction::Review, (MANAGER, &quality.manager)).await.unwrap();
    let refused = client
        .take_deviation_step(
            &quality.manager,
            row.id,
            reviewed.record.row.version,
            (DeviationAction::Severity, &ChangeSeverity { severity: Severity::Low, reason: "less".into() }),
        )
        .await;
    assert_eq!(problem(refused).code, "step_not_allowed", "what the manager has signed does not change");
    let back = quality.take(&reviewed, DeviationAction::Return, &quality.head).await.unwrap();
    let change = ChangeSeverity { severity: Severity::Critical, reason: "more was found".into() };
    let step = (DeviationAction::Severity, &change);
    let changed = client.take_deviation_step(&quality.manager, row.id, back.record.row.version, step).await.unwrap();
    assert_eq!(changed.record.row.severity, Severity::Critical);
    assert_ne!(changed.record.content_hash, submitted.record.content_hash);
    assert!(!changed.record.signatures[0].is_of_this_content);
}

async fn a_deviation_is_rejected_with_a_signature_and_lets_the_batch_go_on(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let session = app.sign_in(&client, &operator().email).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    let shown = quality.only().await;
    let early = problem(quality.sign(&shown, DeviationAction::Reject, (HEAD, &quality.head)).await);
    assert_eq!(early.code, "step_not_allowed", "somebody else looks at it first");
    let begun = quality.take(&shown, DeviationAction::Investigate, &quality.investigator).await.unwrap();
    let rejected = quality.sign(&begun, DeviationAction::Reject, (HEAD, &quality.head)).await.unwrap();
    assert_eq!(rejected.record.row.status, DeviationStatus::Rejected);
    assert_eq!(rejected.record.signatures[0].meaning, SignatureMeaning::Rejected);
    assert_eq!(rejected.record.signatures[0].reason.as_deref(), Some("it is as it should be"));
    assert!(station.attest(&client, &session, &closing(3), Some(&operator().email)).await.is_ok());
}

async fn an_action_that_did_not_help_is_planned_anew_and_another_closes_it(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    let shown = quality.only().await;
    let begun = quality.take(&shown, DeviationAction::Investigate, &quality.investigator).await.unwrap();
    let due_on = chrono::NaiveDate::from_ymd_opt(2026, 12, 18).unwrap();
    let new = OpenCapa {
        deviation_id: begun.record.row.id,
        title: "Replace the displays".into(),
        problem: "Displays get stuck.".into(),
        owner_id: UserId::from(INVESTIGATOR),
        due_on,
        reason: "it must not happen again".into(),
    };
    let stranger = OpenCapa { owner_id: UserId::from("operator-b"), ..new.clone() };
    let refused = problem(client.open_capa(&quality.investigator, "first-key", &stranger).await);
    assert_eq!((refused.code.as_str(), refused.status), ("owner_unknown", 422));
    let capa = client.open_capa(&quality.investigator, "second-key", &new).await.unwrap();
    let again = client.open_capa(&quality.investigator, "second-key", &new).await.unwrap();
    assert_eq!(capa.row.id, again.row.id);
    assert_eq!(capa.row.code, "CAPA-26-001");
    let counted = client.deviation(&quality.head, begun.record.row.id).await.unwrap();
    assert_eq!((counted.record.row.capas, counted.record.content.capas), (1, vec!["CAPA-26-001".to_owned()]));

    // A deviation whose action has no plan is not submitted.
    let found = EditDeviation { no_capa_reason: None, ..findings(Disposition::AcceptAsIs) };
    let shown = quality.only().await;
    let written = quality.write(&shown, &found, &quality.investigator).await.unwrap();
    let refused = problem(quality.take(&written, DeviationAction::Submit, &quality.investigator).await);
    assert_eq!(refused.code, "capa_plan_missing");

    let by = |capa: &Capa| (capa.row.id, capa.row.version);
    let (id, version) = by(&capa);
    let step = CapaStepRequest { reason: "now".into() };
    let investigated =
        client.take_capa_step(&quality.investigator, id, version, (CapaAction::Investigate, &step)).await.unwrap();
    let plan = PlanCapa {
        action: "Put in displays of another make.".into(),
        owner_id: UserId::from(INVESTIGATOR),
        due_on,
        reason: "planned".into(),
    };
    let version = investigated.row.version;
    let mut capa = client.take_capa_step(&quality.investigator, id, version, (CapaAction::Plan, &plan)).await.unwrap();
    assert_eq!(capa.row.status, CapaStatus::ActionPlan);
    assert!(quality.take(&quality.only().await, DeviationAction::Submit, &quality.investigator).await.is_ok());

    let verdicts = [
        (Effectiveness::NotEffective, CapaStatus::ActionPlan),
        (Effectiveness::Effective, CapaStatus::EffectivenessCheck),
    ];
    for (effectiveness, status) in verdicts {
        let done = ReportCapaDone { note: "done".into() };
        let version = capa.row.version;
        capa = client.take_capa_step(&quality.investigator, id, version, (CapaAction::Done, &done)).await.unwrap();
        let verdict = JudgeCapa { effectiveness, note: "looked at for a month".into() };
        let step = (CapaAction::Effectiveness, &verdict);
        let own = client.take_capa_step(&quality.investigator, id, capa.row.version, step).await;
        assert_eq!(problem(own).code, "not_authorised");
        let version = capa.row.version;
        capa =
            client.take_capa_step(&quality.manager, id, version, (CapaAction::Effectiveness, &verdict)).await.unwrap();
        assert_eq!(capa.row.status, status);
    }
    assert_eq!(capa.rounds, 1);
    let signature = quality.signature(&capa.content_hash, HEAD);
    let closed =
        client.take_capa_step(&quality.head, id, capa.row.version, (CapaAction::Close, &signature)).await.unwrap();
    assert_eq!(closed.row.status, CapaStatus::Closed);
    assert_eq!(closed.signatures[0].meaning, SignatureMeaning::Approved);
    let mine = CapaQuery { owner_id: Some(UserId::from(INVESTIGATOR)), ..CapaQuery::default() };
    assert_eq!(client.capas(&quality.head, &mine).await.unwrap().items.len(), 1);
    let others = CapaQuery { owner_id: Some(UserId::from(HEAD)), ..CapaQuery::default() };
    assert!(client.capas(&quality.head, &others).await.unwrap().items.is_empty());
}

async fn a_person_reports_what_no_value_shows_and_only_once(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &operator().email).await.access_token;
    let report = ReportDeviation {
        plant_id: plant_id(),
        batch_id: Some(batch_id()),
        phase_id: Some(phase_id(1)),
        severity: Severity::Medium,
        description: "A tag was missing at the door.".into(),
        immediate_action: Some("  ".into()),
    };
    let first = client.report_deviation(&token, "one-report", &report).await.unwrap();
    let again = client.report_deviation(&token, "one-report", &report).await.unwrap();
    assert_eq!(first.record.row.id, again.record.row.id);
    assert_eq!(first.record.row.cause, DeviationCause::RecordedByPerson);
    assert_eq!(first.record.content.immediate_action, None);
    assert!(first.record.holds.is_empty(), "what a person reports stops nothing by itself");
    for (wrong, code) in [
        (ReportDeviation { description: " ".into(), ..report.clone() }, "text_unfit"),
        (ReportDeviation { batch_id: Some("nothing".into()), ..report.clone() }, "batch_unknown"),
        (ReportDeviation { batch_id: None, ..report.clone() }, "phase_unknown"),
        (ReportDeviation { phase_id: Some(phase_id(99)), ..report.clone() }, "phase_unknown"),
        (ReportDeviation { plant_id: PlantId::from(world::OTHER_PLANT), ..report.clone() }, "plant_unknown"),
    ] {
        let refused = problem(client.report_deviation(&token, &Uuid::now_v7().to_string(), &wrong).await);
        assert_eq!(refused.code, code, "{wrong:?}");
    }
    let page =
        client.deviations(&token, &DeviationQuery { limit: Some(1), ..DeviationQuery::default() }).await.unwrap();
    assert_eq!((page.items.len(), page.next_cursor), (1, None));
}

async fn sec_16_a_deviation_of_another_plant_is_not_there(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    let shown = quality.only().await;
    let elsewhere = app.sign_in(&client, &world::email("operator-b")).await.access_token;
    let refused = problem(client.deviation(&elsewhere, shown.record.row.id).await);
    assert_eq!((refused.code.as_str(), refused.status), ("not_found", 404));
    let seen = client.deviations(&elsewhere, &DeviationQuery::default()).await.unwrap();
    assert!(seen.items.is_empty());
}

/// Racing approvals: one wins, the others are refused and have recorded nothing. More at once would be guessing passwords.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_approvals_at_once_one_takes_effect() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    let submitted = quality.submitted(&quality.only().await, Disposition::AcceptAsIs).await;
    let reviewed = quality.sign(&submitted, DeviationAction::Review, (MANAGER, &quality.manager)).await.unwrap();
    let attempts = (0..4).map(|_| quality.sign(&reviewed, DeviationAction::Approve, (HEAD, &quality.head)));
    let answers = futures_util::future::join_all(attempts).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for answer in lost {
        let code = problem(answer).code;
        assert!(["changed_meanwhile", "step_not_allowed"].contains(&code.as_str()), "{code}");
    }
    let closed = quality.only().await;
    assert_eq!(closed.record.signatures.len(), 2);
}

#[tokio::test]
async fn a_step_without_the_tag_of_what_was_shown_or_without_a_reason_is_refused() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    let id = quality.only().await.record.row.id;
    let path = format!("/api/v1/deviations/{id}/investigate");
    let body = json!({ "reason": "now" }).to_string();
    let answer = raw::send(&app, Method::POST, &path, Some(&quality.investigator), body).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (428, "if_match_required"));
    let blank =
        client.take_deviation_step(&quality.investigator, id, 1, (DeviationAction::Investigate, &reason("  "))).await;
    assert_eq!(problem(blank).code, "change_reason_required");
}
