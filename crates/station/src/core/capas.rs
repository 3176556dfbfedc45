//! Corrective and preventive actions: they lie at the server; who may do what is told here, by the same rules.

use chrono::NaiveDate;
use uuid::Uuid;
use viruj_api::{
    capas::{Capa, CapaQuery, CapaStepRequest, JudgeCapa, OpenCapa, PlanCapa, ReportCapaDone},
    station::{
        QueryKey,
        deviations::{CapaList, CapaListQuery, CapaStepName, CapaStepView, CapaView, NewCapa, TakeCapaStep},
    },
};
use viruj_client::{CapaAction, Client, ClientError};
use viruj_domain::{
    deviation::capa::{self, CapaRefusal, CapaStep, Effectiveness},
    ids::{CapaId, DeviationId, UserId},
    person::Acting,
};

use super::StationCore;
use crate::{StationError, secrets::SecretText};

/// Rows of a page.
const PAGE: u32 = 100;

impl StationCore {
    /// One page of the plant's actions, the next due first.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_capas(&self, query: &CapaListQuery) -> Result<CapaList, StationError> {
        let person = self.session()?.person;
        let request = CapaQuery {
            limit: Some(PAGE),
            cursor: query.cursor.clone(),
            status: query.status,
            plant_id: Some(self.own_plant()?),
            owner_id: query.only_mine.then_some(person.id),
            search: query.search.clone(),
        };
        let page = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.capas(token.expose(), &request).await }
            })
            .await?;
        Ok(CapaList { items: page.items, next_cursor: page.next_cursor })
    }

    /// One action, with what the person may do with it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn capa(&self, id: Uuid) -> Result<CapaView, StationError> {
        let id = CapaId(id);
        let shown = self.at_server(|client, token| async move { client.capa(token.expose(), id).await }).await?;
        self.capa_view(shown).await
    }

    /// Opens an action from a deviation.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn open_capa(&self, new: &NewCapa) -> Result<CapaView, StationError> {
        let request = OpenCapa {
            deviation_id: DeviationId(new.deviation_id),
            title: new.title.clone(),
            problem: new.problem.clone(),
            owner_id: UserId(new.owner_id.clone()),
            due_on: day(Some(&new.due_on))?,
            reason: new.reason.clone(),
        };
        let key = new.request_key.to_string();
        self.change_capa(|client, token| {
            let (request, key) = (request.clone(), key.clone());
            async move { client.open_capa(token.expose(), &key, &request).await }
        })
        .await
    }

    /// Takes a step; the server checks the password of one that is signed and attests it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because the action is not the one that was shown.
    pub async fn take_capa_step(&self, step: &TakeCapaStep) -> Result<CapaView, StationError> {
        let reason = step.reason.clone();
        match step.step {
            CapaStepName::BeginInvestigation => {
                self.send_capa_step(step, CapaAction::Investigate, CapaStepRequest { reason }).await
            }
            CapaStepName::Plan => {
                let plan = PlanCapa {
                    action: step.action.clone().ok_or(StationError::BadInput)?,
                    owner_id: UserId(step.owner_id.clone().ok_or(StationError::BadInput)?),
                    due_on: day(step.due_on.as_deref())?,
                    reason,
                };
                self.send_capa_step(step, CapaAction::Plan, plan).await
            }
            CapaStepName::ReportDone => {
                self.send_capa_step(step, CapaAction::Done, ReportCapaDone { note: reason }).await
            }
            CapaStepName::Judge => {
                let effectiveness = step.effectiveness.ok_or(StationError::BadInput)?;
                let verdict = JudgeCapa { effectiveness, note: reason };
                self.send_capa_step(step, CapaAction::Effectiveness, verdict).await
            }
            CapaStepName::Close => {
                let request = self.signed(step.signature.as_ref(), &reason).await?;
                self.send_capa_step(step, CapaAction::Close, request).await
            }
        }
    }

    async fn send_capa_step<Body: serde::Serialize + Clone + Send + Sync>(
        &self,
        step: &TakeCapaStep,
        action: CapaAction,
        body: Body,
    ) -> Result<CapaView, StationError> {
        let (id, version) = (CapaId(step.id), step.version);
        self.change_capa(|client, token| {
            let body = body.clone();
            async move { client.take_capa_step(token.expose(), id, version, (action, &body)).await }
        })
        .await
    }

    /// Asks for a change and shows what has become of it; whoever looks at actions reads them anew, refused or not.
    async fn change_capa<Asked>(&self, ask: impl Fn(Client, SecretText) -> Asked) -> Result<CapaView, StationError>
    where
        Asked: Future<Output = Result<Capa, ClientError>>,
    {
        let changed = self.at_server(ask).await;
        self.tell(&[QueryKey::Deviations]);
        self.capa_view(changed?).await
    }

    async fn capa_view(&self, capa: Capa) -> Result<CapaView, StationError> {
        let person = self.session()?.person;
        let is_of_this_plant = self.own_plant()? == capa.row.plant_id;
        let acting = Acting { id: &person.id, role: person.role, is_active: is_of_this_plant };
        Ok(CapaView {
            steps: steps(&capa, acting),
            time_zone: self.status().await.time_zone,
            people: self.possible_owners().await?,
            capa,
        })
    }
}

fn day(text: Option<&str>) -> Result<NaiveDate, StationError> {
    text.and_then(|text| text.trim().parse().ok()).ok_or(StationError::BadInput)
}

/// Every step that the person could ever take, with what stands against it now.
fn steps(shown: &Capa, person: Acting<'_>) -> Vec<CapaStepView> {
    let told = capa::Capa {
        status: shown.row.status,
        owner: &shown.row.owner_id,
        done_by: shown.done_by.as_ref().map(|person| &person.id),
        effectiveness: shown.row.effectiveness,
    };
    let all = [
        (CapaStepName::BeginInvestigation, CapaStep::BeginInvestigation),
        (CapaStepName::Plan, CapaStep::Plan),
        (CapaStepName::ReportDone, CapaStep::ReportDone),
        // Whichever the verdict is, the same people may give it.
        (CapaStepName::Judge, CapaStep::Judge(Effectiveness::Effective)),
        (CapaStepName::Close, CapaStep::Close),
    ];
    let view = |(name, step): (CapaStepName, CapaStep)| {
        let refusal = match capa::step(&told, step, person) {
            Ok(_) => None,
            Err(CapaRefusal::NotAuthorised) => return None,
            Err(refusal) => Some(refusal.code().to_owned()),
        };
        Some(CapaStepView { step: name, meaning: step.meaning(), refusal })
    };
    all.into_iter().filter_map(view).collect()
}
