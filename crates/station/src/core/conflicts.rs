//! Conflicts: they lie at the server; what each says is shown here, side by side.

use viruj_api::{
    conflicts::{Conflict, ConflictEntry, ConflictQuery},
    people::Person,
    station::{
        QueryKey,
        conflicts::{ConflictList, ConflictListQuery, ConflictSide, ConflictView, DecideConflict},
    },
};
use viruj_domain::{
    ids::{OperationId, PlantId},
    person::Acting,
    review::check_conflict,
};

use super::StationCore;
use crate::{StationError, views};

/// Rows of a page.
const PAGE: u32 = 100;

impl StationCore {
    /// One page of the plant's conflicts, the newest first.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_conflicts(&self, query: &ConflictListQuery) -> Result<ConflictList, StationError> {
        let request = ConflictQuery {
            limit: Some(PAGE),
            cursor: query.cursor.clone(),
            open: query.only_open.then_some(true),
            plant_id: Some(self.own_plant()?),
        };
        let request = &request;
        let page =
            self.at_server(|client, token| async move { client.conflicts(token.expose(), request).await }).await?;
        let (person, plant, time_zone) = self.reader_of_conflicts().await?;
        let view = |conflict| conflict_view(conflict, (&person, &plant), &time_zone);
        Ok(ConflictList { items: page.items.into_iter().map(view).collect(), next_cursor: page.next_cursor })
    }

    /// Decides a conflict; the server checks the password and attests the signature.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because the entries are not those that were shown.
    pub async fn decide_conflict(&self, decision: &DecideConflict) -> Result<ConflictView, StationError> {
        let id = OperationId(decision.operation_id);
        let request = self.signed(Some(&decision.signature), &decision.reason).await?;
        let request = &request;
        let decided = self
            .at_server(|client, token| async move { client.decide_conflict(token.expose(), id, request).await })
            .await;
        // Refused or not: somebody else may have been first.
        self.tell(&[QueryKey::Conflicts, QueryKey::Reviews]);
        let (person, plant, time_zone) = self.reader_of_conflicts().await?;
        Ok(conflict_view(decided?, (&person, &plant), &time_zone))
    }

    async fn reader_of_conflicts(&self) -> Result<(Person, PlantId, String), StationError> {
        Ok((self.session()?.person, self.own_plant()?, self.status().await.time_zone))
    }
}

fn conflict_view(conflict: Conflict, (person, plant): (&Person, &PlantId), time_zone: &str) -> ConflictView {
    let is_active = person.is_active && *plant == conflict.plant_id;
    let acting = Acting { id: &person.id, role: person.role, is_active };
    let hands = std::iter::once(&conflict.kept).chain(&conflict.standing).map(|one| &one.entry.person_id);
    let refusal = check_conflict(acting, hands).err().map(|refusal| refusal.code().to_owned());
    let kept = &conflict.kept.entry;
    ConflictView {
        operation_id: conflict.operation_id.0,
        batch_id: conflict.batch_id.0,
        batch_number: conflict.batch_number,
        product: conflict.product,
        phase_number: conflict.phase_number,
        phase_title: conflict.phase_title,
        cause: kept.verdict_code.clone().unwrap_or_else(|| kept.verdict.clone()),
        kept: side(&conflict.kept),
        standing: conflict.standing.as_ref().map(side),
        deviation: conflict.deviation,
        decision: conflict.decision,
        content_hash: conflict.content_hash,
        refusal,
        time_zone: time_zone.to_owned(),
    }
}

fn side(one: &ConflictEntry) -> ConflictSide {
    ConflictSide {
        entry: views::lone_entry(&one.entry),
        station_name: one.station_name.clone(),
        received_at: views::time(one.entry.received_at),
    }
}
