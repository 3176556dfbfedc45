//! What the screen of API keys shows and sends.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{api_key::ApiKeyState, capability::Capability};

use super::administration::NamedPlant;
use crate::api_keys::ApiKeyRevocationCause;

view! {
    /// Which keys, and which page of them.
    pub struct ApiKeyListQuery {
        pub state: Option<ApiKeyState>,
        /// [`ApiKeyList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct ApiKeyList {
        pub items: Vec<ApiKeyItem>,
        pub next_cursor: Option<String>,
    }

    pub struct ApiKeyItem {
        pub id: Uuid,
        pub name: String,
        pub plants: Vec<NamedPlant>,
        pub scopes: Vec<Capability>,
        pub state: ApiKeyState,
        pub created_at: String,
        pub created_by_name: String,
        pub expires_at: String,
        /// To the hour.
        pub last_used_at: Option<String>,
        pub revoked_at: Option<String>,
        /// Somebody's name, or `system:` and what of the program.
        pub revoked_by: Option<String>,
        pub revoked_cause: Option<ApiKeyRevocationCause>,
    }

    /// What the person who is signed in can put into a key.
    pub struct ApiKeyChoices {
        pub plants: Vec<NamedPlant>,
        pub scopes: Vec<Capability>,
        pub days: Vec<u16>,
        pub usual_days: u16,
    }

    pub struct NewApiKey {
        pub name: String,
        pub plant_ids: Vec<String>,
        pub scopes: Vec<Capability>,
        pub valid_days: u16,
        /// Belongs to the form: sent again, it makes no key twice.
        pub request_key: Uuid,
    }

    /// A key that was made.
    pub struct ShownApiKey {
        pub key: ApiKeyItem,
        /// To be shown this once; absent when the answer that held it was lost.
        pub secret: Option<String>,
    }

    pub struct ApiKeyEnd {
        pub id: Uuid,
        pub reason: String,
    }
}
