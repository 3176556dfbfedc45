//! A newer version of the program: asked for at the plant server, fetched, verified, and handed to the updater when nothing
//! stands against it.
//!
//! Tauri's plugin asks, and verifies what was fetched; it installs nothing. The window is told and can postpone; it can do
//! nothing else with an update, whatever its page says.

mod fetching;
mod handing_over;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use chrono::{SecondsFormat, TimeDelta};
use tauri::{AppHandle, async_runtime};
use tauri_plugin_updater::{Update, UpdaterExt};
use viruj_api::{
    releases::{OfferedUpdate, ToldOutcome, UpdateReport},
    station::{QueryKey, UpdateHindrance, UpdateStage, UpdateView},
};
use viruj_domain::clock::Clock;
use viruj_release::{Outcome, ReleaseSignature, Version};
use viruj_server::SystemClock;
use viruj_station_core::StationCore;

use self::{
    fetching::Fetched,
    handing_over::{Spool, keep_as_reported, was_reported},
};
use crate::shell::Shell;

/// How long whoever works puts an update off at once.
const POSTPONED: Duration = Duration::from_secs(60 * 60);
/// How often it is looked whether an update may be installed now.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// The updater takes an offer within this time, or there is none.
const TAKEN_WITHIN: Duration = Duration::from_secs(10 * 60);

/// What the window is told, and what it has asked for.
#[derive(Clone, Default)]
pub struct Updates(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    view: Option<UpdateView>,
    postponed_until: Option<Instant>,
}

/// How often is asked, and how long an update is announced before.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub between_asking: Duration,
    pub announced_for: Duration,
}

