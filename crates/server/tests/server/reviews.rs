//! A finished batch on its way through quality assurance: exceptions, questions, the signed review, the release.

use http::Method;
use uuid::Uuid;
use viruj_api::{
    batch_record::SignedRecord,
    batches::BatchReason,
    notifications::NotificationQuery,
    record_signing::SignRecord,
    reviews::{
        AcceptException, AnswerQuery, AskProduction, BatchReview, ReleaseBlocker, ReviewException, ReviewListQuery,
        ReviewQuery,
    },
    sync::Verdict,
};
use viruj_client::{BatchChange, Certificate, Client, ClientError, RecordForm, ReviewAction};
use viruj_domain::{
    batch::{BatchStatus, ReleaseStatus},
    deviation::{Disposition, Severity},
    ids::StationId,
    phase::PhaseEntry,
    review::{ExceptionKind, QueryStatus, TestConclusion},
    role::Role,
    signature::SignatureMeaning,
};
use viruj_server::kept_documents;
use viruj_sync::conformance::world::{batch_id, operator, phase_id, rpm, statement};
use viruj_test_support::{Reach, TestApp, TestStation, over_both_transports, world};

use crate::{
    deviations::{Quality, closing, deviate},
    master_records::add_author,
    raw,
    sessions::problem,
};

over_both_transports! {
    s88_4_a_batch_is_reviewed_by_exception_and_released,
    a11_15_only_the_qualified_role_releases_and_its_deviations_are_closed,
    sod_work_review_and_release_are_of_three_people,
    a11_9_a_trail_that_nobody_has_looked_at_blocks_the_release,
    p11_70_the_review_is_of_the_record_that_was_signed,
    a_test_that_failed_blocks_the_release_and_the_batch_is_rejected,
    sec_16_the_review_of_another_plant_is_not_there,
}

