//! Master batch records.

use http::{HeaderName, Method, header};
use serde::Serialize;
use viruj_api::{
    lists::Page,
    master_records::{
        CheckProcedure, CreateMasterRecord, DifferenceList, DifferenceQuery, EditMasterRecord, FaultList,
        ImportMasterRecord, MasterRecord, MasterRecordQuery, MasterRecordRow, MasterRecordStep, SignMasterRecord,
    },
};
use viruj_domain::ids::MasterRecordId;

use crate::{
    Client,
    administration::{IDEMPOTENCY_KEY, with_query},
    client::{Answer, bad_answer, read},
};

const PATH: &str = "/api/v1/master-records";

/// A step that is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedStep {
    Submit,
    Approve,
    Withdraw,
}

/// A step that is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsignedStep {
    Return,
    MakeEffective,
}

impl Client {
    pub async fn master_records(&self, access_token: &str, query: &MasterRecordQuery) -> Answer<Page<MasterRecordRow>> {
        self.get(&with_query(PATH, query), Some(access_token)).await
    }

    pub async fn master_record(&self, access_token: &str, id: MasterRecordId) -> Answer<MasterRecord> {
        self.get(&format!("{PATH}/{id}"), Some(access_token)).await
    }

    /// Begins a version; sent again with the same `key`, the answer is the same and none is begun twice.
    pub async fn create_master_record(
        &self,
        access_token: &str,
        key: &str,
        new: &CreateMasterRecord,
    ) -> Answer<MasterRecord> {
        self.ask_about_record(Method::POST, PATH, access_token, new, (IDEMPOTENCY_KEY, key)).await
    }

    /// As [`Self::create_master_record`], of a file.
    pub async fn import_master_record(
        &self,
        access_token: &str,
        key: &str,
        import: &ImportMasterRecord,
    ) -> Answer<MasterRecord> {
        let path = format!("{PATH}/import");
        self.ask_about_record(Method::POST, &path, access_token, import, (IDEMPOTENCY_KEY, key)).await
    }

    /// Changes a draft that still has this revision.
    pub async fn edit_master_record(
        &self,
        access_token: &str,
        id: MasterRecordId,
        revision: u32,
        edit: &EditMasterRecord,
    ) -> Answer<MasterRecord> {
        let tag = etag(revision);
        self.ask_about_record(Method::PUT, &format!("{PATH}/{id}"), access_token, edit, (header::IF_MATCH, &tag)).await
    }

    /// Takes a signed step with a version that still has this revision; the password is in this request and nowhere else.
    pub async fn sign_master_record(
        &self,
        access_token: &str,
        id: MasterRecordId,
        revision: u32,
        (step, signature): (SignedStep, &SignMasterRecord),
    ) -> Answer<MasterRecord> {
        let step = match step {
            SignedStep::Submit => "submit",
            SignedStep::Approve => "approve",
            SignedStep::Withdraw => "withdraw",
        };
        let (path, tag) = (format!("{PATH}/{id}/{step}"), etag(revision));
        self.ask_about_record(Method::POST, &path, access_token, signature, (header::IF_MATCH, &tag)).await
    }

    /// Takes a step with a version that still has this revision.
    pub async fn take_master_record_step(
        &self,
        access_token: &str,
        id: MasterRecordId,
        revision: u32,
        (step, told): (UnsignedStep, &MasterRecordStep),
    ) -> Answer<MasterRecord> {
        let step = match step {
            UnsignedStep::Return => "return",
            UnsignedStep::MakeEffective => "make-effective",
        };
        let (path, tag) = (format!("{PATH}/{id}/{step}"), etag(revision));
        self.ask_about_record(Method::POST, &path, access_token, told, (header::IF_MATCH, &tag)).await
    }

    /// What is different in a version against an older one.
    pub async fn master_record_differences(
        &self,
        access_token: &str,
        id: MasterRecordId,
        from: MasterRecordId,
    ) -> Answer<DifferenceList> {
        let path = with_query(&format!("{PATH}/{id}/differences"), &DifferenceQuery { from });
        self.get(&path, Some(access_token)).await
    }

    /// The file as it is to be written.
    pub async fn export_master_record(&self, access_token: &str, id: MasterRecordId) -> Answer<String> {
        let path = format!("{PATH}/{id}/export");
        let answer = self.exchange_with(Method::GET, &path, Some(access_token), None::<&()>, &[]).await?;
        String::from_utf8(answer.body().to_vec()).map_err(|error| bad_answer(&answer, &error.to_string()))
    }

    pub async fn check_procedure(&self, access_token: &str, check: &CheckProcedure) -> Answer<FaultList> {
        self.post(&format!("{PATH}/check"), Some(access_token), Some(check)).await
    }

    /// The JSON Schema of an exported version.
    pub async fn master_record_schema(&self, access_token: &str) -> Answer<serde_json::Value> {
        self.get(&format!("{PATH}/schema"), Some(access_token)).await
    }

    async fn ask_about_record(
        &self,
        method: Method,
        path: &str,
        access_token: &str,
        body: &(impl Serialize + Sync),
        header: (HeaderName, &str),
    ) -> Answer<MasterRecord> {
        read(&self.exchange_with(method, path, Some(access_token), Some(body), &[header]).await?)
    }
}

/// The tag of a version is the count of its changes.
fn etag(revision: u32) -> String {
    format!("\"{revision}\"")
}
