//! Lots, equipment and qualifications.

use http::{HeaderName, Method, header};
use serde::{Serialize, de::DeserializeOwned};
use viruj_api::{
    equipment::{
        ChangeEquipment, CreateEquipment, EquipmentDetails, EquipmentLogEntry, EquipmentQuery, EquipmentRow,
        LogEquipment,
    },
    lists::{Page, PageQuery},
    lots::{ChangeLot, CreateLot, DecideLot, LotQuery, LotRow},
    qualifications::{
        GrantQualification, QualificationQuery, QualificationRow, RenewQualification, WithdrawQualification,
    },
};
use viruj_domain::ids::{EquipmentId, LotId, QualificationId};

use crate::{
    Client,
    administration::{IDEMPOTENCY_KEY, with_query},
    client::{Answer, read},
};

const LOTS: &str = "/api/v1/lots";
const EQUIPMENT: &str = "/api/v1/equipment";
const QUALIFICATIONS: &str = "/api/v1/qualifications";

impl Client {
    pub async fn lots(&self, access_token: &str, query: &LotQuery) -> Answer<Page<LotRow>> {
        self.get(&with_query(LOTS, query), Some(access_token)).await
    }

    pub async fn lot(&self, access_token: &str, id: LotId) -> Answer<LotRow> {
        self.get(&format!("{LOTS}/{id}"), Some(access_token)).await
    }

    /// Enters a lot; sent again with the same `key`, the answer is the same and none is entered twice.
    pub async fn create_lot(&self, access_token: &str, key: &str, lot: &CreateLot) -> Answer<LotRow> {
        self.ask_register(Method::POST, LOTS, access_token, lot, (IDEMPOTENCY_KEY, key)).await
    }

    /// Puts right what is told of a lot that still has this revision.
    pub async fn change_lot(
        &self,
        access_token: &str,
        (id, revision): (LotId, u32),
        change: &ChangeLot,
    ) -> Answer<LotRow> {
        let path = format!("{LOTS}/{id}");
        self.ask_register(Method::PUT, &path, access_token, change, (header::IF_MATCH, &etag(revision))).await
    }

    /// Decides about a lot that still has this revision.
    pub async fn decide_lot(
        &self,
        access_token: &str,
        (id, revision): (LotId, u32),
        decision: &DecideLot,
    ) -> Answer<LotRow> {
        let path = format!("{LOTS}/{id}/status");
        self.ask_register(Method::POST, &path, access_token, decision, (header::IF_MATCH, &etag(revision))).await
    }

    pub async fn equipment(&self, access_token: &str, query: &EquipmentQuery) -> Answer<Page<EquipmentRow>> {
        self.get(&with_query(EQUIPMENT, query), Some(access_token)).await
    }

    pub async fn equipment_details(&self, access_token: &str, id: EquipmentId) -> Answer<EquipmentDetails> {
        self.get(&format!("{EQUIPMENT}/{id}"), Some(access_token)).await
    }

    pub async fn equipment_log(
        &self,
        access_token: &str,
        id: EquipmentId,
        query: &PageQuery,
    ) -> Answer<Page<EquipmentLogEntry>> {
        self.get(&with_query(&format!("{EQUIPMENT}/{id}/log"), query), Some(access_token)).await
    }

    /// Enters a piece of equipment; sent again with the same `key`, none is entered twice.
    pub async fn create_equipment(
        &self,
        access_token: &str,
        key: &str,
        equipment: &CreateEquipment,
    ) -> Answer<EquipmentDetails> {
        self.ask_register(Method::POST, EQUIPMENT, access_token, equipment, (IDEMPOTENCY_KEY, key)).await
    }

    /// Changes a piece of equipment that still has this revision.
    pub async fn change_equipment(
        &self,
        access_token: &str,
        (id, revision): (EquipmentId, u32),
        change: &ChangeEquipment,
    ) -> Answer<EquipmentDetails> {
        let path = format!("{EQUIPMENT}/{id}");
        self.ask_register(Method::PUT, &path, access_token, change, (header::IF_MATCH, &etag(revision))).await
    }

    /// Logs what is done with a piece of equipment that still has this revision.
    pub async fn log_equipment(
        &self,
        access_token: &str,
        (id, revision): (EquipmentId, u32),
        entry: &LogEquipment,
    ) -> Answer<EquipmentDetails> {
        let path = format!("{EQUIPMENT}/{id}/log");
        self.ask_register(Method::POST, &path, access_token, entry, (header::IF_MATCH, &etag(revision))).await
    }

    pub async fn qualifications(
        &self,
        access_token: &str,
        query: &QualificationQuery,
    ) -> Answer<Page<QualificationRow>> {
        self.get(&with_query(QUALIFICATIONS, query), Some(access_token)).await
    }

    pub async fn qualification(&self, access_token: &str, id: QualificationId) -> Answer<QualificationRow> {
        self.get(&format!("{QUALIFICATIONS}/{id}"), Some(access_token)).await
    }

    /// Qualifies a person; sent again with the same `key`, nobody is qualified twice.
    pub async fn grant_qualification(
        &self,
        access_token: &str,
        key: &str,
        grant: &GrantQualification,
    ) -> Answer<QualificationRow> {
        self.ask_register(Method::POST, QUALIFICATIONS, access_token, grant, (IDEMPOTENCY_KEY, key)).await
    }

    /// Renews a qualification that still has this revision.
    pub async fn renew_qualification(
        &self,
        access_token: &str,
        (id, revision): (QualificationId, u32),
        renewal: &RenewQualification,
    ) -> Answer<QualificationRow> {
        let path = format!("{QUALIFICATIONS}/{id}/renew");
        self.ask_register(Method::POST, &path, access_token, renewal, (header::IF_MATCH, &etag(revision))).await
    }

    /// Withdraws a qualification that still has this revision.
    pub async fn withdraw_qualification(
        &self,
        access_token: &str,
        (id, revision): (QualificationId, u32),
        withdrawal: &WithdrawQualification,
    ) -> Answer<QualificationRow> {
        let path = format!("{QUALIFICATIONS}/{id}/withdraw");
        self.ask_register(Method::POST, &path, access_token, withdrawal, (header::IF_MATCH, &etag(revision))).await
    }

    async fn ask_register<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        access_token: &str,
        body: &(impl Serialize + Sync),
        header: (HeaderName, &str),
    ) -> Answer<T> {
        read(&self.exchange_with(method, path, Some(access_token), Some(body), &[header]).await?)
    }
}

/// The tag of a row is the count of its changes.
fn etag(revision: u32) -> String {
    format!("\"{revision}\"")
}
