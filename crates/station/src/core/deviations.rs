//! Deviations: they lie at the server; who may do what with one is told here, by the same rules.

use uuid::Uuid;
use viruj_api::{
    deviations::{
        ChangeSeverity, Deviation, DeviationEvidence, DeviationQuery, DeviationRecord, DeviationStepRequest,
        EditDeviation, NamedPerson, ReportDeviation,
    },
    record_signing::SignRecord,
    station::{
        QueryKey,
        deviations::{
            DeviationEdit, DeviationEvidenceView, DeviationList, DeviationListQuery, DeviationReport,
            DeviationStepName, DeviationStepView, DeviationView, RecordSignatureInput, TakeDeviationStep,
        },
    },
};
use viruj_client::{Client, ClientError, DeviationAction};
use viruj_domain::{
    capability::Capability,
    deviation::{self, DeviationRefusal, DeviationStep, capa::CapaStatus},
    ids::{BatchId, DeviationId, PlantId, UserId},
    person::Acting,
};

use super::StationCore;
use crate::{
    StationError,
    overlay::{ShownEntry, ShownPhase},
    secrets::SecretText,
    views,
};

/// Rows of a page.
const PAGE: u32 = 100;

impl StationCore {
    /// One page of the plant's deviations, the newest first.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_deviations(&self, query: &DeviationListQuery) -> Result<DeviationList, StationError> {
        let may_report = self.session()?.person.role.can(Capability::DeviationReport);
        let request = DeviationQuery {
            limit: Some(PAGE),
            cursor: query.cursor.clone(),
            status: query.status,
            severity: query.severity,
            plant_id: Some(self.own_plant()?),
            open: query.only_open.then_some(true),
            search: query.search.clone(),
            batch_id: None,
        };
        let page = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.deviations(token.expose(), &request).await }
            })
            .await?;
        Ok(DeviationList { items: page.items, next_cursor: page.next_cursor, may_report })
    }

    /// One deviation, with what the person may do with it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn deviation(&self, id: Uuid) -> Result<DeviationView, StationError> {
        let id = DeviationId(id);
        let shown = self.at_server(|client, token| async move { client.deviation(token.expose(), id).await }).await?;
        self.deviation_view(shown).await
    }

    /// Reports what a person saw.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn report_deviation(&self, report: &DeviationReport) -> Result<DeviationView, StationError> {
        let request = ReportDeviation {
            plant_id: self.own_plant()?,
            batch_id: report.batch_id.clone().map(BatchId),
            phase_id: None,
            severity: report.severity,
            description: report.description.clone(),
            immediate_action: report.immediate_action.clone(),
        };
        let key = report.request_key.to_string();
        self.change_deviation(|client, token| {
            let (request, key) = (request.clone(), key.clone());
            async move { client.report_deviation(token.expose(), &key, &request).await }
        })
        .await
    }

    /// Writes down what was found out.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because the deviation is not the one that was shown.
    pub async fn edit_deviation(&self, edit: &DeviationEdit) -> Result<DeviationView, StationError> {
        let (id, version) = (DeviationId(edit.id), edit.version);
        let request = EditDeviation {
            immediate_action: edit.immediate_action.clone(),
            investigation: edit.investigation.clone(),
            root_cause: edit.root_cause.clone(),
            impact_assessment: edit.impact_assessment.clone(),
            affected_batches: edit.affected_batches.iter().cloned().map(BatchId).collect(),
            disposition: edit.disposition,
            disposition_reason: edit.disposition_reason.clone(),
            no_capa_reason: edit.no_capa_reason.clone(),
            reason: edit.reason.clone(),
        };
        self.change_deviation(|client, token| {
            let request = request.clone();
            async move { client.edit_deviation(token.expose(), id, version, &request).await }
        })
        .await
    }

    /// Takes a step; the server checks the password of one that is signed and attests it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because the content is not the one that was shown.
    pub async fn take_deviation_step(&self, step: &TakeDeviationStep) -> Result<DeviationView, StationError> {
        let action = match step.step {
            DeviationStepName::BeginInvestigation => DeviationAction::Investigate,
            DeviationStepName::Submit => DeviationAction::Submit,
            DeviationStepName::SendBack => DeviationAction::Return,
            DeviationStepName::ChangeSeverity => return self.change_severity(step).await,
            DeviationStepName::Review => return self.sign_deviation(step, DeviationAction::Review).await,
            DeviationStepName::Approve => return self.sign_deviation(step, DeviationAction::Approve).await,
            DeviationStepName::Reject => return self.sign_deviation(step, DeviationAction::Reject).await,
            // They come with a form of their own.
            DeviationStepName::Edit | DeviationStepName::OpenCapa => return Err(StationError::BadInput),
        };
        let (id, version) = (DeviationId(step.id), step.version);
        let request = DeviationStepRequest { reason: step.reason.clone() };
        self.change_deviation(|client, token| {
            let request = request.clone();
            async move { client.take_deviation_step(token.expose(), id, version, (action, &request)).await }
        })
        .await
    }

    async fn change_severity(&self, step: &TakeDeviationStep) -> Result<DeviationView, StationError> {
        let (id, version) = (DeviationId(step.id), step.version);
        let severity = step.severity.ok_or(StationError::BadInput)?;
        let request = ChangeSeverity { severity, reason: step.reason.clone() };
        self.change_deviation(|client, token| {
            let request = request.clone();
            let action = DeviationAction::Severity;
            async move { client.take_deviation_step(token.expose(), id, version, (action, &request)).await }
        })
        .await
    }

    async fn sign_deviation(
        &self,
        step: &TakeDeviationStep,
        action: DeviationAction,
    ) -> Result<DeviationView, StationError> {
        let (id, version) = (DeviationId(step.id), step.version);
        let request = self.signed(step.signature.as_ref(), &step.reason).await?;
        self.change_deviation(|client, token| {
            let request = request.clone();
            async move { client.take_deviation_step(token.expose(), id, version, (action, &request)).await }
        })
        .await
    }

    /// What the server is asked to sign, at this station and now.
    pub(super) async fn signed(
        &self,
        signature: Option<&RecordSignatureInput>,
        reason: &str,
    ) -> Result<SignRecord, StationError> {
        let identity = self.identity().ok_or(StationError::NotRegistered)?;
        let session = self.session()?;
        let signature = signature.ok_or(StationError::BadInput)?;
        session.check_signer(signature.email.as_deref())?;
        Ok(SignRecord {
            signature_id: Uuid::now_v7(),
            station_id: identity.station_id,
            content_hash: signature.content_hash.clone(),
            reason: reason.to_owned(),
            shown_text: signature.shown_text.clone(),
            language: signature.language.clone(),
            time_zone: self.status().await.time_zone,
            email: signature.email.clone(),
            password: signature.password.clone(),
        })
    }

    /// Everybody who may own an action of this plant, by name, as this station knows them.
    pub(super) async fn possible_owners(&self) -> Result<Vec<NamedPerson>, StationError> {
        let plant = self.own_plant()?;
        let people = self.store.people().await?;
        let mut owners: Vec<NamedPerson> = people
            .into_iter()
            .filter(|person| person.is_active && person.role.can(Capability::CapaRead))
            .filter(|person| person.sees_all_plants || person.plant_ids.contains(&plant))
            .map(|person| NamedPerson { id: person.id, name: person.name })
            .collect();
        owners.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(owners)
    }

    pub(super) fn own_plant(&self) -> Result<PlantId, StationError> {
        Ok(self.identity().ok_or(StationError::NotRegistered)?.plant_id)
    }

    /// Asks for a change and shows what has become of it; whoever looks at deviations reads them anew, refused or not.
    async fn change_deviation<Asked>(
        &self,
        ask: impl Fn(Client, SecretText) -> Asked,
    ) -> Result<DeviationView, StationError>
    where
        Asked: Future<Output = Result<Deviation, ClientError>>,
    {
        let changed = self.at_server(ask).await;
        self.tell(&[QueryKey::Deviations]);
        // What a disposition opens in a batch comes back through the feed.
        self.wake.notify_one();
        self.deviation_view(changed?).await
    }

    async fn deviation_view(&self, shown: Deviation) -> Result<DeviationView, StationError> {
        let person = self.session()?.person;
        let is_of_this_plant = self.own_plant()? == shown.record.row.plant_id;
        let acting = Acting { id: &person.id, role: person.role, is_active: is_of_this_plant };
        Ok(DeviationView {
            steps: steps(&shown.record, acting),
            evidence: shown.evidence.map(evidence),
            time_zone: self.status().await.time_zone,
            may_read_capas: person.role.can(Capability::CapaRead),
            people: self.possible_owners().await?,
            record: shown.record,
        })
    }
}

