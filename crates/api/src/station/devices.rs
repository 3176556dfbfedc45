//! What the screens of the station's own devices show and send.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::device::DeviceClass;

use super::NumberCheck;

view! {
    /// A device that this station reads values from.
    pub struct StationDevice {
        /// As it stands on its label and in the plant's register of equipment.
        pub code: String,
        pub class: DeviceClass,
        /// `tcp://host:port`, or `serial:` and the line's name, with `?baud=9600` where it is another speed.
        pub address: String,
    }

    pub struct StationDevices {
        pub devices: Vec<StationDevice>,
        /// The person may add, change and remove them.
        pub can_change: bool,
    }

    pub struct ReadDevice {
        pub batch_id: String,
        pub phase_id: Uuid,
        /// The device's code.
        pub device: String,
    }

    /// What a device told. The entry names it by its `id`: the value itself never comes from the screen.
    pub struct DeviceValue {
        pub id: Uuid,
        pub device: String,
        pub serial_number: String,
        /// In the device's own figures and unit.
        pub told: String,
        pub read_at: String,
        /// As it will be recorded.
        pub check: NumberCheck,
    }

    /// A device was asked to see whether it answers.
    pub struct DeviceTrial {
        pub serial_number: String,
        pub told: String,
    }
}
