//! Master batch records: the life of a version between two people, and what nobody may do.

use chrono::{NaiveDate, TimeDelta};
use http::Method;
use serde_json::json;
use uuid::Uuid;
use viruj_api::{
    audit::AuditQuery,
    master_records::{
        CheckProcedure, CreateMasterRecord, EditMasterRecord, ImportMasterRecord, MasterRecord, MasterRecordQuery,
        MasterRecordStep, SignMasterRecord,
    },
};
use viruj_client::{Client, ClientError, SignedStep, UnsignedStep};
use viruj_domain::{
    ids::{PlantId, UserId},
    master::{ChangeKind, FaultCode, MasterRecordStatus, Procedure},
    role::{Department, Role},
    signature::SignatureMeaning,
};
use viruj_server::due_versions;
use viruj_storage::people::{self, NewPerson};
use viruj_test_support::{Reach, TestApp, TestStation, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    s88_2_a_version_goes_from_the_draft_to_effective_by_two_people,
    sod_an_author_does_not_approve_in_another_role_either,
    p11_200_1_the_first_signature_on_a_record_takes_both_components,
    p11_70_a_signature_is_of_the_content_that_was_signed,
    sec_16_a_record_of_another_plant_is_not_there,
    an_import_lists_every_fault_and_keeps_nothing,
    an_exported_version_is_imported_with_the_same_content,
}

pub(crate) const AUTHOR: &str = "prod-head";
pub(crate) const SECOND_AUTHOR: &str = "prod-manager";
const ELSEWHERE: &str = "prod-head-b";
pub(crate) const APPROVER: &str = "qa-manager";

fn procedure(code: &str, title: &str) -> Procedure {
    serde_json::from_value(json!({
        "product": "Metformin Tablets",
        "product_code": code,
        "batch_size": "200.00",
        "batch_unit": "kg",
        "unit_procedures": [{ "name": "Drying", "operations": [{ "name": "Fluid bed", "phases": [
            { "key": "DRY-010", "title": title, "instruction": "Dry until it is dry.",
              "kind": { "type": "in_process_check", "unit": "%", "places": 2, "high": "2.00" },
              "signature": "performed" },
            { "key": "DRY-020", "title": "Cool down", "instruction": "Let it cool.",
              "kind": { "type": "timer", "minimum_seconds": 60, "maximum_seconds": null } }
        ] }] }],
    }))
    .unwrap()
}

/// A plant in which two people bring versions to life.
pub(crate) struct Plant<'a> {
    pub app: &'a TestApp,
    pub client: &'a Client,
    pub station: TestStation,
    pub author: String,
    pub approver: String,
}

pub(crate) async fn add_author(app: &TestApp, id: &str, role: Role, plant: &str) {
    let hash = viruj_server::passwords::hash_here(world::PASSWORD).unwrap();
    let mut unit = app.application.state().begin_for_system("test", "an author").await.unwrap();
    let person = NewPerson {
        id: UserId::from(id),
        name: &format!("Name of {id}"),
        email: &world::email(id),
        password_hash: &hash,
        role,
        department: Department::ALL[0],
        plant_ids: vec![PlantId::from(plant)],
        must_change_password: false,
        created_at: app.application.state().clock.now(),
    };
    people::create(&mut unit, &person).await.unwrap();
    unit.commit().await.unwrap();
}

impl<'a> Plant<'a> {
    pub(crate) async fn of(app: &'a TestApp, client: &'a Client) -> Self {
        let station = TestStation::register(app, client).await;
        add_author(app, AUTHOR, Role::ProductionHead, "plant-a").await;
        add_author(app, SECOND_AUTHOR, Role::ProductionManager, "plant-a").await;
        add_author(app, ELSEWHERE, Role::ProductionHead, world::OTHER_PLANT).await;
        let author = app.sign_in(client, &world::email(AUTHOR)).await.access_token;
        let approver = app.sign_in(client, &world::email(APPROVER)).await.access_token;
        Self { app, client, station, author, approver }
    }

    fn wanted(&self, procedure: &Procedure) -> CreateMasterRecord {
        CreateMasterRecord {
            plant_id: PlantId::from("plant-a"),
            procedure: procedure.clone(),
            based_on: None,
            reason: "a new dryer".into(),
        }
    }

    pub(crate) async fn draft(&self, code: &str) -> MasterRecord {
        self.draft_of(&procedure(code, "Dry")).await
    }

