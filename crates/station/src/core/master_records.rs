//! Master batch records: they lie at the server; what is wrong with a procedure is told here, by the same rules.

use std::path::Path;

use uuid::Uuid;
use viruj_api::{
    master_records::{
        CreateMasterRecord, DifferenceList, EditMasterRecord, ImportMasterRecord, MasterRecord, MasterRecordQuery,
        MasterRecordStep, SignMasterRecord,
    },
    station::{
        QueryKey,
        master_records::{
            CompareMasterRecords, MasterRecordEdit, MasterRecordExport, MasterRecordImport, MasterRecordImportOutcome,
            MasterRecordList, MasterRecordListQuery, MasterRecordStepName, MasterRecordStepView, MasterRecordView,
            NewMasterRecord, TakeMasterRecordStep,
        },
    },
};
use viruj_client::{Client, ClientError, SignedStep, UnsignedStep};
use viruj_domain::{
    capability::Capability,
    ids::{MasterRecordId, PlantId, UserId},
    master::{self, Fault, Procedure, Step, Version},
    person::Acting,
};

use super::{StationCore, audit::write_new};
use crate::{StationError, secrets::SecretText};

/// Rows of a page.
const PAGE: u32 = 100;
/// Versions that one version is offered to be compared with.
const OTHERS: u32 = 200;

const STEPS: [MasterRecordStepName; 6] = [
    MasterRecordStepName::Edit,
    MasterRecordStepName::Submit,
    MasterRecordStepName::Return,
    MasterRecordStepName::Approve,
    MasterRecordStepName::MakeEffective,
    MasterRecordStepName::Withdraw,
];

