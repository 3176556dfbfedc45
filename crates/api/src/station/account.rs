//! What a person sees of their own account and of who is signed in.

use serde::{Deserialize, Serialize};

use super::MenuItem;

view! {
    /// A person who signed in, with what the role may open.
    pub struct SignedInPerson {
        pub id: String,
        pub name: String,
        pub email: String,
        pub role: String,
        pub department: String,
        pub menu: Vec<MenuItem>,
        pub can_execute: bool,
        pub can_plan_batches: bool,
        pub can_register_station: bool,
        pub can_review_audit: bool,
        /// The person was remembered and the server has not confirmed the session yet.
        pub is_offline: bool,
        /// Somebody else chose the password: it must be changed before anything else.
        pub must_change_password: bool,
    }

    /// What a person should know of their own account.
    pub struct AccountView {
        pub password_changed_at: Option<String>,
        pub has_second_factor: bool,
        pub recovery_codes_left: u32,
        pub sessions: Vec<SessionView>,
    }

    /// What the person's device is to hold; shown once.
    pub struct SecondFactorView {
        /// For typing.
        pub secret: String,
        pub picture: PictureView,
    }

    /// A square picture of `size` units: the path of an SVG.
    pub struct PictureView {
        pub size: u32,
        pub path: String,
    }

    /// One sign-in that is still alive.
    pub struct SessionView {
        pub id: String,
        pub opened_at: String,
        pub refreshed_at: String,
        pub expires_at: String,
        pub address: Option<String>,
        pub station_name: Option<String>,
        /// The one at this station, now.
        pub is_current: bool,
    }
}
