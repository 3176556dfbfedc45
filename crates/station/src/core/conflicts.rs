//! Conflicts: they lie at the server; what each says is shown here, side by side.

use viruj_api::{
    conflicts::{Conflict, ConflictEntry, ConflictQuery},
    station::{
        QueryKey,
        conflicts::{ConflictList, ConflictListQuery, ConflictSide, ConflictView, DecideConflict},
    },
};
use viruj_domain::{ids::OperationId, person::Acting, review::check_conflict};

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
        let mut items = Vec::with_capacity(page.items.len());
        for conflict in page.items {
            items.push(self.conflict_view(conflict).await?);
        }
        Ok(ConflictList { items, next_cursor: page.next_cursor })
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
        self.conflict_view(decided?).await
    }

    async fn conflict_view(&self, conflict: Conflict) -> Result<ConflictView, StationError> {
        let person = self.session()?.person;
        let is_active = person.is_active && self.own_plant()? == conflict.plant_id;
        let acting = Acting { id: &person.id, role: person.role, is_active };
        let hands = std::iter::once(&conflict.kept).chain(&conflict.standing).map(|one| &one.entry.person_id);
        let refusal = check_conflict(acting, hands).err().map(|refusal| refusal.code().to_owned());
        let kept = &conflict.kept.entry;
        Ok(ConflictView {
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
            time_zone: self.status().await.time_zone,
        })
    }
}

fn side(one: &ConflictEntry) -> ConflictSide {
    ConflictSide {
        entry: views::lone_entry(&one.entry),
        station_name: one.station_name.clone(),
        received_at: views::time(one.entry.received_at),
    }
}
