//! What the server is told of the identity provider.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use viruj_domain::role::Role;

use super::NamedRole;
use crate::secrets::Secret;

/// The names `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET`, `OIDC_ROLE_CLAIM` and `OIDC_ROLES`.
#[derive(Clone, Debug)]
pub struct SingleSignOnSettings {
    /// An https address; plain http on this machine alone.
    pub issuer: String,
    pub client_id: String,
    /// Absent for a provider that knows the server as a public client.
    pub client_secret: Option<Secret>,
    /// The claim that names a person's groups, and which role each stands for.
    pub role_claim: Option<String>,
    pub roles: BTreeMap<String, Role>,
}

/// Why the settings of the provider cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SingleSignOnSettingsError {
    #[error("OIDC_ISSUER is {0:?}; it is to be the provider's https address")]
    Issuer(String),
    #[error("OIDC_ISSUER is set and OIDC_CLIENT_ID is not")]
    ClientId,
    #[error("OIDC_ROLE_CLAIM and OIDC_ROLES belong together, and one of them is missing")]
    Roles,
    #[error(
        "OIDC_ROLES has the part {0:?}; each is to be group=role, with a role of the plant, separated by semicolons"
    )]
    Role(String),
}

impl SingleSignOnSettings {
    /// Reads the names through `read`; `None` without `OIDC_ISSUER`.
    ///
    /// # Errors
    /// [`SingleSignOnSettingsError`] names the variable.
    pub fn from_lookup(
        read: &dyn Fn(&'static str) -> Option<String>,
    ) -> Result<Option<Self>, SingleSignOnSettingsError> {
        let Some(issuer) = read("OIDC_ISSUER") else { return Ok(None) };
        if !is_safe(&issuer) {
            return Err(SingleSignOnSettingsError::Issuer(issuer));
        }
        let role_claim = read("OIDC_ROLE_CLAIM");
        let roles = read("OIDC_ROLES").map(|text| roles(&text)).transpose()?.unwrap_or_default();
        if role_claim.is_some() == roles.is_empty() {
            return Err(SingleSignOnSettingsError::Roles);
        }
        Ok(Some(Self {
            issuer,
            client_id: read("OIDC_CLIENT_ID").ok_or(SingleSignOnSettingsError::ClientId)?,
            client_secret: read("OIDC_CLIENT_SECRET").map(Secret::new),
            role_claim,
            roles,
        }))
    }

    /// The one role that the claim names.
    #[must_use]
    pub fn role_of(&self, claims: &Map<String, Value>) -> NamedRole {
        let Some(claim) = &self.role_claim else { return NamedRole::Unchanged };
        let groups: Vec<&str> = match claims.get(claim) {
            Some(Value::String(group)) => vec![group],
            Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut named: Vec<Role> = groups.iter().filter_map(|group| self.roles.get(*group).copied()).collect();
        named.sort();
        named.dedup();
        match named[..] {
            [role] => NamedRole::Role(role),
            _ => NamedRole::None,
        }
    }
}

/// Tokens and codes travel to the provider: never in the clear over a network.
fn is_safe(issuer: &str) -> bool {
    let Ok(address) = issuer.parse::<http::Uri>() else { return false };
    let host = address.host().unwrap_or_default();
    match address.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => matches!(host, "localhost" | "127.0.0.1" | "[::1]"),
        _ => false,
    }
}

fn roles(text: &str) -> Result<BTreeMap<String, Role>, SingleSignOnSettingsError> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let wrong = || SingleSignOnSettingsError::Role(part.to_owned());
            let (group, role) = part.split_once('=').ok_or_else(wrong)?;
            Ok((group.trim().to_owned(), role.trim().parse().map_err(|_| wrong())?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<SingleSignOnSettings>, SingleSignOnSettingsError> {
        let pairs: BTreeMap<_, _> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        SingleSignOnSettings::from_lookup(&move |name| pairs.get(name).cloned())
    }

    #[test]
    fn without_an_issuer_there_is_none_and_half_a_setting_is_named() {
        assert!(read(&[("OIDC_CLIENT_ID", "viruj")]).unwrap().is_none());
        let issuer = ("OIDC_ISSUER", "https://identity.example");
        assert_eq!(read(&[issuer]).err(), Some(SingleSignOnSettingsError::ClientId));
        let client = ("OIDC_CLIENT_ID", "viruj");
        assert!(read(&[issuer, client]).unwrap().is_some());
        assert_eq!(
            read(&[issuer, client, ("OIDC_ROLE_CLAIM", "groups")]).err(),
            Some(SingleSignOnSettingsError::Roles)
        );
        let wrong = read(&[issuer, client, ("OIDC_ROLE_CLAIM", "groups"), ("OIDC_ROLES", "a=QA Manager;b=King")]);
        assert_eq!(wrong.err(), Some(SingleSignOnSettingsError::Role("b=King".into())));
        for plain in ["http://identity.example", "ftp://identity.example", "identity", ""] {
            assert!(read(&[("OIDC_ISSUER", plain), client]).is_err(), "{plain}");
        }
    }

    #[test]
    fn exactly_one_role_is_taken_from_the_claim() {
        let settings = read(&[
            ("OIDC_ISSUER", "https://identity.example"),
            ("OIDC_CLIENT_ID", "viruj"),
            ("OIDC_CLIENT_SECRET", "hush"),
            ("OIDC_ROLE_CLAIM", "groups"),
            ("OIDC_ROLES", "floor=Production Operator; quality = QA Manager;qa=QA Manager"),
        ])
        .unwrap()
        .unwrap();
        let role = |claims: Value| settings.role_of(claims.as_object().unwrap());
        assert_eq!(role(json!({ "groups": ["everybody", "floor"] })), NamedRole::Role(Role::ProductionOperator));
        assert_eq!(role(json!({ "groups": "quality" })), NamedRole::Role(Role::QaManager));
        assert_eq!(role(json!({ "groups": ["quality", "x", "qa"] })), NamedRole::Role(Role::QaManager));
        assert_eq!(role(json!({ "groups": ["quality", "floor"] })), NamedRole::None);
        assert_eq!(role(json!({ "groups": ["everybody"] })), NamedRole::None);
        assert_eq!(role(json!({})), NamedRole::None);
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