    pub(crate) async fn draft_of(&self, procedure: &Procedure) -> MasterRecord {
        let new = self.wanted(procedure);
        self.client.create_master_record(&self.author, &Uuid::now_v7().to_string(), &new).await.unwrap()
    }

    fn signature(&self, record: &MasterRecord, person: &str) -> SignMasterRecord {
        SignMasterRecord {
            signature_id: Uuid::now_v7(),
            station_id: self.station.id,
            content_hash: record.content_hash.clone(),
            reason: "it is as it should be".into(),
            shown_text: format!("I sign version {}.", record.row.version),
            language: "en".into(),
            time_zone: "Asia/Kolkata".into(),
            email: Some(world::email(person)),
            password: world::PASSWORD.into(),
        }
    }

    pub(crate) async fn sign(
        &self,
        record: &MasterRecord,
        step: SignedStep,
        (person, token): (&str, &str),
    ) -> Result<MasterRecord, ClientError> {
        let signature = self.signature(record, person);
        self.client.sign_master_record(token, record.row.id, record.row.revision, (step, &signature)).await
    }

    pub(crate) async fn take(
        &self,
        record: &MasterRecord,
        step: UnsignedStep,
        token: &str,
        on: Option<NaiveDate>,
    ) -> Result<MasterRecord, ClientError> {
        let told = MasterRecordStep { reason: "it is time".into(), effective_on: on };
        self.client.take_master_record_step(token, record.row.id, record.row.revision, (step, &told)).await
    }

    async fn approved(&self, code: &str) -> MasterRecord {
        self.approved_of(&procedure(code, "Dry")).await
    }

    pub(crate) async fn approved_of(&self, procedure: &Procedure) -> MasterRecord {
        let draft = self.draft_of(procedure).await;
        let submitted = self.sign(&draft, SignedStep::Submit, (AUTHOR, &self.author)).await.unwrap();
        self.sign(&submitted, SignedStep::Approve, (APPROVER, &self.approver)).await.unwrap()
    }

    /// By the author and the approver, and in the place of the one before.
    pub(crate) async fn made_effective(&self, procedure: &Procedure) -> MasterRecord {
        let approved = self.approved_of(procedure).await;
        self.take(&approved, UnsignedStep::MakeEffective, &self.approver, None).await.unwrap()
    }

    async fn effective(&self, code: &str) -> Vec<u32> {
        let query = MasterRecordQuery {
            status: Some(MasterRecordStatus::Effective),
            search: Some(code.into()),
            ..MasterRecordQuery::default()
        };
        // The clock may have run away from an older session.
        let token = self.app.sign_in(self.client, &world::email(AUTHOR)).await.access_token;
        let page = self.client.master_records(&token, &query).await.unwrap();
        page.items.iter().map(|row| row.version).collect()
    }
}

