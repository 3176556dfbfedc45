//! What a release of the station is, and what proves it.
//!
//! Whoever builds a release signs its package with a key that never comes near a plant. The signature covers the file and,
//! in its trusted comment, the version: an old package cannot be announced as a new one. The plant server examines a release
//! before it keeps it, the station before it hands it on, and the updater, which alone may install, examines it again.

mod package;
mod places;
mod refusal;
mod signature;

use std::{
    fs::File,
    io::{Read, Seek},
};

pub use crate::{
    package::{Package, target_of},
    places::{Outcome, Places, Status},
    refusal::Refusal,
    signature::{KeyId, ReleaseSignature, TrustedKeys},
};
pub use semver::Version;

/// The only package that is a release of the station.
pub const STATION_PACKAGE: &str = "viruj-station";

/// A file that has been examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub version: Version,
    /// Whose signature it bears.
    pub key: KeyId,
    /// What it runs on, as the updater's endpoint names it, for example `linux-x86_64`.
    pub target: String,
    /// Of the whole file, in hexadecimal digits.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Examines a package: who signed it, that the signature is for this file and this version, and that it is the station's.
///
/// # Errors
/// [`Refusal`], which says what is wrong with it.
pub fn examine(file: &mut File, signature: &str, keys: &TrustedKeys) -> Result<Release, Refusal> {
    let signature = ReleaseSignature::parse(signature)?;
    file.rewind()?;
    let (sha256, size) = keys.verify(&signature, file)?;
    file.rewind()?;
    let package = Package::read(file)?;
    if package.name != STATION_PACKAGE {
        return Err(Refusal::OtherPackage(package.name));
    }
    if package.version != signature.version {
        return Err(Refusal::VersionMismatch { signed: signature.version, package: package.version });
    }
    Ok(Release {
        target: target_of(&package.architecture)?.to_owned(),
        version: package.version,
        key: signature.key,
        sha256,
        size,
    })
}

/// Reads as much as `limit` allows, so that no file fills the memory.
fn read_text(reader: &mut impl Read, limit: u64) -> Result<String, Refusal> {
    let mut text = String::new();
    reader.take(limit).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