impl StationCore {
    /// One page of the plant's versions, by product, the newest version first.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_master_records(&self, query: &MasterRecordListQuery) -> Result<MasterRecordList, StationError> {
        let may_author = self.session()?.person.role.can(Capability::MasterAuthor);
        let request = MasterRecordQuery {
            limit: Some(PAGE),
            cursor: query.cursor.clone(),
            status: query.status,
            plant_id: Some(self.plant_of_station()?),
            search: query.search.clone(),
        };
        let page = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.master_records(token.expose(), &request).await }
            })
            .await?;
        Ok(MasterRecordList { items: page.items, next_cursor: page.next_cursor, may_author })
    }

    /// One version, with what the person may do with it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn master_record(&self, id: Uuid) -> Result<MasterRecordView, StationError> {
        let id = MasterRecordId(id);
        self.plant_of_station()?;
        let record =
            self.at_server(|client, token| async move { client.master_record(token.expose(), id).await }).await?;
        self.view_of(record).await
    }

    /// Begins a version.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn create_master_record(&self, new: &NewMasterRecord) -> Result<MasterRecordView, StationError> {
        let request = CreateMasterRecord {
            plant_id: self.plant_of_station()?,
            procedure: new.procedure.clone(),
            based_on: new.based_on.map(MasterRecordId),
            reason: new.reason.clone(),
        };
        let key = new.request_key.to_string();
        self.change_record(|client, token| {
            let (request, key) = (request.clone(), key.clone());
            async move { client.create_master_record(token.expose(), &key, &request).await }
        })
        .await
    }

    /// Puts another content into a draft.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because the draft is not the one that was shown.
    pub async fn edit_master_record(&self, edit: &MasterRecordEdit) -> Result<MasterRecordView, StationError> {
        self.plant_of_station()?;
        let (id, revision) = (MasterRecordId(edit.id), edit.revision);
        let request = EditMasterRecord { procedure: edit.procedure.clone(), reason: edit.reason.clone() };
        self.change_record(|client, token| {
            let request = request.clone();
            async move { client.edit_master_record(token.expose(), id, revision, &request).await }
        })
        .await
    }

    /// Everything that is wrong with a procedure; the server is not asked.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn check_procedure(&self, procedure: &Procedure) -> Result<Vec<Fault>, StationError> {
        self.session()?;
        Ok(master::faults(procedure))
    }

    /// Takes a step of a version's life; the server checks the password of one that is signed and attests it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because the content is not the one that was shown.
    pub async fn take_master_record_step(&self, step: &TakeMasterRecordStep) -> Result<MasterRecordView, StationError> {
        let (id, revision) = (MasterRecordId(step.id), step.revision);
        let unsigned = match step.step {
            MasterRecordStepName::Submit => return self.sign_record(id, step, SignedStep::Submit).await,
            MasterRecordStepName::Approve => return self.sign_record(id, step, SignedStep::Approve).await,
            MasterRecordStepName::Withdraw => return self.sign_record(id, step, SignedStep::Withdraw).await,
            MasterRecordStepName::Return => UnsignedStep::Return,
            MasterRecordStepName::MakeEffective => UnsignedStep::MakeEffective,
            // A draft is changed with its new content.
            MasterRecordStepName::Edit => return Err(StationError::BadInput),
        };
        self.plant_of_station()?;
        let day = step.effective_on.as_deref().map(str::trim).filter(|day| !day.is_empty());
        let request = MasterRecordStep {
            reason: step.reason.clone(),
            effective_on: day.map(str::parse).transpose().map_err(|_| StationError::BadInput)?,
        };
        self.change_record(|client, token| {
            let request = request.clone();
            async move { client.take_master_record_step(token.expose(), id, revision, (unsigned, &request)).await }
        })
        .await
    }

    async fn sign_record(
        &self,
        id: MasterRecordId,
        step: &TakeMasterRecordStep,
        signed: SignedStep,
    ) -> Result<MasterRecordView, StationError> {
        let identity = self.identity().ok_or(StationError::NotRegistered)?;
        let session = self.session()?;
        let signature = step.signature.as_ref().ok_or(StationError::BadInput)?;
        session.check_signer(signature.email.as_deref())?;
        let request = SignMasterRecord {
            signature_id: Uuid::now_v7(),
            station_id: identity.station_id,
            content_hash: signature.content_hash.clone(),
            reason: step.reason.clone(),
            shown_text: signature.shown_text.clone(),
            language: signature.language.clone(),
            time_zone: self.status().await.time_zone,
            email: signature.email.clone(),
            password: signature.password.clone(),
        };
        let revision = step.revision;
        self.change_record(|client, token| {
            let request = request.clone();
            async move { client.sign_master_record(token.expose(), id, revision, (signed, &request)).await }
        })
        .await
    }

    /// What is different in a version against an older one.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn compare_master_records(&self, compare: &CompareMasterRecords) -> Result<DifferenceList, StationError> {
        let (id, from) = (MasterRecordId(compare.id), MasterRecordId(compare.from));
        self.at_server(|client, token| async move { client.master_record_differences(token.expose(), id, from).await })
            .await
    }

    /// Makes a draft of a file, or tells everything that is wrong with it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses for another reason than the file's faults.
    pub async fn import_master_record(
        &self,
        import: &MasterRecordImport,
    ) -> Result<MasterRecordImportOutcome, StationError> {
        let request = ImportMasterRecord {
            plant_id: self.plant_of_station()?,
            file: import.file.clone(),
            reason: import.reason.clone(),
        };
        let key = import.request_key.to_string();
        let imported = self
            .change_record(|client, token| {
                let (request, key) = (request.clone(), key.clone());
                async move { client.import_master_record(token.expose(), &key, &request).await }
            })
            .await;
        match imported {
            Ok(record) => Ok(MasterRecordImportOutcome { record: Some(record), faults: Vec::new() }),
            Err(StationError::Client(ClientError::Problem(problem))) if !problem.faults.is_empty() => {
                Ok(MasterRecordImportOutcome { record: None, faults: problem.faults })
            }
            Err(error) => Err(error),
        }
    }

    /// Writes a version into a new file of the folder, and gives back where it lies.
    ///
    /// # Errors
    /// The server cannot be reached or refuses; the file cannot be written.
    pub async fn export_master_record(&self, id: Uuid, folder: &Path) -> Result<MasterRecordExport, StationError> {
        let id = MasterRecordId(id);
        let text = self
            .at_server(|client, token| async move { client.export_master_record(token.expose(), id).await })
            .await?;
        let path = folder.join(format!("master-record-{id}-{}.json", self.now().format("%Y%m%d-%H%M%S%3f")));
        let target = path.clone();
        super::blocking(move || write_new(&target, text.as_bytes())).await?.map_err(|error| {
            StationError::ExportNotWritten { path: path.display().to_string(), problem: error.to_string() }
        })?;
        Ok(MasterRecordExport { path: path.display().to_string() })
    }

    fn plant_of_station(&self) -> Result<PlantId, StationError> {
        Ok(self.identity().ok_or(StationError::NotRegistered)?.plant_id)
    }

    /// Asks for a change and shows what has become of it; whoever looks at versions reads them anew, refused or not.
    async fn change_record<Asked>(
        &self,
        ask: impl Fn(Client, SecretText) -> Asked,
    ) -> Result<MasterRecordView, StationError>
    where
        Asked: Future<Output = Result<MasterRecord, ClientError>>,
    {
        let changed = self.at_server(ask).await;
        self.tell(&[QueryKey::MasterRecords]);
        self.view_of(changed?).await
    }

    async fn view_of(&self, record: MasterRecord) -> Result<MasterRecordView, StationError> {
        let person = self.session()?.person;
        let request = MasterRecordQuery {
            limit: Some(OTHERS),
            plant_id: Some(record.row.plant_id.clone()),
            search: Some(record.row.product_code.clone()),
            ..MasterRecordQuery::default()
        };
        let versions = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.master_records(token.expose(), &request).await }
            })
            .await?;
        let is_other = |row: &viruj_api::master_records::MasterRecordRow| {
            row.product_code == record.row.product_code && row.id != record.row.id
        };
        let is_of_this_plant = self.identity().is_some_and(|identity| identity.plant_id == record.row.plant_id);
        let acting = Acting { id: &person.id, role: person.role, is_active: is_of_this_plant };
        Ok(MasterRecordView {
            steps: steps(&record, acting),
            time_zone: self.status().await.time_zone,
            others: versions.items.into_iter().filter(is_other).collect(),
            record,
        })
    }
}