async fn s88_2_a_version_goes_from_the_draft_to_effective_by_two_people(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let draft = plant.draft("DRY").await;
    assert_eq!((draft.row.version, draft.row.status, draft.row.revision), (1, MasterRecordStatus::Draft, 1));
    assert_eq!(draft.authors.iter().map(|author| author.id.as_str()).collect::<Vec<_>>(), [AUTHOR]);
    assert!(plant.effective("DRY").await.is_empty(), "a draft is not effective");
    // A second author writes in it; a stale change is refused.
    let second = app.sign_in(&client, &world::email(SECOND_AUTHOR)).await.access_token;
    let edit = EditMasterRecord { procedure: procedure("DRY", "Dry gently"), reason: "gently".into() };
    let edited = client.edit_master_record(&second, draft.row.id, 1, &edit).await.unwrap();
    assert_eq!((edited.row.revision, edited.authors.len()), (2, 2));
    assert_ne!(edited.content_hash, draft.content_hash);
    assert_eq!(
        problem(client.edit_master_record(&plant.author, draft.row.id, 1, &edit).await).code,
        "changed_meanwhile"
    );
    let moved = EditMasterRecord { procedure: procedure("WET", "Dry"), ..edit.clone() };
    assert_eq!(
        problem(client.edit_master_record(&plant.author, draft.row.id, 2, &moved).await).code,
        "product_code_fixed"
    );
    let silent = EditMasterRecord { reason: " ".into(), ..edit.clone() };
    assert_eq!(
        problem(client.edit_master_record(&plant.author, draft.row.id, 2, &silent).await).code,
        "change_reason_required"
    );
    let submitted = plant.sign(&edited, SignedStep::Submit, (AUTHOR, &plant.author)).await.unwrap();
    assert_eq!(submitted.row.status, MasterRecordStatus::InReview);
    // Nobody changes what is in review, and an author approves nothing.
    assert_eq!(
        problem(client.edit_master_record(&plant.author, draft.row.id, 3, &edit).await).code,
        "step_not_allowed"
    );
    let refused = plant.sign(&submitted, SignedStep::Approve, (AUTHOR, &plant.author)).await;
    assert_eq!(problem(refused).code, "not_authorised");
    // A reviewer sends it back; the author submits it again as it is.
    let returned = plant.take(&submitted, UnsignedStep::Return, &plant.approver, None).await.unwrap();
    assert_eq!(returned.row.status, MasterRecordStatus::Draft);
    let submitted = plant.sign(&returned, SignedStep::Submit, (AUTHOR, &plant.author)).await.unwrap();
    let approved = plant.sign(&submitted, SignedStep::Approve, (APPROVER, &plant.approver)).await.unwrap();
    let meanings: Vec<_> = approved.signatures.iter().map(|signature| signature.meaning).collect();
    assert_eq!(meanings, [SignatureMeaning::Performed, SignatureMeaning::Performed, SignatureMeaning::Approved]);
    let last = approved.signatures.last().unwrap();
    assert_eq!((last.person_name.as_str(), last.time_zone.as_str()), ("Quinn Ashe", "Asia/Kolkata"));
    assert!(approved.signatures.iter().all(|signature| signature.is_of_this_content));
    assert!(plant.effective("DRY").await.is_empty(), "an approved version is not yet effective");
    let effective = plant.take(&approved, UnsignedStep::MakeEffective, &plant.approver, None).await.unwrap();
    assert_eq!(effective.row.status, MasterRecordStatus::Effective);
    assert_eq!(plant.effective("DRY").await, [1]);
    // The next version supersedes it with the same change.
    let next = CreateMasterRecord { based_on: Some(effective.row.id), ..plant.wanted(&procedure("DRY", "Dry more")) };
    let next = client.create_master_record(&plant.author, "second version", &next).await;
    assert_eq!(problem(next).code, "idempotency_key_invalid");
    let new = CreateMasterRecord { based_on: Some(effective.row.id), ..plant.wanted(&procedure("DRY", "Dry more")) };
    let next = client.create_master_record(&plant.author, "second-version", &new).await.unwrap();
    let again = client.create_master_record(&plant.author, "second-version", &new).await.unwrap();
    assert_eq!((next.row.version, next.based_on, again.row.id), (2, Some(effective.row.id), next.row.id));
    let differences = client.master_record_differences(&plant.author, next.row.id, effective.row.id).await.unwrap();
    assert_eq!((differences.from_version, differences.to_version), (1, 2));
    assert_eq!(differences.changes.len(), 1);
    assert_eq!(differences.changes[0].kind, ChangeKind::Changed);
    let next = plant.sign(&next, SignedStep::Submit, (AUTHOR, &plant.author)).await.unwrap();
    let next = plant.sign(&next, SignedStep::Approve, (APPROVER, &plant.approver)).await.unwrap();
    let next = plant.take(&next, UnsignedStep::MakeEffective, &plant.approver, None).await.unwrap();
    assert_eq!(plant.effective("DRY").await, [2]);
    let old = client.master_record(&plant.author, effective.row.id).await.unwrap();
    assert_eq!(old.row.status, MasterRecordStatus::Superseded);
    assert_eq!(old.row.effective_until, next.row.effective_from);
    let gone = plant.sign(&next, SignedStep::Withdraw, (APPROVER, &plant.approver)).await.unwrap();
    assert_eq!(gone.row.status, MasterRecordStatus::Withdrawn);
    assert!(plant.effective("DRY").await.is_empty(), "a withdrawn version is not effective");
    // All of it is in the trail, with its reasons.
    let query = AuditQuery {
        entity: Some("master_batch_records".into()),
        entity_id: Some(effective.row.id.to_string()),
        ..AuditQuery::default()
    };
    let trail = client.audit(&plant.approver, &query).await.unwrap().items;
    let reasons: Vec<_> = trail.iter().rev().map(|entry| entry.reason.as_deref().unwrap()).collect();
    let signed = "it is as it should be";
    assert_eq!(reasons, ["a new dryer", "gently", signed, "it is time", signed, signed, "it is time", "it is time"]);
    assert!(viruj_storage::audit::verify_database(&app.database.url, &[]).await.unwrap().is_whole());
}

