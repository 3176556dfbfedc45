//! The audit trail and the backups: they lie at the server, so nothing of them is kept here.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use uuid::Uuid;
use viruj_api::{
    audit::{AuditEntry, AuditExportQuery, AuditQuery, ExportFormat, ReviewRequest},
    backups::Backup,
    station::{
        AuditChangeView, AuditEntryView, AuditReviewInput, AuditReviewView, AuditTrailPage, AuditTrailQuery,
        BackupList, BackupView, QueryKey,
    },
};
use viruj_domain::plant::{day_begins, time_zone};

use super::StationCore;
use crate::{StationError, views};

/// Entries that are fetched at a time.
const PAGE: u32 = 100;

impl StationCore {
    /// One page of the audit trail, the newest entries first.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn read_audit_trail(
        &self,
        query: &AuditTrailQuery,
        cursor: Option<String>,
    ) -> Result<AuditTrailPage, StationError> {
        let request = AuditQuery { limit: Some(PAGE), cursor, ..read_query(query, &self.status().await.time_zone)? };
        let page = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.audit(token.expose(), &request).await }
            })
            .await?;
        Ok(AuditTrailPage { entries: page.items.into_iter().map(entry).collect(), next_cursor: page.next_cursor })
    }

    /// Writes what the query finds into a new file of the folder, and gives back where it lies.
    ///
    /// # Errors
    /// The server cannot be reached or refuses; the file cannot be written.
    pub async fn export_audit_trail(
        &self,
        query: &AuditTrailQuery,
        format: ExportFormat,
        folder: &Path,
    ) -> Result<PathBuf, StationError> {
        let AuditQuery { feed, entity, entity_id, actor, station, operation, action, from, to, .. } =
            read_query(query, &self.status().await.time_zone)?;
        let request = AuditExportQuery { format, feed, entity, entity_id, actor, station, operation, action, from, to };
        let text = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.audit_export(token.expose(), &request).await }
            })
            .await?;
        let ending = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::JsonLines => "jsonl",
        };
        let path = folder.join(format!("audit-trail-{}.{ending}", self.now().format("%Y%m%d-%H%M%S%3f")));
        let target = path.clone();
        super::blocking(move || write_new(&target, text.as_bytes())).await?.map_err(|error| {
            StationError::ExportNotWritten { path: path.display().to_string(), problem: error.to_string() }
        })?;
        Ok(path)
    }

    /// Signs a review; the server checks the password and attests it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because the trail is not the one that was shown.
    pub async fn review_audit_trail(&self, input: &AuditReviewInput) -> Result<AuditReviewView, StationError> {
        let identity = self.identity().ok_or(StationError::NotRegistered)?;
        let session = self.session()?;
        session.check_signer(input.signature.email.as_deref())?;
        let request = ReviewRequest {
            review_id: Uuid::now_v7(),
            station_id: identity.station_id,
            feed: input.feed.clone(),
            from_seq: input.from_seq.clone(),
            to_seq: input.to_seq.clone(),
            to_hash: input.to_hash.clone(),
            comment: input.comment.clone(),
            shown_text: input.shown_text.clone(),
            language: input.language.clone(),
            email: input.signature.email.clone(),
            password: input.signature.password.clone(),
        };
        let review = self
            .at_server(|client, token| {
                let request = request.clone();
                async move { client.review_audit(token.expose(), &request).await }
            })
            .await?;
        self.tell(&[QueryKey::AuditTrail]);
        Ok(AuditReviewView {
            entry_count: review.entry_count,
            own_entry_count: review.own_entry_count,
            person_name: review.person_name,
            reviewed_at: views::time(review.reviewed_at),
        })
    }

    /// The newest backups of the server.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_backups(&self) -> Result<BackupList, StationError> {
        let backups = self.at_server(|client, token| async move { client.backups(token.expose()).await }).await?;
        Ok(BackupList {
            items: backups.items.into_iter().map(backup).collect(),
            folder: backups.folder,
            last_recovery_point: backups.last_recovery_point.map(views::time),
            warning: backups.warning.map(|warning| warning.as_str().to_owned()),
        })
    }

    /// Takes a backup now.
    ///
    /// # Errors
    /// The server cannot be reached, refuses or fails.
    pub async fn take_backup(&self) -> Result<BackupView, StationError> {
        let taken = self.at_server(|client, token| async move { client.take_backup(token.expose()).await }).await;
        self.tell(&[QueryKey::Backups]);
        Ok(backup(taken?))
    }
}

/// Days are the plant's.
fn read_query(query: &AuditTrailQuery, zone: &str) -> Result<AuditQuery, StationError> {
    let zone = time_zone(zone).ok_or(StationError::BadInput)?;
    let start = |day: NaiveDate| day_begins(zone, day);
    let day = |text: &Option<String>| -> Result<Option<NaiveDate>, StationError> {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::parse).transpose().map_err(|_| StationError::BadInput)
    };
    let text =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(AuditQuery {
        feed: text(&query.feed),
        entity: text(&query.entity),
        entity_id: text(&query.record_id),
        actor: text(&query.actor),
        action: text(&query.action),
        from: day(&query.from)?.map(start),
        to: day(&query.to)?.and_then(|day| day.succ_opt()).map(start),
        ..AuditQuery::default()
    })
}

/// No file is overwritten, and nobody else on the computer reads it.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn entry(entry: AuditEntry) -> AuditEntryView {
    let change = |change: viruj_api::audit::AuditChange| AuditChangeView {
        field: change.field,
        old: change.old,
        new: change.new,
    };
    AuditEntryView {
        feed: entry.feed,
        seq: entry.seq,
        at: views::time(entry.at),
        device_at: entry.device_at.map(views::time),
        actor: entry.actor,
        actor_name: entry.actor_name,
        station_name: entry.station_name,
        entity: entry.entity,
        record_id: entry.entity_id,
        action: entry.action,
        changes: entry.changes.into_iter().map(change).collect(),
        detail: entry.detail,
        reason: entry.reason,
        hash: entry.hash,
        reviewed_at: entry.reviewed.as_ref().map(|mark| views::time(mark.reviewed_at)),
        reviewed_by: entry.reviewed.map(|mark| mark.person_name),
    }
}

fn backup(backup: Backup) -> BackupView {
    BackupView {
        id: backup.id,
        recovery_point: views::time(backup.recovery_point),
        finished_at: views::time(backup.finished_at),
        cause: backup.cause.as_str().to_owned(),
        requested_by_name: backup.requested_by_name,
        file_name: backup.file_name,
        size_bytes: backup.size_bytes,
        row_count: backup.row_count,
        sha256: backup.sha256,
        failure: backup.failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_plant() {
        let query = AuditTrailQuery {
            feed: Some(" plant-a ".to_owned()),
            entity: None,
            record_id: Some(String::new()),
            actor: None,
            action: None,
            from: Some("2026-11-24".to_owned()),
            to: Some("2026-11-24".to_owned()),
        };
        let read = read_query(&query, "Asia/Kolkata").unwrap();
        assert_eq!((read.feed.as_deref(), read.entity_id), (Some("plant-a"), None));
        assert_eq!(read.from.map(views::time).as_deref(), Some("2026-11-23T18:30:00.000Z"));
        assert_eq!(read.to.map(views::time).as_deref(), Some("2026-11-24T18:30:00.000Z"));
        let wrong = AuditTrailQuery { from: Some("yesterday".to_owned()), ..query };
        assert_eq!(read_query(&wrong, "UTC").unwrap_err().code(), "bad_input");
    }
}
