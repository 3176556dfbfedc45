//! Takes what is offered, examines it, installs it, waits for its mark of health, and puts the version before back.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read},
    os::fd::OwnedFd,
    path::Path,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{
        FlockOperation, Mode, OFlags, flock,
        inotify::{self, CreateFlags, WatchFlags},
        open,
    },
    io::Errno,
};
use viruj_release::{Outcome, Places, Refusal, Release, Status, TrustedKeys, Version, examine, target_of};

use crate::{
    dpkg,
    state::{State, Step, UnderWay, sync_folder, write_status},
};

/// A release is smaller than this, in bytes; so much of root's disk, and no more, can be filled by an offer.
const LARGEST: u64 = 512 << 20;
const LARGEST_SIGNATURE: u64 = 4096;

/// What stops the updater, or makes it refuse.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Refusal(#[from] Refusal),
    #[error("the file in the spool folder is no plain file")]
    NotAFile,
    #[error("the file is larger than any release")]
    TooLarge,
    #[error("the release is for another processor than this one, {0}")]
    OtherProcessor(String),
    #[error("version {offered} is not newer than {than}")]
    NotNewer { offered: Version, than: Version },
    #[error("version {0} was installed before and left no mark of health; only a newer one is tried")]
    WasUnhealthy(Version),
    #[error("version {0} left no mark of health in time")]
    Unhealthy(Version),
    #[error("the installation of version {0} was interrupted")]
    Interrupted(Version),
    #[error("the installed version is {0}, which is none of the station's")]
    Installed(String),
    #[error("state.json is damaged; look at it, then remove it")]
    StateBroken,
    #[error("{program}: {said}")]
    Program { program: String, said: String },
}

impl Failure {
    /// The word that programs read.
    fn code(&self) -> &'static str {
        match self {
            Self::Io(error) if error.kind() == ErrorKind::StorageFull => "disk_full",
            Self::Io(_) => "update_failed",
            Self::Refusal(refusal) => refusal.code(),
            Self::NotAFile | Self::TooLarge => "release_unreadable",
            Self::OtherProcessor(_) => "release_platform_other",
            Self::NotNewer { .. } => "release_not_newer",
            Self::WasUnhealthy(_) => "release_was_unhealthy",
            Self::Unhealthy(_) => "release_unhealthy",
            Self::Interrupted(_) => "update_interrupted",
            Self::Installed(_) | Self::StateBroken | Self::Program { .. } => "update_failed",
        }
    }
}

/// Ends what was interrupted, then takes what is offered. Gives back what is to be told.
pub fn run(places: &Places, health_within: Duration) -> Result<Vec<String>, Failure> {
    fs::create_dir_all(&places.state)?;
    let lock = File::create(places.state.join("lock"))?;
    flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from)?;
    let mut told = Vec::new();
    let mut state = State::read(places)?;
    if let Some(under_way) = state.under_way.clone() {
        let ended = match under_way.step {
            Step::Watching => watch(places, &mut state, &under_way, health_within),
            Step::Installing => put_back(places, &mut state, &under_way, &Failure::Interrupted(under_way.to.clone())),
            Step::PuttingBack => put_back(places, &mut state, &under_way, &Failure::Unhealthy(under_way.to.clone())),
        };
        told.push(ended?);
    }
    if places.request().exists() {
        // Taken back first: an offer that cannot be worked at must not be tried for ever.
        fs::remove_file(places.request())?;
        told.push(take(places, &mut state, health_within)?);
    }
    Ok(told)
}

fn take(places: &Places, state: &mut State, health_within: Duration) -> Result<String, Failure> {
    let mut version = None;
    match judge(places, state, &mut version) {
        Ok(under_way) => install(places, state, under_way, health_within),
        Err(failure) => {
            let _ = fs::remove_file(places.next());
            tell(places, Outcome::Refused, version.as_ref(), Some(&failure))
        }
    }
}

/// Everything that can be known before anything changes.
fn judge(places: &Places, state: &State, version: &mut Option<Version>) -> Result<UnderWay, Failure> {
    let release = copied(places)?;
    *version = Some(release.version.clone());
    let (to, processor) = (release.version, dpkg::architecture()?);
    if target_of(&processor)? != release.target {
        return Err(Failure::OtherProcessor(processor));
    }
    let from = dpkg::installed()?;
    if to <= from {
        return Err(Failure::NotNewer { offered: to, than: from });
    }
    if let Some(highest) = state.highest.clone().filter(|highest| to < *highest) {
        return Err(Failure::NotNewer { offered: to, than: highest });
    }
    if state.unhealthy.as_ref() == Some(&to) {
        return Err(Failure::WasUnhealthy(to));
    }
    Ok(UnderWay { step: Step::Installing, from, to })
}

/// Copies the offer to where only root writes, and examines the copy: the offer itself can change at any moment.
fn copied(places: &Places) -> Result<Release, Failure> {
    let mut signature = String::new();
    plain_file(&places.offered_signature())?.take(LARGEST_SIGNATURE).read_to_string(&mut signature)?;
    let offered = plain_file(&places.offered())?;
    let mut options = fs::OpenOptions::new();
    let mut copy = options.create(true).truncate(true).read(true).write(true).open(places.next())?;
    if io::copy(&mut offered.take(LARGEST + 1), &mut copy)? > LARGEST {
        return Err(Failure::TooLarge);
    }
    copy.sync_all()?;
    Ok(examine(&mut copy, &signature, &TrustedKeys::load(&places.keys)?)?)
}