async fn sod_an_author_does_not_approve_in_another_role_either(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let draft = plant.draft("SOD").await;
    let submitted = plant.sign(&draft, SignedStep::Submit, (AUTHOR, &plant.author)).await.unwrap();
    let mut rows = app.application.state().begin_for_system("test", "a new post").await.unwrap();
    sqlx::query("UPDATE users SET role = $1 WHERE id = $2")
        .bind(Role::QaHead.as_str())
        .bind(AUTHOR)
        .execute(rows.connection())
        .await
        .unwrap();
    rows.commit().await.unwrap();
    let token = app.sign_in(&client, &world::email(AUTHOR)).await.access_token;
    let refused = plant.sign(&submitted, SignedStep::Approve, (AUTHOR, &token)).await;
    assert_eq!(problem(refused).code, "own_work");
    let record = client.master_record(&token, draft.row.id).await.unwrap();
    assert_eq!((record.row.status, record.signatures.len()), (MasterRecordStatus::InReview, 1));
    plant.sign(&submitted, SignedStep::Approve, (APPROVER, &plant.approver)).await.unwrap();
}

async fn p11_200_1_the_first_signature_on_a_record_takes_both_components(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let (first, second) = (plant.draft("ONE").await, plant.draft("TWO").await);
    let ask = async |record: &MasterRecord, signature: &SignMasterRecord| {
        let signed = (SignedStep::Submit, signature);
        client.sign_master_record(&plant.author, record.row.id, record.row.revision, signed).await
    };
    let alone = SignMasterRecord { email: None, ..plant.signature(&first, AUTHOR) };
    assert_eq!(problem(ask(&first, &alone).await).code, "identification_required");
    let wrong = SignMasterRecord { password: "wrong".into(), ..plant.signature(&first, AUTHOR) };
    assert_eq!(problem(ask(&first, &wrong).await).code, "wrong_password");
    let whole = plant.signature(&first, AUTHOR);
    ask(&first, &whole).await.unwrap();
    let alone = SignMasterRecord { email: None, ..plant.signature(&second, AUTHOR) };
    let known = SignMasterRecord { signature_id: whole.signature_id, ..alone.clone() };
    assert_eq!(problem(ask(&second, &known).await).code, "operation_known", "a signature is one");
    ask(&second, &alone).await.unwrap();
    let zone = SignMasterRecord { time_zone: "Mars/Olympus".into(), ..plant.signature(&second, AUTHOR) };
    assert_eq!(problem(ask(&second, &zone).await).code, "time_zone_unknown");
}

async fn p11_70_a_signature_is_of_the_content_that_was_signed(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let draft = plant.draft("HASH").await;
    let other = SignMasterRecord { content_hash: "0".repeat(64), ..plant.signature(&draft, AUTHOR) };
    let refused = client.sign_master_record(&plant.author, draft.row.id, 1, (SignedStep::Submit, &other)).await;
    assert_eq!(problem(refused).code, "content_differs");
    let submitted = plant.sign(&draft, SignedStep::Submit, (AUTHOR, &plant.author)).await.unwrap();
    assert!(submitted.signatures[0].is_of_this_content);
    // The database refuses it to everybody (P11-10a), until somebody takes its triggers away.
    let mut rows = app.database.superuser().await;
    let alter =
        "UPDATE master_batch_records SET procedure = replace(procedure, 'Dry until', 'Try until') WHERE id = $1";
    sqlx::query("SELECT set_config('viruj.actor', 'intruder', false), set_config('viruj.reason', 'x', false)")
        .execute(&mut rows)
        .await
        .unwrap();
    let refused = sqlx::query(alter).bind(draft.row.id.0).execute(&mut rows).await.unwrap_err();
    assert!(refused.to_string().contains("does not change"), "{refused}");
    let refused = sqlx::query("UPDATE master_batch_records SET status = 'Effective' WHERE id = $1")
        .bind(draft.row.id.0)
        .execute(&mut rows)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("does not become"), "{refused}");
    sqlx::query("SET session_replication_role = replica").execute(&mut rows).await.unwrap();
    assert_eq!(sqlx::query(alter).bind(draft.row.id.0).execute(&mut rows).await.unwrap().rows_affected(), 1);
    let altered = client.master_record(&plant.author, draft.row.id).await.unwrap();
    assert!(!altered.signatures[0].is_of_this_content, "the signature is of another content");
    assert_ne!(altered.content_hash, submitted.content_hash);
    let refused = plant.sign(&altered, SignedStep::Approve, (APPROVER, &plant.approver)).await;
    assert_eq!(problem(refused).code, "content_differs", "nobody approves what nobody wrote");
    let report = viruj_storage::audit::verify_database(&app.database.url, &[]).await.unwrap();
    assert!(!report.is_whole(), "P11-10a: the verifier names the row");
}

