//! `viruj-server seed demo`.

use std::io::Write;

use viruj_domain::clock::Clock;
use viruj_storage::{Database, demo};

use super::CommandError;
use crate::{SystemClock, logging, settings::DatabaseSettings, setup::seed_demo};

pub(super) async fn demo(into_existing: bool, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = DatabaseSettings::from_environment()?;
    logging::start("warn");
    let database = Database::connect(settings.database_url.expose()).await?;
    let added = seed_demo(&database, settings.environment, into_existing, SystemClock.now()).await?;
    writeln!(
        out,
        "Added {} plants, {} people, {} batches with {} phases, {} entries and {} deviations.",
        added.plants, added.people, added.batches, added.phases, added.entries, added.deviations
    )?;
    writeln!(out, "The demonstration's people sign in with the password {}.", demo::PASSWORD)?;
    database.close().await;
    Ok(())
}
