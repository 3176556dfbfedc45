//! What synchronising costs a station, beside the raw limit of its own file.
//!
//! `sync_bench FOLDER SERVER_URL`: the server has been filled by `bench/sync.mjs`, and the demo's administrator signs in.
//! Prints `figure NAME VALUE UNIT [goal]` lines.
#![expect(clippy::print_stdout, reason = "the figures are the program's result")]

mod figures;
mod first_sync;
mod hundred_stations;
mod raw;
mod search;

use std::path::PathBuf;

use viruj_api::sessions::SignInRequest;
use viruj_client::{Client, HttpOptions, Transport};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

pub const PLANT: &str = "plant-a";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(url)) = (arguments.next(), arguments.next()) else {
        return Err("sync_bench FOLDER SERVER_URL [PART …]".into());
    };
    let parts: Vec<String> = arguments.collect();
    let is_asked = |part: &str| parts.is_empty() || parts.iter().any(|asked| asked == part);
    let folder = PathBuf::from(folder).join(format!("sync-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let client = Client::new(Transport::http(&url, &HttpOptions::default())?);
    let admin = SignInRequest { email: "admin@pharma.com".to_owned(), password: "demo123".to_owned() };
    let admin = client.sign_in(&admin).await?.access_token;
    if is_asked("first") {
        first_sync::measure(&folder, &client, &admin).await?;
    }
    if is_asked("search") {
        search::measure(&folder).await?;
    }
    if is_asked("hundred") {
        hundred_stations::measure(&client, &admin).await?;
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