/// Opens what the station's account wrote: no link to something else, and nothing that makes root wait.
fn plain_file(path: &Path) -> Result<File, Failure> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(open(path, flags, Mode::empty()).map_err(io::Error::from)?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(Failure::NotAFile) }
}

fn install(
    places: &Places,
    state: &mut State,
    mut under_way: UnderWay,
    health_within: Duration,
) -> Result<String, Failure> {
    if let Err(failure) = keep_previous(places, &under_way.from) {
        let _ = fs::remove_file(places.next());
        return tell(places, Outcome::Refused, Some(&under_way.to), Some(&failure));
    }
    let _ = fs::remove_file(places.health());
    state.highest = Some(under_way.to.clone());
    state.under_way = Some(under_way.clone());
    state.write(places)?;
    if let Err(failure) = dpkg::install(&places.next()) {
        return put_back(places, state, &under_way, &failure);
    }
    under_way.step = Step::Watching;
    state.under_way = Some(under_way.clone());
    state.write(places)?;
    tell(places, Outcome::Installed, Some(&under_way.to), None)?;
    dpkg::restart_station();
    watch(places, state, &under_way, health_within)
}

/// The package that came by the updater, or one made of the installed files.
fn keep_previous(places: &Places, version: &Version) -> Result<(), Failure> {
    let is_at_hand = |file: &Path| {
        let package =
            File::open(file).map_err(Refusal::from).and_then(|mut file| viruj_release::Package::read(&mut file));
        package.is_ok_and(|package| package.version == *version)
    };
    if is_at_hand(&places.current()) {
        fs::rename(places.current(), places.previous())?;
    } else if !is_at_hand(&places.previous()) {
        let new = places.previous().with_extension("new");
        dpkg::pack_installed(&new)?;
        File::open(&new)?.sync_all()?;
        fs::rename(&new, places.previous())?;
    }
    sync_folder(&places.previous())
}

fn watch(places: &Places, state: &mut State, under_way: &UnderWay, health_within: Duration) -> Result<String, Failure> {
    let until = Instant::now() + health_within;
    let news = News::of(&places.spool)?;
    loop {
        if is_healthy(places, &under_way.to) {
            if places.next().exists() {
                fs::rename(places.next(), places.current())?;
            }
            state.under_way = None;
            state.write(places)?;
            return tell(places, Outcome::Healthy, Some(&under_way.to), None);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return put_back(places, state, under_way, &Failure::Unhealthy(under_way.to.clone()));
        }
        news.wait(left)?;
    }
}

/// Tells that something has changed in a folder (inotify(7)).
struct News(OwnedFd);

impl News {
    fn of(folder: &Path) -> Result<Self, Failure> {
        let told = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).map_err(io::Error::from)?;
        let changes = WatchFlags::MOVED_TO | WatchFlags::CLOSE_WRITE;
        inotify::add_watch(&told, folder, changes).map_err(io::Error::from)?;
        Ok(Self(told))
    }

    /// Returns when something has changed, or after `longest`.
    fn wait(&self, longest: Duration) -> Result<(), Failure> {
        let longest = Timespec::try_from(longest).map_err(io::Error::other)?;
        let mut waiting = [PollFd::new(&self.0, PollFlags::IN)];
        match poll(&mut waiting, Some(&longest)) {
            Ok(0) | Err(Errno::INTR) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
        // What it says is of no account: the folder is looked at anyway.
        let mut events = [0; 4096];
        while rustix::io::read(&self.0, &mut events).is_ok_and(|count| count > 0) {}
        Ok(())
    }
}

fn is_healthy(places: &Places, version: &Version) -> bool {
    let mut told = String::new();
    let read = plain_file(&places.health()).and_then(|file| Ok(file.take(64).read_to_string(&mut told)?));
    read.is_ok() && told.trim() == version.to_string()
}

/// The only step back there is. What it goes back to was installed here before.
fn put_back(places: &Places, state: &mut State, under_way: &UnderWay, why: &Failure) -> Result<String, Failure> {
    if let Failure::Unhealthy(version) = why {
        state.unhealthy = Some(version.clone());
    }
    let step = if matches!(why, Failure::Unhealthy(_)) { Step::PuttingBack } else { Step::Installing };
    state.under_way = Some(UnderWay { step, ..under_way.clone() });
    state.write(places)?;
    dpkg::install(&places.previous())?;
    let _ = fs::remove_file(places.next());
    state.under_way = None;
    state.write(places)?;
    let told = tell(places, Outcome::PutBack, Some(&under_way.to), Some(why));
    dpkg::restart_station();
    told
}

fn tell(
    places: &Places,
    outcome: Outcome,
    version: Option<&Version>,
    why: Option<&Failure>,
) -> Result<String, Failure> {
    let detail = why.map(Failure::to_string).unwrap_or_default();
    let code = why.map_or("", Failure::code).to_owned();
    write_status(places, &Status { outcome, version: version.cloned(), code, detail: detail.clone() })?;
    let of = version.map(|version| format!(" version {version}")).unwrap_or_default();
    let because = if detail.is_empty() { String::new() } else { format!(": {detail}") };
    Ok(match outcome {
        Outcome::Installed => format!("installed{of}"),
        Outcome::Healthy => format!("{of} works", of = of.trim_start()),
        Outcome::Refused => format!("refused{of}{because}"),
        Outcome::PutBack => format!("put the version before{of} back{because}"),
    })
}
