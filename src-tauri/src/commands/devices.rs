//! The devices of this station, and values that are read from them.

use tauri::State;
use viruj_api::station::{
    CommandError,
    devices::{DeviceTrial, DeviceValue, ReadDevice, StationDevice, StationDevices},
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_devices(shell: State<'_, Shell>) -> Result<StationDevices, CommandError> {
    Ok(shell.core()?.devices()?)
}

/// Keeps the whole list; what is wrong with one device leaves all as they were.
#[tauri::command]
#[specta::specta]
pub async fn save_devices(
    shell: State<'_, Shell>,
    devices: Vec<StationDevice>,
) -> Result<StationDevices, CommandError> {
    shell.save_devices(devices)
}

/// Asks a device for its serial number and its value; nothing is kept.
#[tauri::command]
#[specta::specta]
pub async fn try_device(shell: State<'_, Shell>, device: StationDevice) -> Result<DeviceTrial, CommandError> {
    Ok(shell.core()?.try_device(device).await?)
}

/// Waits until the device has come to rest; the value is recorded only when an entry names it.
#[tauri::command]
#[specta::specta]
pub async fn read_device(shell: State<'_, Shell>, input: ReadDevice) -> Result<DeviceValue, CommandError> {
    Ok(shell.core()?.read_device(&input).await?)
}