/// Every step that the person's role could ever take, with what stands against it now.
fn steps(record: &DeviationRecord, person: Acting<'_>) -> Vec<DeviationStepView> {
    let investigators: Vec<UserId> = record.investigators.iter().map(|person| person.id.clone()).collect();
    let capas: Vec<CapaStatus> = record.capas.iter().map(|capa| capa.status).collect();
    let content = &record.content;
    let told = deviation::Deviation {
        status: record.row.status,
        cause: record.row.cause,
        severity: record.row.severity,
        opened_by: content.opened_by.as_ref(),
        investigators: &investigators,
        reviewed_by: record.reviewed_by.as_ref().map(|person| &person.id),
        root_cause: content.root_cause.as_deref(),
        disposition: content.disposition,
        disposition_reason: content.disposition_reason.as_deref(),
        no_capa_reason: content.no_capa_reason.as_deref(),
        capas: &capas,
    };
    let view = |step: DeviationStep| {
        let refusal = match deviation::step(&told, step, person) {
            Ok(_) => None,
            Err(DeviationRefusal::NotAuthorised) => return None,
            Err(refusal) => Some(refusal.code().to_owned()),
        };
        Some(DeviationStepView { step: name_of(step), meaning: step.meaning(), refusal })
    };
    DeviationStep::ALL.into_iter().filter_map(view).collect()
}

