//! What the updater remembers, so that a power cut at any moment leaves it knowing what to do.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use viruj_release::{Places, Status, Version};

use crate::install::Failure;

/// The file that the updater itself reads again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The ratchet: nothing lower is ever installed.
    pub highest: Option<Version>,
    /// The version that left no mark of health. It is not tried again; a higher one is.
    pub unhealthy: Option<Version>,
    pub under_way: Option<UnderWay>,
}

/// An installation that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    pub step: Step,
    pub from: Version,
    pub to: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Installing,
    /// Installed; its mark of health is waited for.
    Watching,
    /// The version before is being put back.
    PuttingBack,
}

impl State {
    pub fn read(places: &Places) -> Result<Self, Failure> {
        match fs::read(places.state.join("state.json")) {
            Ok(text) => serde_json::from_slice(&text).map_err(|_| Failure::StateBroken),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    pub fn write(&self, places: &Places) -> Result<(), Failure> {
        replace(&places.state.join("state.json"), self)
    }
}

pub fn write_status(places: &Places, status: &Status) -> Result<(), Failure> {
    replace(&places.status(), status)
}

/// The file has either what it had or what it is to have.
fn replace(file: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_vec(value).map_err(std::io::Error::from)?;
    let new = file.with_extension("new");
    let mut writing = File::create(&new)?;
    writing.write_all(&text)?;
    writing.sync_all()?;
    fs::rename(&new, file)?;
    sync_folder(file)
}

/// Makes a name in a folder outlive the power.
pub fn sync_folder(file: &Path) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