async fn sec_16_a_record_of_another_plant_is_not_there(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let draft = plant.draft("OURS").await;
    let other = app.sign_in(&client, &world::email(ELSEWHERE)).await.access_token;
    let nowhere = viruj_domain::ids::MasterRecordId(Uuid::now_v7());
    for id in [draft.row.id, nowhere] {
        assert_eq!(problem(client.master_record(&other, id).await).code, "not_found");
        assert_eq!(problem(client.export_master_record(&other, id).await).code, "not_found");
        assert_eq!(problem(client.master_record_differences(&other, id, id).await).code, "not_found");
        let edit = EditMasterRecord { procedure: procedure("OURS", "x"), reason: "x".into() };
        assert_eq!(problem(client.edit_master_record(&other, id, 1, &edit).await).code, "not_found");
        let signature = plant.signature(&draft, ELSEWHERE);
        let signed = (SignedStep::Submit, &signature);
        assert_eq!(problem(client.sign_master_record(&other, id, 1, signed).await).code, "not_found");
    }
    let search = MasterRecordQuery { search: Some("OURS".into()), ..MasterRecordQuery::default() };
    assert!(client.master_records(&other, &search).await.unwrap().items.is_empty());
    let here = plant.wanted(&procedure("THEIRS", "x"));
    assert_eq!(problem(client.create_master_record(&other, "another-plant", &here).await).code, "plant_unknown");
    let based = CreateMasterRecord {
        plant_id: PlantId::from(world::OTHER_PLANT),
        based_on: Some(draft.row.id),
        ..here.clone()
    };
    assert_eq!(problem(client.create_master_record(&other, "another-base", &based).await).code, "not_found");
}

fn paths(problem: &viruj_api::problem::Problem) -> Vec<(&str, FaultCode)> {
    problem.faults.iter().map(|fault| (fault.path.as_str(), fault.code)).collect()
}

