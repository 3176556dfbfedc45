//! What the screens of a System Admin show and send: accounts, roles and plants.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{
    batch::BatchStatus,
    role::{Department, Role},
};

use crate::users::{UserSort, UserState};

view! {
    /// Which accounts, in which order, and which page of them.
    pub struct UserListQuery {
        pub search: String,
        pub role: Option<Role>,
        pub plant_id: Option<String>,
        pub state: Option<UserState>,
        pub sort: UserSort,
        /// [`UserList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct UserList {
        pub items: Vec<UserItem>,
        pub next_cursor: Option<String>,
    }

    pub struct UserItem {
        pub id: String,
        pub name: String,
        pub email: String,
        /// A word that the rules do not know is one that the old system left behind.
        pub role: String,
        pub department: String,
        pub plants: Vec<NamedPlant>,
        pub sees_all_plants: bool,
        pub state: AccountState,
        /// The next sign-in ends in choosing a password.
        pub must_change_password: bool,
        /// Signing in asks for a code of a device, too.
        pub has_second_factor: bool,
        pub locked_until: Option<String>,
        pub created_at: Option<String>,
        pub last_signed_in_at: Option<String>,
    }

    pub struct NamedPlant {
        pub id: String,
        pub name: String,
    }

    /// One account with what is alive of it.
    pub struct UserDetails {
        pub user: UserItem,
        /// Passed back with a change, as what the administrator saw.
        pub etag: String,
        pub sessions: Vec<SessionItem>,
        /// The person who is signed in: others change their own role, plants and activity.
        pub is_own: bool,
    }

    pub struct SessionItem {
        pub id: Uuid,
        pub created_at: String,
        pub last_used_at: String,
        pub expires_at: String,
        pub client_address: Option<String>,
    }

    pub struct NewUser {
        pub name: String,
        pub email: String,
        pub role: Role,
        pub department: Department,
        pub plant_ids: Vec<String>,
        /// Belongs to the form: sent again, it makes nobody twice.
        pub request_key: Uuid,
    }

    /// A password that works once, to be told to the person and shown nowhere else.
    pub struct ShownSecret {
        pub user_id: String,
        pub name: String,
        pub email: String,
        pub secret: String,
    }

    pub struct UserChange {
        pub id: String,
        pub etag: String,
        pub name: String,
        pub role: Role,
        pub department: Department,
        pub plant_ids: Vec<String>,
        pub reason: String,
    }

    pub struct UserActivity {
        pub id: String,
        pub etag: String,
        pub is_active: bool,
        pub reason: String,
    }

    /// Something that is done to an account and says why.
    pub struct UserAction {
        pub id: String,
        pub reason: String,
    }

    /// What each role may do.
    pub struct RoleMatrix {
        /// In the order of the rules, for example `batch.execute`.
        pub capabilities: Vec<String>,
        pub roles: Vec<RoleItem>,
    }

    pub struct RoleItem {
        pub role: Role,
        pub departments: Vec<Department>,
        pub capabilities: Vec<String>,
        /// Somebody of the role needs a plant.
        pub needs_plant: bool,
    }

    pub struct PlantList {
        pub items: Vec<PlantItem>,
        /// The person may make and change plants.
        pub can_manage: bool,
    }

    pub struct PlantItem {
        pub id: String,
        pub name: String,
        pub region: String,
        pub time_zone: String,
        pub manager_id: Option<String>,
        pub manager_name: Option<String>,
        pub people: u32,
        pub stations: u32,
        pub batches: Vec<PlantBatches>,
        pub batch_count: u32,
    }

    pub struct PlantBatches {
        pub status: BatchStatus,
        pub count: u32,
    }

    pub struct PlantDetails {
        pub plant: PlantItem,
        /// Passed back with a change, as what the administrator saw.
        pub etag: String,
        /// Active people, of whom one can manage the plant.
        pub candidates: Vec<PlantManager>,
    }

    pub struct PlantManager {
        pub id: String,
        pub name: String,
    }

    pub struct NewPlant {
        pub name: String,
        pub region: String,
        pub time_zone: String,
        /// Belongs to the form: sent again, it makes no plant twice.
        pub request_key: Uuid,
    }

    pub struct PlantChange {
        pub id: String,
        pub etag: String,
        pub name: String,
        pub region: String,
        pub time_zone: String,
        pub manager_id: Option<String>,
        pub reason: String,
    }
}

choice! {
    /// What an account can do now.
    #[serde(rename_all = "snake_case")]
    pub enum AccountState {
        Active,
        Inactive,
        /// Active, and closed for a while after failed attempts.
        Locked,
    }
}