fn name_of(step: DeviationStep) -> DeviationStepName {
    match step {
        DeviationStep::BeginInvestigation => DeviationStepName::BeginInvestigation,
        DeviationStep::Edit => DeviationStepName::Edit,
        DeviationStep::ChangeSeverity => DeviationStepName::ChangeSeverity,
        DeviationStep::OpenCapa => DeviationStepName::OpenCapa,
        DeviationStep::Submit => DeviationStepName::Submit,
        DeviationStep::Review => DeviationStepName::Review,
        DeviationStep::SendBack => DeviationStepName::SendBack,
        DeviationStep::Approve => DeviationStepName::Approve,
        DeviationStep::Reject => DeviationStepName::Reject,
    }
}

pub(super) fn evidence(evidence: DeviationEvidence) -> DeviationEvidenceView {
    let DeviationEvidence { phase: row, entries } = evidence;
    let entries = entries.into_iter().map(|row| ShownEntry { row, is_unsent: false }).collect();
    let shown = ShownPhase { status: row.status, row, entries };
    let definition = &shown.row.definition;
    DeviationEvidenceView {
        phase_number: shown.row.number,
        phase_title: definition.title.clone(),
        instruction: definition.instruction.clone(),
        limits: definition.kind.number().map(views::number),
        entries: shown.entries.iter().map(|one| views::entry(one, &shown, None)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use viruj_api::deviations::{DeviationContent, DeviationSummary};
    use viruj_domain::{
        deviation::{DeviationCause, DeviationStatus, Severity},
        role::Role,
    };

    use super::*;

    fn record(status: DeviationStatus) -> DeviationRecord {
        let investigator = NamedPerson { id: UserId::from("qa-op"), name: "Emily".to_owned() };
        DeviationRecord {
            row: DeviationSummary {
                id: DeviationId(Uuid::nil()),
                plant_id: PlantId::from("plant-a"),
                code: "DEV-26-001".to_owned(),
                cause: DeviationCause::OutOfLimits,
                severity: Severity::High,
                status,
                description: String::new(),
                batch_id: None,
                batch_number: None,
                phase_id: None,
                phase_number: None,
                phase_title: None,
                disposition: None,
                capas: 0,
                opened_by_name: None,
                opened_at: DateTime::UNIX_EPOCH,
                version: 1,
            },
            content: DeviationContent {
                code: "DEV-26-001".to_owned(),
                cause: DeviationCause::OutOfLimits,
                severity: Severity::High,
                description: String::new(),
                batch_id: None,
                phase_id: None,
                operation_id: None,
                opened_by: Some(UserId::from("operator")),
                opened_at: DateTime::UNIX_EPOCH,
                immediate_action: None,
                investigation: None,
                root_cause: None,
                impact_assessment: None,
                affected_batches: Vec::new(),
                disposition: None,
                disposition_reason: None,
                no_capa_reason: None,
                capas: Vec::new(),
            },
            content_hash: String::new(),
            investigators: vec![investigator],
            reviewed_by: None,
            closed_by: None,
            closed_at: None,
            affected_batches: Vec::new(),
            missing: Vec::new(),
            holds: Vec::new(),
            capas: Vec::new(),
            signatures: Vec::new(),
        }
    }

    fn told(record: &DeviationRecord, id: &str, role: Role) -> Vec<(DeviationStepName, Option<String>)> {
        let id = UserId::from(id);
        let views = steps(record, Acting { id: &id, role, is_active: true });
        views.into_iter().map(|view| (view.step, view.refusal)).collect()
    }

    #[test]
    fn sod_a_person_sees_the_steps_of_the_role_and_why_one_is_not_taken_now() {
        let code = |code: &str| Some(code.to_owned());
        let open = record(DeviationStatus::PendingManagerReview);
        assert!(told(&open, "operator", Role::ProductionOperator).is_empty());
        let manager = told(&open, "qa-op", Role::QaManager);
        assert!(manager.contains(&(DeviationStepName::Review, code("own_investigation"))), "{manager:?}");
        let other = told(&open, "qa-man", Role::QaManager);
        assert!(other.contains(&(DeviationStepName::Review, code("root_cause_missing"))), "{other:?}");
        assert!(other.contains(&(DeviationStepName::SendBack, None)), "{other:?}");
        let head = told(&open, "qa-head", Role::QaHead);
        assert!(head.contains(&(DeviationStepName::Approve, code("step_not_allowed"))), "{head:?}");
        assert!(head.contains(&(DeviationStepName::Reject, None)), "{head:?}");
    }
}
