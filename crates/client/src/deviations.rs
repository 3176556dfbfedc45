//! Deviations, and corrective and preventive actions.

use http::{HeaderName, Method, header};
use serde::{Serialize, de::DeserializeOwned};
use viruj_api::{
    capas::{Capa, CapaQuery, CapaRow, OpenCapa},
    deviations::{Deviation, DeviationQuery, DeviationSummary, EditDeviation, ReportDeviation},
    lists::Page,
};
use viruj_domain::ids::{CapaId, DeviationId};

use crate::{
    Client,
    administration::{IDEMPOTENCY_KEY, with_query},
    client::{Answer, read},
};

const DEVIATIONS: &str = "/api/v1/deviations";
const CAPAS: &str = "/api/v1/capas";

/// A step of a deviation, by the last part of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviationAction {
    Investigate,
    Severity,
    Submit,
    Return,
    Review,
    Approve,
    Reject,
}

/// A step of a corrective or preventive action, by the last part of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapaAction {
    Investigate,
    Plan,
    Done,
    Effectiveness,
    Close,
}

impl DeviationAction {
    fn path(self) -> &'static str {
        match self {
            Self::Investigate => "investigate",
            Self::Severity => "severity",
            Self::Submit => "submit",
            Self::Return => "return",
            Self::Review => "review",
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }
}

impl CapaAction {
    fn path(self) -> &'static str {
        match self {
            Self::Investigate => "investigate",
            Self::Plan => "plan",
            Self::Done => "done",
            Self::Effectiveness => "effectiveness",
            Self::Close => "close",
        }
    }
}

impl Client {
    pub async fn deviations(&self, access_token: &str, query: &DeviationQuery) -> Answer<Page<DeviationSummary>> {
        self.get(&with_query(DEVIATIONS, query), Some(access_token)).await
    }

    pub async fn deviation(&self, access_token: &str, id: DeviationId) -> Answer<Deviation> {
        self.get(&format!("{DEVIATIONS}/{id}"), Some(access_token)).await
    }

    /// Reports a deviation; sent again with the same `key`, the answer is the same and none is reported twice.
    pub async fn report_deviation(&self, access_token: &str, key: &str, new: &ReportDeviation) -> Answer<Deviation> {
        self.ask_with(Method::POST, DEVIATIONS, access_token, new, (IDEMPOTENCY_KEY, key)).await
    }

    /// Writes down what was found out about a deviation that still has this version.
    pub async fn edit_deviation(
        &self,
        access_token: &str,
        id: DeviationId,
        version: u32,
        edit: &EditDeviation,
    ) -> Answer<Deviation> {
        let tag = etag(version);
        let path = format!("{DEVIATIONS}/{id}");
        self.ask_with(Method::PUT, &path, access_token, edit, (header::IF_MATCH, &tag)).await
    }

    /// Takes a step with a deviation that still has this version; a password in `body` is in this request and nowhere else.
    pub async fn take_deviation_step(
        &self,
        access_token: &str,
        id: DeviationId,
        version: u32,
        (action, body): (DeviationAction, &(impl Serialize + Sync)),
    ) -> Answer<Deviation> {
        let (path, tag) = (format!("{DEVIATIONS}/{id}/{}", action.path()), etag(version));
        self.ask_with(Method::POST, &path, access_token, body, (header::IF_MATCH, &tag)).await
    }

    pub async fn capas(&self, access_token: &str, query: &CapaQuery) -> Answer<Page<CapaRow>> {
        self.get(&with_query(CAPAS, query), Some(access_token)).await
    }

    pub async fn capa(&self, access_token: &str, id: CapaId) -> Answer<Capa> {
        self.get(&format!("{CAPAS}/{id}"), Some(access_token)).await
    }

    /// Opens an action; sent again with the same `key`, the answer is the same and none is opened twice.
    pub async fn open_capa(&self, access_token: &str, key: &str, new: &OpenCapa) -> Answer<Capa> {
        self.ask_with(Method::POST, CAPAS, access_token, new, (IDEMPOTENCY_KEY, key)).await
    }

    /// As [`Self::take_deviation_step`], with an action.
    pub async fn take_capa_step(
        &self,
        access_token: &str,
        id: CapaId,
        version: u32,
        (action, body): (CapaAction, &(impl Serialize + Sync)),
    ) -> Answer<Capa> {
        let (path, tag) = (format!("{CAPAS}/{id}/{}", action.path()), etag(version));
        self.ask_with(Method::POST, &path, access_token, body, (header::IF_MATCH, &tag)).await
    }

    async fn ask_with<T: DeserializeOwned>(
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

/// The tag of a record whose changes are counted.
fn etag(version: u32) -> String {
    format!("\"{version}\"")
}
