//! `viruj-server release`: what administrators do who sit at the server itself.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    str::FromStr,
};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use viruj_api::releases::{ChangeRollout, PublishRelease, Publisher, ReleaseRow, UpdateCounts};
use viruj_domain::{
    release::{Ring, RolloutState},
    role::UnknownWord,
};
use viruj_release::Version;

use super::{CommandError, start};
use crate::{
    ServerSettings,
    releases::{PublishError, RolloutError},
};

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
    #[arg(long, value_parser = one_of::<Ring>(Ring::ALL.iter().map(|ring| ring.as_str())))]
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

/// What `release rollout` is told.
#[derive(clap::Args)]
pub(super) struct ChangeOfRollout {
    version: Version,
    /// Where the version was published for several systems: linux-x86_64, for example.
    #[arg(long)]
    target: Option<String>,
    /// running, paused or withdrawn; the last one for good.
    #[arg(long, value_parser = one_of::<RolloutState>(RolloutState::ALL.iter().map(|state| state.as_str())))]
    state: Option<RolloutState>,
    /// pilot, plant or all.
    #[arg(long, value_parser = one_of::<Ring>(Ring::ALL.iter().map(|ring| ring.as_str())))]
    ring: Option<Ring>,
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=100))]
    percentage: Option<u8>,
    /// The audit trail keeps it.
    #[arg(long)]
    reason: String,
}

pub(super) async fn list(out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let application = start(&ServerSettings::from_environment()?).await?;
    let releases = application.list_releases().await;
    application.close().await;
    for release in releases? {
        tell(&release.row, out)?;
    }
    Ok(())
}

pub(super) async fn change(told: &ChangeOfRollout, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let application = start(&ServerSettings::from_environment()?).await?;
    let changed = async {
        let is_meant = |row: &ReleaseRow| {
            row.version == told.version.to_string() && told.target.as_ref().is_none_or(|target| *target == row.target)
        };
        let known = application.list_releases().await?;
        let mut meant = known.iter().map(|release| &release.row).filter(|row| is_meant(row));
        let (Some(release), None) = (meant.next(), meant.next()) else { return Err(RolloutError::Unknown) };
        let request = ChangeRollout {
            state: told.state,
            ring: told.ring,
            percentage: told.percentage,
            reason: told.reason.clone(),
        };
        application.change_rollout(release.id, &request, &Publisher::Command).await
    }
    .await;
    application.close().await;
    tell(&changed?.row, out)?;
    Ok(())
}

fn tell(row: &ReleaseRow, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let ReleaseRow { version, target, percentage, stations, .. } = row;
    let because = row.stopped_because.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    writeln!(out, "{version} {target}: {}{because}, {percentage} % of {}", row.state.as_str(), row.ring.as_str())?;
    let UpdateCounts { installing, healthy, refused, put_back, silent } = stations;
    writeln!(
        out,
        "  {healthy} stations have it, {installing} install it, {refused} refused it, {put_back} took it back, {silent} \
         say nothing"
    )
}

fn read<T>(path: &Path, read: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
    read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// A word of a table; an error names them all.
fn one_of<T: FromStr<Err = UnknownWord> + Clone + Send + Sync + 'static>(
    words: impl Iterator<Item = &'static str>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.collect::<Vec<_>>()).try_map(|word| word.parse())
}
