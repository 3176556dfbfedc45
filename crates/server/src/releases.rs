//! Releases of the station's program: their packages in a folder, by their hash, and what is known of them in the database.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{SubsecRound, TimeDelta};
use tempfile::NamedTempFile;
use uuid::Uuid;
use viruj_api::releases::{ChangeRollout, PublishRelease, Publisher};
use viruj_domain::{
    ids::ReleaseId,
    person,
    plant::PlantScope,
    release::{LONGEST_NOTES, Rollout, RolloutState, is_percentage},
};
use viruj_release::{Refusal, TrustedKeys};
use viruj_storage::{
    ChangeContext, StorageError, UnitOfWork,
    releases::{self, GivenRelease, NewRelease},
};

use crate::{
    application::AppState,
    error::{ApiError, ProblemCode},
};

/// A station that has begun must say within this time that it works.
pub const HEALTHY_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// Where packages and builders' keys lie.
#[derive(Clone, Debug)]
pub struct ReleaseFolder(Arc<Path>);

/// Why a release is not published; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("VIRUJ_RELEASE_DIR is not set: this server keeps no releases")]
    NotKept,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the signature is for version {0}")]
    OtherVersion(viruj_release::Version),
    #[error("version {0} is published already; a version is published once")]
    Exists(viruj_release::Version),
    #[error("the notes say what is new, in at most {LONGEST_NOTES} characters")]
    Notes,
    #[error("a percentage is from 1 to 100")]
    Percentage,
    #[error("the package cannot be kept: {0}")]
    Folder(#[from] io::Error),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ReleaseFolder {
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(folder.into())
    }

    /// The package of this hash.
    #[must_use]
    pub fn package(&self, sha256: &str) -> PathBuf {
        self.0.join("packages").join(sha256)
    }

    /// A file for a package that is on its way here; it is gone when it is not published.
    ///
    /// # Errors
    /// Failures of the disk.
    pub fn incoming(&self) -> io::Result<NamedTempFile> {
        let packages = self.0.join("packages");
        fs::create_dir_all(&packages)?;
        tempfile::Builder::new().prefix(".incoming-").tempfile_in(packages)
    }

    /// Who signs releases: the `.pub` files of `keys`.
    fn keys(&self) -> Result<TrustedKeys, Refusal> {
        let folder = self.0.join("keys");
        if folder.is_dir() { TrustedKeys::load(&folder) } else { Ok(TrustedKeys::default()) }
    }
}

/// Examines a package that has arrived, keeps it and makes it known.
///
/// # Errors
/// [`PublishError`]; nothing is kept then.
pub async fn publish(
    app: &AppState,
    mut incoming: NamedTempFile,
    request: &PublishRelease,
    version: Option<&viruj_release::Version>,
    publisher: &Publisher,
) -> Result<GivenRelease, PublishError> {
    let folder = app.releases.clone().ok_or(PublishError::NotKept)?;
    let notes = request.notes.trim();
    if notes.is_empty() || notes.chars().count() > LONGEST_NOTES {
        return Err(PublishError::Notes);
    }
    let percentage = request.percentage.unwrap_or(100);
    if !is_percentage(percentage) {
        return Err(PublishError::Percentage);
    }
    let (signature, keys) = (request.signature.clone(), folder.keys()?);
    let examining = tokio::task::spawn_blocking(move || {
        let release = viruj_release::examine(incoming.as_file_mut(), &signature, &keys)?;
        incoming.as_file().sync_all()?;
        Ok::<_, PublishError>((release, incoming))
    });
    let (release, incoming) = examining.await.map_err(io::Error::other)??;
    if version.is_some_and(|wanted| *wanted != release.version) {
        return Err(PublishError::OtherVersion(release.version));
    }
    let mut unit = app.database.begin(context(publisher, "published")).await?;
    let id = ReleaseId(Uuid::now_v7());
    let new = NewRelease {
        id,
        version: numbers(&release.version),
        target: &release.target,
        sha256: &release.sha256,
        size: release.size,
        signature: request.signature.trim(),
        builder_key: &release.key.to_string(),
        notes,
        ring: request.ring,
        percentage,
        published_by: publisher,
        published_at: app.clock.now().trunc_subsecs(3),
    };
    if !releases::publish(&mut unit, &new).await? {
        return Err(PublishError::Exists(release.version));
    }
    // The file is there before anybody is told of it; without the commit it is one more file and no release.
    keep(incoming, &folder.package(&release.sha256))?;
    let published = releases::lock(&mut unit, id).await?;
    unit.commit().await?;
    published.ok_or_else(|| PublishError::Folder(io::Error::other("the release is gone")))
}

/// Why a rollout is not changed; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RolloutError {
    #[error("there is no such release")]
    Unknown,
    #[error("a change of a rollout has a reason, in at most 500 characters")]
    Reason,
    #[error("what was withdrawn stays so; publish a higher version")]
    Withdrawn,
    #[error("a percentage is from 1 to 100")]
    Percentage,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Takes a release further, or stops it.
