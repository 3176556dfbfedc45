//! What makes a plant of an empty database, and a station of a computer.

use serde::{Deserialize, Serialize};

view! {
    /// The first start without a demo: one plant and its first administrator.
    pub struct PlantSetUp {
        pub plant_name: String,
        pub region: String,
        /// IANA name.
        pub time_zone: String,
        pub administrator_name: String,
        pub administrator_email: String,
        pub administrator_password: String,
        /// An existing, writable folder.
        pub backup_folder: String,
    }

    /// A plant that a station can be registered for.
    pub struct PlantOption {
        pub id: String,
        pub name: String,
        pub time_zone: String,
    }

    /// What a System Admin says when the station is registered.
    pub struct StationRegistration {
        pub station_name: String,
        pub plant_id: String,
    }
}
