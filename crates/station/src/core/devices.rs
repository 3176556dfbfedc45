//! The devices of this station, and the values that were read from them and not recorded yet.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_api::station::devices::{DeviceTrial, DeviceValue, ReadDevice, StationDevice, StationDevices};
use viruj_domain::{
    capability::Capability,
    decimal::ExactDecimal,
    device::DeviceReading,
    equipment,
    execution::{Circumstances, Refusal, Wanted},
    ids::PhaseId,
    phase::{NumberParameter, PhaseEntry},
};

use super::StationCore;
use crate::{
    StationError,
    devices::{self, Address, DeviceError, Told},
    numbers, views,
};

/// A value that lay on the screen for longer is read again: what lies on the balance may be something else by then.
const LONGEST_REST: Duration = Duration::from_secs(10 * 60);

/// What the devices of the station told. The screen names a reading by its number, so that no page can make one up.
#[derive(Default)]
pub(super) struct Devices {
    known: Mutex<Vec<StationDevice>>,
    read: Mutex<HashMap<Uuid, (PhaseId, DeviceReading)>>,
}

impl Devices {
    pub(super) fn new(known: Vec<StationDevice>) -> Self {
        Self { known: Mutex::new(known), read: Mutex::default() }
    }

    fn known(&self) -> Vec<StationDevice> {
        locked(&self.known).clone()
    }

    fn keep(&self, id: Uuid, phase: PhaseId, reading: DeviceReading) {
        let mut read = locked(&self.read);
        let now = reading.read_at;
        read.retain(|_, (_, kept)| is_fresh(kept, now));
        read.insert(id, (phase, reading));
    }

    /// A reading is recorded once.
    pub(super) fn forget(&self, id: Uuid) {
        locked(&self.read).remove(&id);
    }
}

fn is_fresh(reading: &DeviceReading, now: DateTime<Utc>) -> bool {
    (now - reading.read_at).to_std().is_ok_and(|age| age <= LONGEST_REST)
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl StationCore {
    /// The devices of this station.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn devices(&self) -> Result<StationDevices, StationError> {
        let session = self.session()?;
        // Who looks after the equipment, or sets up stations.
        let capabilities = [Capability::EquipmentManage, Capability::StationRegister];
        let acting = self.acting(&session.person);
        let can_change = acting.is_active && capabilities.into_iter().any(|capability| acting.role.can(capability));
        Ok(StationDevices { devices: self.devices.known(), can_change })
    }

    /// Takes other devices than before. Whoever keeps the list calls this after it is kept.
    pub fn set_devices(&self, devices: Vec<StationDevice>) {
        *locked(&self.devices.known) = devices;
    }

    /// The devices as they are kept, once they can be.
    ///
    /// # Errors
    /// The person may not change them; a code is missing or there twice; an address is none.
    pub fn checked_devices(&self, devices: Vec<StationDevice>) -> Result<Vec<StationDevice>, StationError> {
        if !self.devices()?.can_change {
            return Err(StationError::NotAllowed);
        }
        let mut checked: Vec<StationDevice> = Vec::with_capacity(devices.len());
        for device in devices {
            let code = equipment::code(&device.code).map_err(|_| StationError::DeviceCodeInvalid)?.to_owned();
            if checked.iter().any(|other| other.code == code) {
                return Err(StationError::DeviceCodeTaken(code));
            }
            let address = device.address.trim().to_owned();
            address.parse::<Address>()?;
            checked.push(StationDevice { code, address, ..device });
        }
        Ok(checked)
    }

    /// Asks a device that need not be known yet; nothing is recorded.
    ///
    /// # Errors
    /// The person may not change devices; what the device says instead of a value.
    pub async fn try_device(&self, device: StationDevice) -> Result<DeviceTrial, StationError> {
        let device = self.checked_devices(vec![device])?.pop().ok_or(StationError::BadInput)?;
        let Told { serial_number, value, unit, .. } = devices::read(device.class, &device.address.parse()?).await?;
        Ok(DeviceTrial { serial_number, told: format!("{value} {}", unit.symbol()) })
    }

    /// Reads a value for a phase; it is recorded only when an entry names it.
    ///
    /// # Errors
    /// The device is none of this station's or does not measure what the phase asks for; the plant's register says that
    /// it may not be used; what the device says instead of a value.
    pub async fn read_device(&self, input: &ReadDevice) -> Result<DeviceValue, StationError> {
        self.reader()?;
        let device = self.devices.known().into_iter().find(|known| known.code == input.device);
        let device = device.ok_or(StationError::DeviceUnknown)?;
        let shown = self.shown_batch(&input.batch_id).await?;
        let phase = shown.phases.iter().find(|phase| phase.row.id == PhaseId(input.phase_id));
        let number = phase.ok_or(Refusal::PhaseUnknown)?.row.definition.kind.number().ok_or(Refusal::WrongEntryKind)?;
        if number.device != Some(device.class) {
            return Err(Refusal::WrongEntryKind.into());
        }
        let row = &shown.parts.batch;
        let registers = self.store.registers(&row.plant_id, &Wanted::for_device(&device.code)).await?;
        let circumstances = Circumstances { batch: &row.id, registers: &registers, at: self.now() };
        circumstances.check_device(&device.code).map_err(Refusal::from)?;
        let told = devices::read(device.class, &device.address.parse()?).await?;
        let id = self.new_id()?;
        let reading = DeviceReading {
            device: device.code,
            serial_number: told.serial_number,
            value: told.value,
            unit: told.unit,
            line: told.line,
            read_at: self.now(),
        };
        let value = recorded(&reading, number)?;
        let shown = DeviceValue {
            id,
            device: reading.device.clone(),
            serial_number: reading.serial_number.clone(),
            told: format!("{} {}", reading.value, reading.unit.symbol()),
            read_at: views::time(reading.read_at),
            check: numbers::checked(value, number),
        };
        self.devices.keep(id, PhaseId(input.phase_id), reading);
        Ok(shown)
    }

    /// The entry that a reading makes.
    pub(super) fn read_entry(
        &self,
        id: Uuid,
        phase: PhaseId,
        (number, lot): (&NumberParameter, Option<String>),
    ) -> Result<PhaseEntry, StationError> {
        let kept = locked(&self.devices.read).get(&id).cloned();
        let reading = kept.filter(|(of, reading)| *of == phase && is_fresh(reading, self.now()));
        let (_, reading) = reading.ok_or(StationError::ReadingGone)?;
        Ok(PhaseEntry::Number { value: recorded(&reading, number)?, unit: number.unit, lot, reading: Some(reading) })
    }
}

fn recorded(reading: &DeviceReading, number: &NumberParameter) -> Result<ExactDecimal, StationError> {
    let other = || DeviceError::UnitUnknown(reading.unit.symbol().to_owned());
    Ok(reading.recorded(number).ok_or_else(other)?)
}