async fn an_import_lists_every_fault_and_keeps_nothing(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let import = |file: &serde_json::Value| ImportMasterRecord {
        plant_id: PlantId::from("plant-a"),
        file: file.to_string(),
        reason: "from the old system".into(),
    };
    let phases = "/unit_procedures/0/operations/0/phases";
    // What is not of the schema, twelve times over.
    let mut file = json!({ "format": "viruj-master-batch-record", "format_version": 1,
        "procedure": serde_json::to_value(procedure("IMP", "Dry")).unwrap() });
    file["procedure"]["batch_size"] = json!(200);
    file["procedure"]["batch_unit"] = json!("stone");
    file["procedure"]["colour"] = json!("white");
    file["procedure"].as_object_mut().unwrap().remove("product");
    let phase = &mut file["procedure"]["unit_procedures"][0]["operations"][0]["phases"][0];
    phase.as_object_mut().unwrap().remove("title");
    phase["kind"]["high"] = json!("two");
    phase["kind"]["places"] = json!(-1);
    phase["kind"]["minimum_seconds"] = json!(1);
    phase["signature"] = json!("seen");
    let phase = &mut file["procedure"]["unit_procedures"][0]["operations"][0]["phases"][1];
    phase["kind"]["type"] = json!("wait");
    phase["performed_by"] = json!("Operator");
    file["procedure"]["unit_procedures"][0]["arrangement"] = json!("sideways");
    let refused = problem(client.import_master_record(&plant.author, "faulty-file-1", &import(&file)).await);
    assert_eq!((refused.status, refused.code.as_str()), (422, "master_record_has_faults"));
    let first = format!("{phases}/0");
    let second = format!("{phases}/1");
    let mut expected = vec![
        ("/batch_size".to_owned(), FaultCode::WrongType),
        ("/batch_unit".to_owned(), FaultCode::UnknownWord),
        ("/colour".to_owned(), FaultCode::UnknownField),
        ("/product".to_owned(), FaultCode::FieldMissing),
        (format!("{first}/title"), FaultCode::FieldMissing),
        (format!("{first}/kind/high"), FaultCode::WrongType),
        (format!("{first}/kind/places"), FaultCode::WrongType),
        (format!("{first}/kind/minimum_seconds"), FaultCode::UnknownField),
        (format!("{first}/signature"), FaultCode::UnknownWord),
        (format!("{second}/kind/type"), FaultCode::UnknownWord),
        (format!("{second}/performed_by"), FaultCode::WrongType),
        ("/unit_procedures/0/arrangement".to_owned(), FaultCode::UnknownWord),
    ];
    expected.sort();
    let mut found: Vec<_> = paths(&refused).into_iter().map(|(path, code)| (path.to_owned(), code)).collect();
    found.sort();
    assert_eq!(found, expected, "{:#?}", refused.faults);
    // What the rules say of a file that is of the schema.
    let mut file = json!({ "format": "viruj-master-batch-record", "format_version": 1,
        "procedure": serde_json::to_value(procedure("IMP", "")).unwrap() });
    file["procedure"]["batch_size"] = json!("0");
    let phase = &mut file["procedure"]["unit_procedures"][0]["operations"][0]["phases"][1];
    phase["key"] = json!("DRY-010");
    let refused = problem(client.import_master_record(&plant.author, "faulty-file-2", &import(&file)).await);
    assert_eq!(
        paths(&refused),
        [
            ("/batch_size", FaultCode::NotPositive),
            (&*format!("{phases}/0/title"), FaultCode::TextMissing),
            (&*format!("{phases}/1/key"), FaultCode::KeyTaken),
        ]
    );
    // Beside the procedure.
    let file = json!({ "format": "recipe", "format_version": 2, "procedure": procedure("IMP", "Dry") });
    let refused = problem(client.import_master_record(&plant.author, "faulty-file-3", &import(&file)).await);
    assert!(refused.faults.iter().all(|fault| fault.path.is_empty()), "{:?}", refused.faults);
    assert_eq!(refused.faults.len(), 2);
    let broken = ImportMasterRecord { file: "{\n \"format\": ".into(), ..import(&file) };
    let refused = problem(client.import_master_record(&plant.author, "faulty-file-4", &broken).await);
    assert_eq!(paths(&refused), [("", FaultCode::NotAFile)]);
    assert!(refused.faults[0].detail.contains("line 2"), "{:?}", refused.faults);
    let large = ImportMasterRecord { file: " ".repeat(4 * 1024 * 1024 + 1), ..import(&file) };
    assert_eq!(
        problem(client.import_master_record(&plant.author, "faulty-file-5", &large).await).code,
        "body_too_large"
    );
    let search = MasterRecordQuery { search: Some("IMP".into()), ..MasterRecordQuery::default() };
    assert!(client.master_records(&plant.author, &search).await.unwrap().items.is_empty(), "no row is left");
    let check = CheckProcedure { procedure: procedure("IMP", "") };
    let faults = client.check_procedure(&plant.author, &check).await.unwrap().faults;
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), [FaultCode::TextMissing]);
    // The field is refused by name.
    let body =
        json!({ "plant_id": "plant-a", "procedure": procedure("IMP", "x"), "reason": "x", "status": "Effective" });
    let answer = raw::send(&app, Method::POST, "/api/v1/master-records", Some(&plant.author), body.to_string()).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (422, "invalid_body"));
}