/// A batch that waits for its review, and the people around it.
pub struct Reviewing<'a> {
    pub client: &'a Client,
    pub station: StationId,
    /// QA Operator, QA Manager, QA Head and Production Manager: id and token.
    pub officer: (&'static str, String),
    pub manager: (&'static str, String),
    pub head: (&'static str, String),
    pub production: (&'static str, String),
}

impl<'a> Reviewing<'a> {
    /// The line is clear, the speed within its limits or not, the last phase signed.
    pub async fn of(app: &TestApp, client: &'a Client, is_out_of_limits: bool) -> Self {
        let mut station = TestStation::register(app, client).await;
        let quality = Quality::of(app, client, &station).await;
        if is_out_of_limits {
            deviate(&mut station).await;
            quality.close(Disposition::AcceptAsIs).await;
        } else {
            let first = station.writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
            let second = station.writer.unsigned(&statement(2, 2, rpm("110")));
            station.push(&[first, second]).await.unwrap();
        }
        finish(app, client, &mut station).await;
        add_author(app, "production-manager", Role::ProductionManager, "plant-a").await;
        let production = app.sign_in(client, &world::email("production-manager")).await.access_token;
        Self {
            client,
            station: station.id,
            officer: ("qa-operator", quality.investigator),
            manager: ("qa-manager", quality.manager),
            head: ("qa-head", quality.head),
            production: ("production-manager", production),
        }
    }

    pub async fn shown(&self) -> BatchReview {
        self.client.batch_review(&self.officer.1, &batch_id()).await.unwrap()
    }

    pub async fn accept(&self, exception: &ReviewException, token: &str) -> Result<BatchReview, ClientError> {
        let accept = AcceptException {
            kind: exception.kind,
            subject: exception.subject,
            evidence: exception.evidence,
            comment: " It was looked at and does no harm. ".to_owned(),
        };
        self.client.accept_exception(token, &batch_id(), &accept).await
    }

    pub async fn accept_all(&self) -> BatchReview {
        for exception in self.shown().await.exceptions.iter().filter(|exception| exception.decision.is_none()) {
            self.accept(exception, &self.officer.1).await.unwrap();
        }
        self.shown().await
    }

    pub fn signature(&self, hash: &str, person: &str) -> SignRecord {
        SignRecord {
            signature_id: Uuid::now_v7(),
            station_id: self.station,
            content_hash: hash.to_owned(),
            reason: "the record is complete".into(),
            shown_text: "I sign.".into(),
            language: "en".into(),
            time_zone: "Asia/Kolkata".into(),
            email: Some(world::email(person)),
            password: world::PASSWORD.into(),
        }
    }

    pub async fn sign(
        &self,
        shown: &BatchReview,
        action: ReviewAction,
        (person, token): &(&'static str, String),
    ) -> Result<BatchReview, ClientError> {
        let signature = self.signature(&shown.content_hash, person);
        self.client.sign_review(token, &batch_id(), shown.batch.version, (action, &signature)).await
    }

    async fn close(&self, query: &ReviewQuery) -> Result<BatchReview, ClientError> {
        let signature = self.signature(&query.content_hash, self.officer.0);
        self.client.close_query(&self.officer.1, &batch_id(), (query.id, query.version), &signature).await
    }
}

/// The last phase is signed, and with that the batch waits for quality assurance.
pub async fn finish(app: &TestApp, client: &Client, station: &mut TestStation) {
    let session = app.sign_in(client, &operator().email).await;
    let slot = station.attest(client, &session, &closing(9), Some(&operator().email)).await.unwrap();
    let third = station.writer.write(&closing(9), slot);
    let answer = station.push(&[third]).await.unwrap();
    assert_eq!(answer.verdicts[0].verdict, Verdict::Accepted, "{answer:?}");
}

fn kinds(review: &BatchReview) -> Vec<ExceptionKind> {
    review.exceptions.iter().map(|exception| exception.kind).collect()
}

fn waiting(kind: ExceptionKind, count: u32) -> ReleaseBlocker {
    ReleaseBlocker::ExceptionNotReviewed { kind, count }
}

async fn s88_4_a_batch_is_reviewed_by_exception_and_released(app: TestApp, client: Client) {
    let qa = Reviewing::of(&app, &client, true).await;
    let listed = client.reviews(&qa.head.1, &ReviewListQuery::default()).await.unwrap().items;
    assert_eq!(listed.len(), 1);
    let counts: Vec<_> = listed[0].exceptions.iter().map(|one| (one.kind, one.count)).collect();
    // The entries of this world are of another day than the server's: they were on their way for long.
    let expected = [(ExceptionKind::Deviation, 1), (ExceptionKind::Offline, 3), (ExceptionKind::OutOfLimits, 1)];
    assert_eq!(counts, expected);
    assert!(!listed[0].is_reviewed && listed[0].grave_deviations == 0);

    let shown = qa.shown().await;
    let offline = [ExceptionKind::Offline; 3];
    let expected =
        [&[ExceptionKind::OutOfLimits], &offline[..], &[ExceptionKind::Deviation, ExceptionKind::TrailNotReviewed]];
    assert_eq!(kinds(&shown), expected.concat());
    let refused = problem(qa.sign(&shown, ReviewAction::Release, &qa.head).await);
    assert_eq!((refused.code.as_str(), refused.status), ("blockers_remain", 409));
    let expected = [
        waiting(ExceptionKind::OutOfLimits, 1),
        waiting(ExceptionKind::Offline, 3),
        waiting(ExceptionKind::Deviation, 1),
        waiting(ExceptionKind::TrailNotReviewed, 1),
        ReleaseBlocker::ReviewMissing {},
    ];
    assert_eq!(refused.blockers, expected, "the refusal lists what is missing");
    assert_eq!(shown.blockers, expected);

    let accepted = qa.accept(&shown.exceptions[0], &qa.officer.1).await.unwrap();
    let decision = accepted.exceptions[0].decision.as_ref().unwrap();
    assert_eq!(decision.comment, "It was looked at and does no harm.");
    assert_eq!(decision.person.id.as_str(), "qa-operator");
    let again = problem(qa.accept(&shown.exceptions[0], &qa.manager.1).await);
    assert_eq!((again.code.as_str(), again.status), ("exception_decided", 409));
    let other = ReviewException { evidence: 99, ..shown.exceptions[4].clone() };
    assert_eq!(problem(qa.accept(&other, &qa.officer.1).await).code, "exception_unknown");

    // A question to production stands against the review until it is answered and closed with a signature.
    let ask = AskProduction { phase_id: Some(phase_id(2)), question: "Was the display replaced?".into() };
    let asked = client.ask_production(&qa.officer.1, &batch_id(), "query-key", &ask).await.unwrap();
    let twice = client.ask_production(&qa.officer.1, &batch_id(), "query-key", &ask).await.unwrap();
    assert_eq!((asked.queries.len(), twice.queries.len()), (1, 1));
    let told = client.notifications(&qa.production.1, &NotificationQuery::default()).await.unwrap().items;
    assert_eq!(told[0].message, "Was the display replaced?");
    let ready = qa.accept_all().await;
    let refused = problem(qa.sign(&ready, ReviewAction::Sign, &qa.manager).await);
    assert_eq!(refused.blockers, [ReleaseBlocker::QueryOpen { number: 1 }]);
    let early = problem(qa.close(&asked.queries[0]).await);
    assert_eq!((early.code.as_str(), early.status), ("query_step_not_allowed", 409));
    let answer = AnswerQuery { answer: "Yes, on the same day.".into() };
    let by_quality = client.answer_query(&qa.officer.1, &batch_id(), (asked.queries[0].id, 1), &answer).await;
    assert_eq!(problem(by_quality).code, "not_authorised");
    let answered = client.answer_query(&qa.production.1, &batch_id(), (asked.queries[0].id, 1), &answer).await.unwrap();
    let query = &answered.queries[0];
    assert_eq!(
        (query.status, query.answered_by.as_ref().unwrap().id.as_str()),
        (QueryStatus::Answered, "production-manager")
    );
    let stale = client.answer_query(&qa.production.1, &batch_id(), (query.id, 1), &answer).await;
    assert_eq!(problem(stale).code, "changed_meanwhile");
    let closed = qa.close(query).await.unwrap();
    assert_eq!(closed.queries[0].status, QueryStatus::Closed);
    assert!(closed.queries[0].signatures[0].is_of_this_content);

    let reviewed = qa.sign(&closed, ReviewAction::Sign, &qa.manager).await.unwrap();
    assert!(reviewed.blockers.is_empty(), "{:?}", reviewed.blockers);
    let released = qa.sign(&reviewed, ReviewAction::Release, &qa.head).await.unwrap();
    assert_eq!(
        (released.batch.status, released.batch.release_status),
        (BatchStatus::Completed, ReleaseStatus::Released)
    );
    let meanings: Vec<_> = released.signatures.iter().map(|one| (one.meaning, one.is_of_this_content)).collect();
    assert_eq!(meanings, [(SignatureMeaning::Reviewed, true), (SignatureMeaning::Released, true)]);
    assert!(client.reviews(&qa.head.1, &ReviewListQuery::default()).await.unwrap().items.is_empty());
    let after = problem(qa.sign(&released, ReviewAction::Reject, &qa.manager).await);
    assert_eq!(after.code, "not_under_review");
    the_documents_stay(&app, &qa, &released).await;
}

/// The record with its release, and both certificates, as they were at the decision.
async fn the_documents_stay(app: &TestApp, qa: &Reviewing<'_>, released: &BatchReview) {
    let (client, token) = (qa.client, &qa.production.1);
    let json = client.batch_record(token, &batch_id(), RecordForm::Json).await.unwrap();
    let record: SignedRecord = serde_json::from_slice(&json).unwrap();
    assert_eq!(record.record.review.content_hash, released.content_hash);
    assert_eq!(record.record.review.signatures.len(), 2);
    assert_eq!(record.record.review.queries[0].answer.as_deref(), Some("Yes, on the same day."));
    assert_eq!(record.record.batch.release_status, ReleaseStatus::Released);
    let in_trail = |entity: &str| record.record.trail.iter().filter(|line| line.entity == entity).count();
    assert_eq!((in_trail("exception_decisions"), in_trail("batch_queries")), (6, 3));
    // Whatever is said of the batch later, these documents are the ones that were released.
    let change = "UPDATE production_batches SET product_name = product_name WHERE id = $1";
    let mut rows = app.database.superuser().await;
    sqlx::query("SELECT set_config('viruj.actor', 'somebody', false), set_config('viruj.reason', 'later', false)")
        .execute(&mut rows)
        .await
        .unwrap();
    sqlx::query(change).bind(batch_id().as_str()).execute(&mut rows).await.unwrap();
    assert!(json == client.batch_record(token, &batch_id(), RecordForm::Json).await.unwrap());
    let pdf = client.batch_record(token, &batch_id(), RecordForm::Pdf).await.unwrap();
    assert!(pdf == client.batch_record(token, &batch_id(), RecordForm::Pdf).await.unwrap());
    for (certificate, line) in [
        (Certificate::OfAnalysis, "Certificate of analysis"),
        (Certificate::OfBatch, "it was released by the person named below"),
    ] {
        let file = client.certificate(token, &batch_id(), certificate).await.unwrap();
        let text = text_of(&file);
        assert!(text.contains(line), "{text}");
        assert!(text.contains("Name of qa-head") && text.contains("Released"), "{text}");
        let hash = record.signature.record_sha256.as_bytes();
        assert!(file.windows(hash.len()).any(|window| window == hash), "the certificate names its record");
    }
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM batch_documents").fetch_one(&mut rows).await.unwrap();
    assert_eq!(kept, 4);
    // A server that stopped between the decision and the printing makes up for it.
    let state = app.application.state();
    assert!(kept_documents::keep_missing(state).await.unwrap().is_empty());
    sqlx::raw_sql("ALTER TABLE batch_documents DISABLE TRIGGER refuse").execute(&mut rows).await.unwrap();
    sqlx::query("DELETE FROM batch_documents WHERE kind = 'batch_certificate'").execute(&mut rows).await.unwrap();
    sqlx::raw_sql("ALTER TABLE batch_documents ENABLE TRIGGER refuse").execute(&mut rows).await.unwrap();
    assert_eq!(kept_documents::keep_missing(state).await.unwrap(), [batch_id()]);
    let refused = sqlx::query("UPDATE batch_documents SET kept_at = now()").execute(&mut rows).await.unwrap_err();
    assert!(refused.as_database_error().is_some(), "{refused}");
    assert!(viruj_storage::audit::verify(&mut rows).await.unwrap().is_whole());
}

/// The text of a PDF in one line, as an inspector's program reads it.
pub fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.pdf");
    std::fs::write(&path, pdf).unwrap();
    let read = std::process::Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().unwrap();
    assert!(read.status.success(), "{read:?}");
    String::from_utf8(read.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn a11_15_only_the_qualified_role_releases_and_its_deviations_are_closed(app: TestApp, client: Client) {
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    deviate(&mut station).await;
    quality.close(Disposition::AcceptAsIs).await;
    finish(&app, &client, &mut station).await;
    let qa = Reviewing {
        client: &client,
        station: station.id,
        officer: ("qa-operator", quality.investigator.clone()),
        manager: ("qa-manager", quality.manager.clone()),
        head: ("qa-head", quality.head.clone()),
        production: ("operator", app.sign_in(&client, &operator().email).await.access_token),
    };
    // Somebody reports something grave about the finished batch.
    let report = viruj_api::deviations::ReportDeviation {
        plant_id: "plant-a".into(),
        batch_id: Some(batch_id()),
        phase_id: None,
        severity: Severity::Critical,
        description: "A foreign tablet was found in the line.".into(),
        immediate_action: None,
    };
    let reported = client.report_deviation(&qa.officer.1, "a-grave-one", &report).await.unwrap();
    let shown = qa.shown().await;
    let grave = shown.exceptions.iter().find(|one| one.subject == reported.record.row.id.0).unwrap();
    let refused = problem(qa.accept(grave, &qa.officer.1).await);
    assert_eq!((refused.code.as_str(), refused.status), ("deviation_open", 409));
    for exception in shown.exceptions.iter().filter(|one| one.subject != reported.record.row.id.0) {
        qa.accept(exception, &qa.officer.1).await.unwrap();
    }
    let refused = problem(qa.sign(&qa.shown().await, ReviewAction::Release, &qa.head).await);
    let open = ReleaseBlocker::DeviationOpen { deviation: reported.record.row.code, severity: Severity::Critical };
    assert_eq!(refused.code, "blockers_remain");
    assert_eq!(refused.blockers[0], open);
    for person in [&qa.officer, &qa.production] {
        for action in [ReviewAction::Release, ReviewAction::Reject] {
            let refused = problem(qa.sign(&shown, action, person).await);
            assert_eq!((refused.code.as_str(), refused.status), ("not_authorised", 403), "{}", person.0);
        }
    }
    // Whoever writes the row past the rules is refused by the database.
    let mut rows = app.database.superuser().await;
    let past = "UPDATE production_batches SET status = 'Completed', qa_release_status = 'Released' WHERE id = $1";
    let refused = sqlx::query(past).bind(batch_id().as_str()).execute(&mut rows).await.unwrap_err();
    assert_eq!(refused.as_database_error().and_then(|error| error.code()).as_deref(), Some("VJ005"));
}

async fn sod_work_review_and_release_are_of_three_people(app: TestApp, client: Client) {
    let qa = Reviewing::of(&app, &client, false).await;
    let ready = qa.accept_all().await;
    let early = problem(qa.sign(&ready, ReviewAction::Release, &qa.head).await);
    assert_eq!(early.blockers, [ReleaseBlocker::ReviewMissing {}]);
    let reviewed = qa.sign(&ready, ReviewAction::Sign, &qa.manager).await.unwrap();
    for action in [ReviewAction::Release, ReviewAction::Reject] {
        let refused = problem(qa.sign(&reviewed, action, &qa.manager).await);
        assert_eq!((refused.code.as_str(), refused.status), ("own_review", 409));
    }
    let wrong = SignRecord { password: "wrong".into(), ..qa.signature(&reviewed.content_hash, "qa-head") };
    let step = (ReviewAction::Release, &wrong);
    let refused = problem(client.sign_review(&qa.head.1, &batch_id(), reviewed.batch.version, step).await);
    assert_eq!(refused.code, "wrong_password");
    assert_eq!(qa.shown().await.batch.release_status, ReleaseStatus::Pending);
    let released = qa.sign(&reviewed, ReviewAction::Release, &qa.head).await.unwrap();
    assert_eq!(released.batch.release_status, ReleaseStatus::Released);
}

async fn a11_9_a_trail_that_nobody_has_looked_at_blocks_the_release(app: TestApp, client: Client) {
    let qa = Reviewing::of(&app, &client, false).await;
    let shown = qa.shown().await;
    let refused = problem(qa.sign(&shown, ReviewAction::Sign, &qa.manager).await);
    assert_eq!(refused.blockers, [waiting(ExceptionKind::Offline, 3), waiting(ExceptionKind::TrailNotReviewed, 1)]);
    for exception in shown.exceptions.iter().filter(|one| one.kind == ExceptionKind::Offline) {
        qa.accept(exception, &qa.officer.1).await.unwrap();
    }
    let refused = problem(qa.sign(&qa.shown().await, ReviewAction::Sign, &qa.manager).await);
    assert_eq!(refused.blockers, [waiting(ExceptionKind::TrailNotReviewed, 1)]);
    qa.accept_all().await;
    // A change after that has not been looked at.
    let reason = BatchReason { reason: "a complaint".into() };
    let version = qa.shown().await.batch.version;
    let step = (BatchChange::Hold, &reason);
    let held = client.change_batch(&qa.head.1, &batch_id(), version, step).await.unwrap();
    let step = (BatchChange::Resume, &reason);
    client.change_batch(&qa.head.1, &batch_id(), held.version, step).await.unwrap();
    let changed = qa.shown().await;
    assert_eq!(changed.blockers, [waiting(ExceptionKind::TrailNotReviewed, 1), ReleaseBlocker::ReviewMissing {}]);
    let old = problem(qa.accept(shown.exceptions.last().unwrap(), &qa.officer.1).await);
    assert_eq!(old.code, "exception_unknown", "what was shown is not what there is now");
    let ready = qa.accept_all().await;
    assert!(qa.sign(&ready, ReviewAction::Sign, &qa.manager).await.is_ok());
}

async fn p11_70_the_review_is_of_the_record_that_was_signed(app: TestApp, client: Client) {
    let qa = Reviewing::of(&app, &client, false).await;
    let ready = qa.accept_all().await;
    let other = qa.signature(&"0".repeat(64), "qa-manager");
    let step = (ReviewAction::Sign, &other);
    let refused = problem(client.sign_review(&qa.manager.1, &batch_id(), ready.batch.version, step).await);
    assert_eq!((refused.code.as_str(), refused.status), ("content_differs", 409));
    let reviewed = qa.sign(&ready, ReviewAction::Sign, &qa.manager).await.unwrap();
    // A deviation that is reported now was not reviewed: the review that was signed is of another record.
    let report = viruj_api::deviations::ReportDeviation {
        plant_id: "plant-a".into(),
        batch_id: Some(batch_id()),
        phase_id: None,
        severity: Severity::Low,
        description: "A label was crooked.".into(),
        immediate_action: None,
    };
    client.report_deviation(&qa.officer.1, "crooked-label", &report).await.unwrap();
    let changed = qa.shown().await;
    assert!(!changed.signatures[0].is_of_this_content);
    let refused = problem(qa.sign(&changed, ReviewAction::Release, &qa.head).await);
    let expected = [
        waiting(ExceptionKind::Deviation, 1),
        waiting(ExceptionKind::TrailNotReviewed, 1),
        ReleaseBlocker::ReviewMissing {},
    ];
    assert_eq!(refused.blockers, expected);
    let refused = problem(qa.sign(&reviewed, ReviewAction::Release, &qa.head).await);
    assert_eq!(refused.code, "blockers_remain");
    // Signed again, by somebody else than whoever decides.
    let ready = qa.accept_all().await;
    let reviewed = qa.sign(&ready, ReviewAction::Sign, &qa.manager).await.unwrap();
    assert!(reviewed.blockers.is_empty(), "a deviation of low severity may stay open: {:?}", reviewed.blockers);
    assert!(qa.sign(&reviewed, ReviewAction::Release, &qa.head).await.is_ok());
}

async fn a_test_that_failed_blocks_the_release_and_the_batch_is_rejected(app: TestApp, client: Client) {
    let definition = r#"{"key":"line_clearance","title":"Take a sample","instruction":"Take 10 g.",
        "kind":{"type":"sample_request","sample":"Granules","tests":["Water content","Assay"]}}"#;
    world::redefine_phase(&app.database, phase_id(1), definition).await;
    let mut station = TestStation::register(&app, &client).await;
    let quality = Quality::of(&app, &client, &station).await;
    let taken = PhaseEntry::SampleRequested { container: "C-7".into() };
    let begun =
        [station.writer.unsigned(&statement(1, 1, taken)), station.writer.unsigned(&statement(2, 2, rpm("110")))];
    station.push(&begun).await.unwrap();
    finish(&app, &client, &mut station).await;
    let qa = Reviewing {
        client: &client,
        station: station.id,
        officer: ("qa-operator", quality.investigator.clone()),
        manager: ("qa-manager", quality.manager.clone()),
        head: ("qa-head", quality.head.clone()),
        production: ("operator", String::new()),
    };
    let shown = qa.shown().await;
    let tests: Vec<_> = shown.tests.iter().map(|test| (test.test.as_str(), test.conclusion)).collect();
    assert_eq!(tests, [("Assay", TestConclusion::Pending), ("Water content", TestConclusion::Pending)]);
    assert_eq!(shown.tests[0].container.as_deref(), Some("C-7"));
    // What the laboratory does with its own steps is shown elsewhere; here only how it ends counts.
    let mut rows = app.database.superuser().await;
    sqlx::query("SELECT set_config('viruj.actor', 'qc', false), set_config('viruj.reason', 'tested', false)")
        .execute(&mut rows)
        .await
        .unwrap();
    for (test, status) in [("Assay", "Approved"), ("Water content", "Rejected")] {
        sqlx::query("UPDATE quality_tests SET status = $2, result_data = '\"9.1 %\"' WHERE test_name = $1")
            .bind(test)
            .bind(status)
            .execute(&mut rows)
            .await
            .unwrap();
    }
    let ready = qa.accept_all().await;
    let reviewed = qa.sign(&ready, ReviewAction::Sign, &qa.manager).await.unwrap();
    assert_eq!(reviewed.blockers, [ReleaseBlocker::TestFailed { test: "Water content".into() }]);
    let refused = problem(qa.sign(&reviewed, ReviewAction::Release, &qa.head).await);
    assert_eq!(refused.code, "blockers_remain");
    let early = client.certificate(&qa.head.1, &batch_id(), Certificate::OfAnalysis).await;
    assert_eq!((problem(early.clone()).code.as_str(), problem(early).status), ("not_decided", 409));
    let rejected = qa.sign(&reviewed, ReviewAction::Reject, &qa.head).await.unwrap();
    assert_eq!(rejected.batch.release_status, ReleaseStatus::Rejected);
    let text = text_of(&client.certificate(&qa.head.1, &batch_id(), Certificate::OfAnalysis).await.unwrap());
    assert!(text.contains("1 of its tests do not comply") && text.contains("9.1 %"), "{text}");
}

async fn sec_16_the_review_of_another_plant_is_not_there(app: TestApp, client: Client) {
    let qa = Reviewing::of(&app, &client, false).await;
    add_author(&app, "qa-elsewhere", Role::QaHead, "plant-b").await;
    let stranger = app.sign_in(&client, &world::email("qa-elsewhere")).await.access_token;
    let shown = qa.shown().await;
    let refused = problem(client.batch_review(&stranger, &batch_id()).await);
    assert_eq!((refused.code.as_str(), refused.status), ("not_found", 404));
    assert_eq!(problem(qa.accept(&shown.exceptions[0], &stranger).await).code, "not_found");
    let elsewhere = ("qa-elsewhere", stranger.clone());
    assert_eq!(problem(qa.sign(&shown, ReviewAction::Release, &elsewhere).await).code, "not_found");
    assert_eq!(problem(client.certificate(&stranger, &batch_id(), Certificate::OfBatch).await).code, "not_found");
    assert!(client.reviews(&stranger, &ReviewListQuery::default()).await.unwrap().items.is_empty());
    let path = format!("/api/v1/batches/{}/certificates/none", batch_id());
    let answer = raw::send(&app, Method::GET, &path, Some(&qa.head.1), "").await;
    assert_eq!(answer.status, 404);
}

/// [P11-10f]: of a hundred releases at once one wins; the others get 409 or 412 and have recorded nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_releases_at_once_one_wins_and_the_others_have_recorded_nothing() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let qa = Reviewing::of(&app, &client, false).await;
    let ready = qa.accept_all().await;
    let reviewed = qa.sign(&ready, ReviewAction::Sign, &qa.manager).await.unwrap();
    let mut heads = Vec::new();
    for number in 0..25 {
        let id: &'static str = format!("releasing-{number:02}").leak();
        add_author(&app, id, Role::QaHead, "plant-a").await;
        heads.push((id, app.sign_in(&client, &world::email(id)).await.access_token));
    }
    // Each of 25 people signs four times at once.
    let attempts = (0..100).map(|number| qa.sign(&reviewed, ReviewAction::Release, &heads[number % heads.len()]));
    let answers = futures_util::future::join_all(attempts).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 99));
    for answer in lost {
        let refused = problem(answer);
        assert!(matches!(refused.status, 409 | 412), "{refused:?}");
    }
    let mut rows = app.database.superuser().await;
    let counts: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM record_signatures WHERE meaning = 'released'),
             (SELECT count(*) FROM audit_entries WHERE entity = 'production_batches' AND new_text LIKE '%Released%')",
    )
    .fetch_one(&mut rows)
    .await
    .unwrap();
    assert_eq!(counts, (1, 1));
    assert!(viruj_storage::audit::verify(&mut rows).await.unwrap().is_whole());
}
