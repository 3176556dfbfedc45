//! Batches.

use http::{HeaderName, Method, header};
use serde::Serialize;
use viruj_api::{
    audit::AuditEntry,
    batches::{BatchMasterRecord, BatchQuery, BatchReason, BatchRow, CreateBatch},
    lists::{Page, PageQuery},
};
use viruj_domain::ids::BatchId;

use crate::{
    Client,
    administration::{IDEMPOTENCY_KEY, with_query},
    client::{Answer, escaped, read},
};

const PATH: &str = "/api/v1/batches";

/// What is done to a whole batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchChange {
    Hold,
    Resume,
}

/// In which form a record is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordForm {
    Json,
    Pdf,
}

impl RecordForm {
    fn segment(self) -> &'static str {
        match self {
            Self::Json => "record",
            Self::Pdf => "record.pdf",
        }
    }
}

impl Client {
    pub async fn batches(&self, access_token: &str, query: &BatchQuery) -> Answer<Page<BatchRow>> {
        self.get(&with_query(PATH, query), Some(access_token)).await
    }

    pub async fn batch(&self, access_token: &str, id: &BatchId) -> Answer<BatchRow> {
        self.get(&path(id), Some(access_token)).await
    }

    /// The sealed record as it is to be written.
    pub async fn batch_record(&self, access_token: &str, id: &BatchId, form: RecordForm) -> Answer<Vec<u8>> {
        let path = format!("{}/{}", path(id), form.segment());
        let answer = self.exchange_with(Method::GET, &path, Some(access_token), None::<&()>, &[]).await?;
        Ok(answer.body().to_vec())
    }

    /// Makes a batch; sent again with the same `key`, the answer is the same and none is made twice.
    pub async fn create_batch(&self, access_token: &str, key: &str, new: &CreateBatch) -> Answer<BatchRow> {
        self.ask_about_batch(PATH, access_token, new, (IDEMPOTENCY_KEY, key)).await
    }

    /// Changes a batch that still has this version.
    pub async fn change_batch(
        &self,
        access_token: &str,
        id: &BatchId,
        version: i64,
        (change, reason): (BatchChange, &BatchReason),
    ) -> Answer<BatchRow> {
        let step = match change {
            BatchChange::Hold => "hold",
            BatchChange::Resume => "resume",
        };
        let (path, tag) = (format!("{}/{step}", path(id)), format!("\"{version}\""));
        self.ask_about_batch(&path, access_token, reason, (header::IF_MATCH, &tag)).await
    }

    pub async fn batch_history(&self, access_token: &str, id: &BatchId, query: &PageQuery) -> Answer<Page<AuditEntry>> {
        self.get(&with_query(&format!("{}/history", path(id)), query), Some(access_token)).await
    }

    /// The master record that the batch is executed by, as it was frozen.
    pub async fn batch_master_record(&self, access_token: &str, id: &BatchId) -> Answer<BatchMasterRecord> {
        self.get(&format!("{}/master-record", path(id)), Some(access_token)).await
    }

    async fn ask_about_batch(
        &self,
        path: &str,
        access_token: &str,
        body: &(impl Serialize + Sync),
        header: (HeaderName, &str),
    ) -> Answer<BatchRow> {
        read(&self.exchange_with(Method::POST, path, Some(access_token), Some(body), &[header]).await?)
    }
}

fn path(id: &BatchId) -> String {
    format!("{PATH}/{}", escaped(id.as_str()))
}