/// Every step that the person's role could ever take, with what stands against it now.
fn steps(record: &MasterRecord, person: Acting<'_>) -> Vec<MasterRecordStepView> {
    let authors: Vec<UserId> = record.authors.iter().map(|author| author.id.clone()).collect();
    let version = Version { status: record.row.status, authors: &authors, has_faults: !record.faults.is_empty() };
    STEPS
        .into_iter()
        .filter_map(|name| {
            let step = step_of(name);
            let refusal = match master::step(version, step, person) {
                Ok(_) => None,
                Err(master::LifecycleRefusal::NotAuthorised) => return None,
                Err(refusal) => Some(refusal.code().to_owned()),
            };
            Some(MasterRecordStepView { step: name, meaning: step.meaning(), refusal })
        })
        .collect()
}

fn step_of(name: MasterRecordStepName) -> Step {
    match name {
        MasterRecordStepName::Edit => Step::Edit,
        MasterRecordStepName::Submit => Step::Submit,
        MasterRecordStepName::Return => Step::Return,
        MasterRecordStepName::Approve => Step::Approve,
        MasterRecordStepName::MakeEffective => Step::MakeEffective,
        MasterRecordStepName::Withdraw => Step::Withdraw,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use viruj_api::master_records::{MasterRecordAuthor, MasterRecordRow};
    use viruj_domain::{master::MasterRecordStatus, role::Role, signature::SignatureMeaning, unit::Unit};

    use super::*;

    fn record(status: MasterRecordStatus, author: &str) -> MasterRecord {
        let procedure = Procedure {
            product: "Metformin".to_owned(),
            product_code: "MET".to_owned(),
            batch_size: viruj_domain::decimal::ExactDecimal::parse("100").unwrap(),
            batch_unit: Unit::Kilogram,
            recipe: Vec::new(),
            expected_yield: None,
            arrangement: master::Arrangement::Sequence,
            unit_procedures: Vec::new(),
        };
        MasterRecord {
            row: MasterRecordRow {
                id: MasterRecordId(Uuid::nil()),
                plant_id: PlantId::from("plant-a"),
                product: procedure.product.clone(),
                product_code: procedure.product_code.clone(),
                version: 1,
                status,
                effective_from: None,
                effective_until: None,
                created_by_name: None,
                created_at: DateTime::UNIX_EPOCH,
                revision: 1,
            },
            procedure,
            content_hash: String::new(),
            based_on: None,
            authors: vec![MasterRecordAuthor { id: UserId::from(author), name: author.to_owned() }],
            faults: Vec::new(),
            signatures: Vec::new(),
        }
    }

    fn told(record: &MasterRecord, id: &str, role: Role) -> Vec<(MasterRecordStepName, Option<String>)> {
        let id = UserId::from(id);
        let acting = Acting { id: &id, role, is_active: true };
        steps(record, acting).into_iter().map(|view| (view.step, view.refusal)).collect()
    }

    #[test]
    fn sod_a_person_sees_the_steps_of_the_role_and_why_one_is_not_taken_now() {
        use MasterRecordStepName::{Approve, Edit, MakeEffective, Return, Submit, Withdraw};
        let code = |code: &str| Some(code.to_owned());
        let draft = record(MasterRecordStatus::Draft, "author");
        assert_eq!(
            told(&draft, "author", Role::ProductionHead),
            [(Edit, None), (Submit, None), (Return, code("step_not_allowed"))]
        );
        let in_review = record(MasterRecordStatus::InReview, "author");
        let not_now = code("step_not_allowed");
        assert_eq!(
            told(&in_review, "qa", Role::QaHead),
            [(Return, None), (Approve, None), (MakeEffective, not_now.clone()), (Withdraw, None)]
        );
        // Whoever wrote a part of it approves it in no role.
        assert_eq!(
            told(&in_review, "author", Role::QaHead),
            [(Return, None), (Approve, code("own_work")), (MakeEffective, not_now), (Withdraw, None)]
        );
        assert!(told(&in_review, "operator", Role::ProductionOperator).is_empty());
        let acting = UserId::from("qa");
        let views = steps(&in_review, Acting { id: &acting, role: Role::QaHead, is_active: true });
        assert_eq!(views[1].meaning, Some(SignatureMeaning::Approved));
    }
}