/// Why there is no update now. It is tried again.
#[derive(Debug, thiserror::Error)]
enum Hitch {
    #[error(transparent)]
    Plugin(#[from] tauri_plugin_updater::Error),
    #[error(transparent)]
    Station(#[from] viruj_station_core::StationError),
    #[error("the server was not told: {0}")]
    NotTold(String),
    #[error(transparent)]
    Refused(#[from] viruj_release::Refusal),
    #[error("{0}")]
    Disk(#[from] std::io::Error),
    #[error("the offer cannot be read: {0}")]
    Offer(#[from] serde_json::Error),
    #[error("the server's address makes none: {0}")]
    Address(String),
    #[error("the updater has not taken the package")]
    NotTaken,
}

impl Updates {
    #[must_use]
    pub fn view(&self) -> Option<UpdateView> {
        self.known().view.clone()
    }

    /// Whoever works puts the update off.
    pub fn postpone(&self) {
        self.known().postponed_until = Some(Instant::now() + POSTPONED);
    }

    fn is_postponed(&self) -> bool {
        self.known().postponed_until.is_some_and(|until| until > Instant::now())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows the updates of an installed station until the program ends; one that runs from a checkout has none.
pub fn follow(shell: &Shell, app: &AppHandle, pace: Pace) {
    let Some(spool) = Spool::of_this_machine() else { return };
    let follower = Follower { shell: shell.clone(), app: app.clone(), spool, pace };
    async_runtime::spawn(async move {
        follower.say_that_it_works().await;
        loop {
            if let Err(hitch) = follower.round().await {
                tracing::warn!(%hitch, "no update now");
            }
            follower.show(None);
            tokio::time::sleep(pace.between_asking).await;
        }
    });
}

struct Follower {
    shell: Shell,
    app: AppHandle,
    spool: Spool,
    pace: Pace,
}

impl Follower {
    /// The mark without which the updater puts the version before back: the window is painted and the store is open.
    async fn say_that_it_works(&self) {
        while !self.shell.is_painted() || self.shell.core().is_err() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        if let Err(error) = self.spool.mark_healthy(&self.version()) {
            tracing::error!(%error, "the updater cannot be told that this version works");
        }
    }

    /// Asks, and does whatever follows.
    async fn round(&self) -> Result<(), Hitch> {
        let (Ok(core), Some(url)) = (self.shell.core(), self.shell.server_url()) else { return Ok(()) };
        let Some(token) = core.update_token().await else { return Ok(()) };
        self.tell_how_the_last_ended(&core).await?;
        let Some(update) = self.ask(&url, &token).await? else { return Ok(()) };
        let version = Version::parse(&update.version).map_err(|_| Hitch::Address(update.version.clone()))?;
        if self.spool.has_failed(&version) {
            return Ok(());
        }
        let offer: OfferedUpdate = serde_json::from_value(update.raw_json.clone())?;
        let fetched = self.fetch(&core, &token, &offer).await?;
        match fetched.verify(&update).await {
            Ok(()) => {}
            Err(Hitch::Plugin(error)) if says_that_it_is_wrong(&error) => {
                fetched.remove()?;
                tracing::error!(%error, "the package is not what was announced");
                return self.refuse(&core, &version, "release_signature_wrong").await;
            }
            Err(hitch) => return Err(hitch),
        }
        // Only a version that is proved counts: what is merely announced must not shut out what is to come.
        if !core.see_version([version.major, version.minor, version.patch]).await? {
            return self.refuse(&core, &version, "release_not_newer").await;
        }
        self.wait_until_it_may_be(&core, &version).await?;
        // What was stopped meanwhile is not installed.
        let token = core.update_token().await.unwrap_or(token);
        if self.ask(&url, &token).await?.is_none_or(|still| still.version != update.version) {
            return Ok(());
        }
        tell(&core, &report(&version, ToldOutcome::Installing, "", "")).await?;
        self.show(Some((&version, UpdateStage::Installing)));
        let before = self.spool.told_at();
        self.spool.hand_over(fetched.path(), &update.signature)?;
        self.wait_for_the_updater(&version, before).await
    }

    /// The update that the server offers, announced under the key that has signed it.
    async fn ask(&self, url: &str, token: &str) -> Result<Option<Update>, Hitch> {
        let keys = self.spool.keys()?;
        let ids = keys.ids();
        let Some(first) = ids.first().and_then(|id| keys.text_of(*id)) else { return Ok(None) };
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let endpoint = format!(
            "{}/api/v1/updates/{{{{target}}}}-{{{{arch}}}}/{{{{current_version}}}}?keys={}",
            url.trim_end_matches('/'),
            ids.join(","),
        );
        let endpoint = endpoint.parse().map_err(|_| Hitch::Address(url.to_owned()))?;
        let builder = |key: &str| {
            let builder = self.app.updater_builder().endpoints(vec![endpoint])?.no_proxy().pubkey(key);
            builder.header("Authorization", format!("Bearer {token}"))?.timeout(Duration::from_secs(60)).build()
        };
        let Some(update) = builder.clone()(first)?.check().await? else { return Ok(None) };
        let signed_by = ReleaseSignature::parse(&update.signature)?.key;
        match keys.text_of(signed_by) {
            Some(key) if key != first => Ok(builder(key)?.check().await?),
            _ => Ok(Some(update)),
        }
    }

    async fn fetch(&self, core: &StationCore, token: &str, offer: &OfferedUpdate) -> Result<Fetched, Hitch> {
        let version = Version::parse(&offer.version).map_err(|_| Hitch::Address(offer.version.clone()))?;
        let fetched = Fetched::open(&self.folder(), offer)?;
        let mut shown = None;
        fetched
            .fetch(core, token, |percent| {
                if shown != Some(percent) {
                    shown = Some(percent);
                    self.show(Some((&version, UpdateStage::Downloading { percent })));
                }
            })
            .await?;
        Ok(fetched)
    }

    /// Never while a phase runs or work is unsent; and whoever works hears of it before.
    async fn wait_until_it_may_be(&self, core: &StationCore, version: &Version) -> Result<(), Hitch> {
        let mut announced: Option<(Instant, String)> = None;
        loop {
            let hindrance = match core.update_hindrance().await? {
                None if self.shell.updates().is_postponed() => Some(UpdateHindrance::Postponed),
                other => other,
            };
            if let Some(because) = hindrance {
                announced = None;
                self.show(Some((version, UpdateStage::Waiting { because })));
            } else if core.current_person().await.is_none() {
                return Ok(());
            } else {
                let (at, shown) = announced.get_or_insert_with(|| self.announce());
                if *at <= Instant::now() {
                    return Ok(());
                }
                self.show(Some((version, UpdateStage::Announced { installs_at: shown.clone() })));
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// When the station starts anew, and what the screen says of it.
    fn announce(&self) -> (Instant, String) {
        let pause = self.pace.announced_for;
        let shown = SystemClock.now() + TimeDelta::from_std(pause).unwrap_or_default();
        (Instant::now() + pause, shown.to_rfc3339_opts(SecondsFormat::Secs, true))
    }

    /// The new version runs when the program starts again; whatever is open then is opened again.
    async fn wait_for_the_updater(&self, version: &Version, before: Option<SystemTime>) -> Result<(), Hitch> {
        let until = Instant::now() + TAKEN_WITHIN;
        while Instant::now() < until {
            match self.spool.told().filter(|_| self.spool.told_at() != before) {
                Some(told) if matches!(told.outcome, Outcome::Installed | Outcome::Healthy) => {
                    tracing::info!(%version, "starting anew");
                    self.app.request_restart();
                    return std::future::pending().await;
                }
                Some(_) => return Ok(()),
                None => tokio::time::sleep(BETWEEN_LOOKS).await,
            }
        }
        Err(Hitch::NotTaken)
    }

    /// Tells the server once what the updater has told.
    async fn tell_how_the_last_ended(&self, core: &StationCore) -> Result<(), Hitch> {
        let Some(told) = self.spool.told().filter(|told| !was_reported(told, &self.folder())) else { return Ok(()) };
        let outcome = match told.outcome {
            Outcome::Installed => return Ok(()),
            Outcome::Healthy => ToldOutcome::Healthy,
            Outcome::Refused => ToldOutcome::Refused,
            Outcome::PutBack => ToldOutcome::PutBack,
        };
        if let Some(version) = &told.version {
            tell(core, &report(version, outcome, &told.code, &told.detail)).await?;
        }
        Ok(keep_as_reported(&told, &self.folder())?)
    }

    async fn refuse(&self, core: &StationCore, version: &Version, code: &str) -> Result<(), Hitch> {
        tracing::error!(%version, code, "an update is refused");
        tell(core, &report(version, ToldOutcome::Refused, code, "")).await
    }

    fn show(&self, view: Option<(&Version, UpdateStage)>) {
        let view = view.map(|(version, stage)| UpdateView { version: version.to_string(), stage });
        let updates = self.shell.updates();
        let is_other = {
            let mut known = updates.known();
            let is_other = known.view != view;
            known.view = view;
            is_other
        };
        if is_other {
            self.shell.tell(&[QueryKey::Status]);
        }
    }

    fn version(&self) -> String {
        self.app.package_info().version.to_string()
    }

    fn folder(&self) -> PathBuf {
        self.shell.data_folder().join("updates")
    }
}

/// Whether it is the package's fault, and not that of the way to it.
fn says_that_it_is_wrong(error: &tauri_plugin_updater::Error) -> bool {
    use tauri_plugin_updater::Error;
    matches!(
        error,
        Error::Minisign(_)
            | Error::Base64(_)
            | Error::SignatureUtf8(_)
            | Error::SignedVersionMismatch { .. }
            | Error::MissingSignedVersion
    )
}

async fn tell(core: &StationCore, report: &UpdateReport) -> Result<(), Hitch> {
    core.report_update(report).await.map_err(|error| Hitch::NotTold(error.to_string()))
}

fn report(version: &Version, outcome: ToldOutcome, code: &str, detail: &str) -> UpdateReport {
    UpdateReport {
        target: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        version: version.to_string(),
        outcome,
        code: code.to_owned(),
        detail: detail.to_owned(),
    }
}