async fn an_exported_version_is_imported_with_the_same_content(app: TestApp, client: Client) {
    let plant = Plant::of(&app, &client).await;
    let draft = plant.draft("EXP").await;
    let file = client.export_master_record(&plant.author, draft.row.id).await.unwrap();
    let read: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(read["exported"]["content_hash"], draft.content_hash.as_str());
    assert_eq!(read["exported"]["exported_by"], "Name of prod-head");
    // White space makes it larger than what other paths take.
    let file = format!("{file}{}", "\n".repeat(3 * 1024 * 1024));
    let import = ImportMasterRecord { plant_id: PlantId::from("plant-a"), file, reason: "for the second line".into() };
    let imported = client.import_master_record(&plant.author, "import-0001", &import).await.unwrap();
    assert_eq!((imported.row.version, imported.row.status), (2, MasterRecordStatus::Draft));
    assert_eq!((imported.procedure, imported.content_hash), (draft.procedure, draft.content_hash));
    let again = client.import_master_record(&plant.author, "import-0001", &import).await.unwrap();
    assert_eq!(again.row.id, imported.row.id, "sent twice, done once");
    let schema = client.master_record_schema(&plant.author).await.unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s88_2_one_version_is_effective_whoever_races() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let plant = Plant::of(&app, &client).await;
    // Twenty people begin a version at the same time: every one has a number of its own.
    let drafts = futures_util::future::join_all((0..20).map(|_| plant.draft("RACE"))).await;
    let mut numbers: Vec<u32> = drafts.iter().map(|draft| draft.row.version).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    let mut approved = Vec::new();
    for draft in &drafts {
        let submitted = plant.sign(draft, SignedStep::Submit, (AUTHOR, &plant.author)).await.unwrap();
        approved.push(plant.sign(&submitted, SignedStep::Approve, (APPROVER, &plant.approver)).await.unwrap());
    }
    // All become effective at once: each supersedes the one before, and one is left.
    let made = approved.iter().map(|record| plant.take(record, UnsignedStep::MakeEffective, &plant.approver, None));
    for answer in futures_util::future::join_all(made).await {
        assert_eq!(answer.unwrap().row.status, MasterRecordStatus::Effective);
    }
    assert_eq!(plant.effective("RACE").await.len(), 1);
    let query = MasterRecordQuery {
        status: Some(MasterRecordStatus::Superseded),
        search: Some("RACE".into()),
        ..MasterRecordQuery::default()
    };
    assert_eq!(client.master_records(&plant.author, &query).await.unwrap().items.len(), 19);
    // Twenty attempts at the same step: one is taken, the others are told that they are late.
    let record = plant.approved("ONCE").await;
    let attempts = (0..20).map(|_| plant.take(&record, UnsignedStep::MakeEffective, &plant.approver, None));
    let answers = futures_util::future::join_all(attempts).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((taken.len(), refused.len()), (1, 19));
    for answer in refused {
        assert_eq!(problem(answer).code, "changed_meanwhile");
    }
    let submitted = plant.draft("SIGN").await;
    let attempts = (0..20).map(|_| plant.sign(&submitted, SignedStep::Submit, (AUTHOR, &plant.author)));
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let record = client.master_record(&plant.author, submitted.row.id).await.unwrap();
    assert_eq!(record.signatures.len(), 1, "the others have recorded nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s88_2_a_version_becomes_effective_with_the_beginning_of_its_day() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let plant = Plant::of(&app, &client).await;
    let first = plant.approved("DAY").await;
    plant.take(&first, UnsignedStep::MakeEffective, &plant.approver, None).await.unwrap();
    let second = plant.approved("DAY").await;
    let now = app.application.state().clock.now();
    let zone = chrono_tz::Asia::Kolkata;
    let day = now.with_timezone(&zone).date_naive() + TimeDelta::days(1);
    let planned = plant.take(&second, UnsignedStep::MakeEffective, &plant.approver, Some(day)).await.unwrap();
    let begins = viruj_domain::plant::day_begins(zone, day);
    assert_eq!((planned.row.status, planned.row.effective_from), (MasterRecordStatus::Approved, Some(begins)));
    let state = app.application.state();
    app.clock.advance(begins - now - TimeDelta::seconds(1));
    assert!(due_versions::make_effective(state).await.unwrap().is_empty(), "a second too early");
    assert_eq!(plant.effective("DAY").await, [1]);
    app.clock.advance_seconds(1);
    // Another replica, begun after the plan was made, finds it too; it is done once.
    let replica = app.replica().await;
    let (here, there) =
        tokio::join!(due_versions::make_effective(state), due_versions::make_effective(replica.state()));
    assert_eq!(here.unwrap().len() + there.unwrap().len(), 1);
    replica.close().await;
    let author = app.sign_in(&client, &world::email(AUTHOR)).await.access_token;
    let made = client.master_record(&author, second.row.id).await.unwrap();
    assert_eq!((made.row.status, made.row.effective_from), (MasterRecordStatus::Effective, Some(begins)));
    let old = client.master_record(&author, first.row.id).await.unwrap();
    assert_eq!((old.row.status, old.row.effective_until), (MasterRecordStatus::Superseded, Some(begins)));
}