///
/// # Errors
/// [`RolloutError`]; nothing has changed then.
pub async fn change_rollout(
    app: &AppState,
    id: ReleaseId,
    request: &ChangeRollout,
    by: &Publisher,
) -> Result<GivenRelease, RolloutError> {
    let reason = person::reason(&request.reason).ok_or(RolloutError::Reason)?;
    let mut unit = app.database.begin(context(by, reason)).await?;
    let found = releases::lock(&mut unit, id).await?.ok_or(RolloutError::Unknown)?;
    let now = rollout(&found);
    let wanted = Rollout {
        state: request.state.unwrap_or(now.state),
        ring: request.ring.unwrap_or(now.ring),
        percentage: request.percentage.unwrap_or(now.percentage),
    };
    if now.state == RolloutState::Withdrawn && wanted != now {
        return Err(RolloutError::Withdrawn);
    }
    if !is_percentage(wanted.percentage) {
        return Err(RolloutError::Percentage);
    }
    if wanted != now {
        let because = (wanted.state != RolloutState::Running).then_some(reason);
        releases::set_rollout(&mut unit, id, wanted, because).await?;
    }
    let changed = releases::lock(&mut unit, id).await?.ok_or(RolloutError::Unknown)?;
    unit.commit().await?;
    Ok(changed)
}

fn context(by: &Publisher, reason: &str) -> ChangeContext {
    match by {
        Publisher::Person(person) => ChangeContext::person(PlantScope::All, person.as_str(), Some(reason)),
        Publisher::Command => ChangeContext::system(PlantScope::All, "command", Some(reason)),
    }
}

fn keep(incoming: NamedTempFile, place: &Path) -> Result<(), PublishError> {
    incoming.persist(place).map_err(|error| error.error)?;
    if let Some(folder) = place.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// A version as it is kept.
#[must_use]
pub fn numbers(version: &viruj_release::Version) -> [u32; 3] {
    [version.major, version.minor, version.patch].map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// Pauses a release that goes on, because of what a station has told or has not.
///
/// # Errors
/// Failures of the database.
pub async fn stop(unit: &mut UnitOfWork, id: ReleaseId, because: &str) -> Result<(), StorageError> {
    if let Some(found) = releases::lock(unit, id).await?
        && found.row.state == RolloutState::Running
    {
        let paused = Rollout { state: RolloutState::Paused, ..rollout(&found) };
        releases::set_rollout(unit, id, paused, Some(because)).await?;
        tracing::warn!(version = found.row.version, because, "a release is paused");
    }
    Ok(())
}

/// Stops the releases whose stations began and have said nothing for [`HEALTHY_WITHIN`].
///
/// # Errors
/// Failures of the database.
pub async fn stop_silent(app: &AppState) -> Result<(), StorageError> {
    let now = app.clock.now().trunc_subsecs(3);
    let mut unit = app.begin_for_system("updates", "a station says nothing after its update").await?;
    for release in releases::note_silence(&mut unit, now - HEALTHY_WITHIN, now).await? {
        stop(&mut unit, release, "system:update_silent").await?;
    }
    unit.commit().await
}

/// How far a release has come.
#[must_use]
pub fn rollout(release: &GivenRelease) -> Rollout {
    Rollout { state: release.row.state, ring: release.row.ring, percentage: release.row.percentage }
}

impl From<RolloutError> for ApiError {
    fn from(error: RolloutError) -> Self {
        match error {
            RolloutError::Unknown => ProblemCode::NotFound.into(),
            RolloutError::Reason => ProblemCode::ChangeReasonRequired.into(),
            RolloutError::Withdrawn => ProblemCode::StepNotAllowed.into(),
            RolloutError::Percentage => ProblemCode::PercentageInvalid.into(),
            RolloutError::Storage(error) => error.into(),
        }
    }
}

impl From<PublishError> for ApiError {
    fn from(error: PublishError) -> Self {
        if let PublishError::Storage(error) = error {
            return error.into();
        }
        let code = match &error {
            PublishError::NotKept => ProblemCode::ReleasesNotKept,
            PublishError::Exists(_) => ProblemCode::ReleaseExists,
            PublishError::Notes => ProblemCode::ReleaseNotesInvalid,
            PublishError::Percentage => ProblemCode::PercentageInvalid,
            PublishError::OtherVersion(_) => ProblemCode::ReleaseVersionMismatch,
            PublishError::Refused(refusal) => match refusal {
                Refusal::Unreadable(_) => ProblemCode::ReleaseUnreadable,
                Refusal::SignatureForm | Refusal::NoSignedVersion | Refusal::VersionForm(_) => {
                    ProblemCode::ReleaseSignatureInvalid
                }
                Refusal::KeyForm(_) | Refusal::NoKeys => ProblemCode::ReleaseKeyInvalid,
                Refusal::UnknownKey(_) => ProblemCode::ReleaseKeyUnknown,
                Refusal::WrongSignature => ProblemCode::ReleaseSignatureWrong,
                Refusal::NotAPackage(_) | Refusal::OtherPackage(_) => ProblemCode::ReleasePackageInvalid,
                Refusal::VersionMismatch { .. } => ProblemCode::ReleaseVersionMismatch,
                Refusal::Architecture(_) => ProblemCode::ReleasePlatformUnknown,
            },
            PublishError::Folder(_) | PublishError::Storage(_) => return ApiError::internal(error),
        };
        ApiError::new(code).with_detail(error.to_string())
    }
}
