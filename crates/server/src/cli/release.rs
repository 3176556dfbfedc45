//! `viruj-server release`: what administrators do who sit at the server itself.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use viruj_api::releases::{PublishRelease, Publisher};
use viruj_domain::release::Ring;
use viruj_release::Version;

use super::{CommandError, start};
use crate::{ServerSettings, releases::PublishError};

/// What `release publish` is told.
#[derive(clap::Args)]
pub(super) struct Publish {
    /// The station's package, as it was built.
    file: std::path::PathBuf,
    /// The `.sig` file that was built with it; beside the package when left out.
    #[arg(long, value_name = "FILE")]
    signature: Option<std::path::PathBuf>,
    /// The version that is meant, so that another one is not published by mistake.
    #[arg(long)]
    version: Option<Version>,
    /// What is new.
    #[arg(long)]
    notes: String,
    /// The stations that are offered it first: pilot, plant or all.
    #[arg(long, value_parser = ring)]
    ring: Ring,
    /// Of the stations of that ring.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=100))]
    percentage: Option<u8>,
}

pub(super) async fn publish(told: &Publish, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let beside = || told.file.with_added_extension("sig");
    let signature = read(&told.signature.clone().unwrap_or_else(beside), |path| fs::read_to_string(path))?;
    let application = start(&ServerSettings::from_environment()?).await?;
    let published = async {
        let folder = application.releases().ok_or(PublishError::NotKept)?;
        let mut incoming = folder.incoming()?;
        io::copy(&mut read(&told.file, |path| File::open(path))?, incoming.as_file_mut())?;
        let request =
            PublishRelease { signature, notes: told.notes.clone(), ring: told.ring, percentage: told.percentage };
        application.publish(incoming, &request, told.version.as_ref(), &Publisher::Command).await
    }
    .await;
    application.close().await;
    let row = published?.row;
    writeln!(out, "Published {} for {}, signed by {}.", row.version, row.target, row.builder_key)?;
    writeln!(out, "Offered to {} % of the ring {}.", row.percentage, row.ring.as_str())?;
    Ok(())
}

fn read<T>(path: &Path, read: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
    read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn ring(word: &str) -> Result<Ring, String> {
    Ring::EVERY.into_iter().find(|ring| ring.as_str() == word).ok_or_else(|| "pilot, plant or all".to_owned())
}
