//! How the files are ciphered: SQLCipher under a raw key, since a passphrase would cost 200 ms at every opening.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use zeroize::Zeroizing;

use super::StoreFault;
use crate::{durable::take_place, secrets::SecretKey};

/// Pages of 8 KB under HMAC-SHA-256, which processors have instructions for: with the pages and the hash that SQLCipher
/// takes by itself, writing costs half as much again (`npm run bench -- sync`).
const NOW: [(&str, &str); 2] = [("cipher_page_size", "8192"), ("cipher_hmac_algorithm", "HMAC_SHA256")];
/// As the first programs had it.
const BEFORE: [(&str, &str); 2] = [("cipher_page_size", "4096"), ("cipher_hmac_algorithm", "HMAC_SHA512")];

fn raw_key(key: &SecretKey) -> Zeroizing<String> {
    Zeroizing::new(format!("\"x'{}'\"", hex::encode(key.expose())))
}

fn ciphered(
    options: SqliteConnectOptions,
    key: &SecretKey,
    how: [(&'static str, &'static str); 2],
) -> SqliteConnectOptions {
    let options = options.pragma("key", raw_key(key).as_str().to_owned());
    how.into_iter().fold(options, |options, (name, value)| options.pragma(name, value))
}

pub(super) fn now(options: SqliteConnectOptions, key: &SecretKey) -> SqliteConnectOptions {
    ciphered(options, key, NOW)
}

/// Ciphers a file of an earlier program anew, in a file beside it that takes its place when it is whole; `false` when it is
/// none, and nothing was changed.
pub(super) async fn carry_over(file: &Path, key: &SecretKey) -> Result<bool, StoreFault> {
    // May create: not this file, which is there, but the one beside it.
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let options = ciphered(options, key, BEFORE).disable_statement_logging();
    let Ok(mut earlier) = options.connect().await else { return Ok(false) };
    if sqlx::query("SELECT count(*) FROM sqlite_schema").fetch_one(&mut earlier).await.is_err() {
        // Nothing of a damaged file is to be carried over into it.
        let _ = earlier.close_hard().await;
        return Ok(false);
    }
    let anew = file.with_extension("ciphered-anew");
    let fault = |error| StoreFault::of(error, file);
    export(&mut earlier, &anew, key).await.map_err(fault)?;
    earlier.close().await.map_err(fault)?;
    let (from, to) = (anew, file.to_owned());
    let moved = tokio::task::spawn_blocking(move || take_place(&from, &to));
    moved.await.map_err(std::io::Error::other).and_then(|moved| moved).map_err(StoreFault::Files)?;
    tracing::info!(file = %file.display(), "the file was ciphered anew");
    Ok(true)
}

async fn export(earlier: &mut SqliteConnection, to: &Path, key: &SecretKey) -> Result<(), sqlx::Error> {
    match std::fs::remove_file(to) {
        // What a program has left that was killed here.
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    // The log of the earlier file is carried over into it first, so that it is whole without it.
    sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *earlier).await?;
    let [(_, page_size), (_, hash)] = NOW;
    let attach = Zeroizing::new(format!(
        "PRAGMA cipher_default_page_size = {page_size}; PRAGMA cipher_default_hmac_algorithm = {hash}; \
         ATTACH DATABASE '{}' AS anew KEY {}; PRAGMA anew.auto_vacuum = 2;",
        to.display().to_string().replace('\'', "''"),
        raw_key(key).as_str(),
    ));
    sqlx::raw_sql(AssertSqlSafe(attach.as_str().to_owned())).execute(&mut *earlier).await?;
    sqlx::raw_sql("SELECT sqlcipher_export('anew'); DETACH DATABASE anew").execute(&mut *earlier).await?;
    Ok(())
}

/// Makes a file what the first programs would have made.
#[cfg(test)]
pub(super) async fn cipher_as_before(file: &Path, key: &SecretKey) {
    let options = now(SqliteConnectOptions::new().filename(file).create_if_missing(true), key);
    let mut connection = options.connect().await.unwrap();
    let to = file.with_extension("before");
    let [(_, page_size), (_, hash)] = BEFORE;
    let sql = format!(
        "PRAGMA cipher_default_page_size = {page_size}; PRAGMA cipher_default_hmac_algorithm = {hash}; \
         ATTACH DATABASE '{}' AS before KEY {}; SELECT sqlcipher_export('before'); DETACH DATABASE before",
        to.display(),
        raw_key(key).as_str(),
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    std::fs::rename(&to, file).unwrap();
}
