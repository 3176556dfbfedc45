//! What a Debian package says of itself (deb(5), deb-control(5)): an `ar` archive whose second member holds the control file.

use std::{fs::File, io::Read};

use flate2::read::GzDecoder;
use semver::Version;

use crate::{Refusal, signature::version_of};

/// A control file is smaller than this.
const LARGEST_CONTROL: u64 = 64 * 1024;

/// A package's control file, as far as a release needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub version: Version,
    /// As Debian names it, for example `amd64`.
    pub architecture: String,
}

impl Package {
    /// # Errors
    /// [`Refusal::NotAPackage`], [`Refusal::VersionForm`] or [`Refusal::Unreadable`].
    pub fn read(file: &mut File) -> Result<Self, Refusal> {
        let control = control(file)?;
        let field = |name: &str| {
            control
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .map(|value| value.trim().to_owned())
        };
        Ok(Self {
            name: field("Package").ok_or(Refusal::NotAPackage("it has no name"))?,
            version: version_of(&field("Version").ok_or(Refusal::NotAPackage("it has no version"))?)?,
            architecture: field("Architecture").ok_or(Refusal::NotAPackage("it has no architecture"))?,
        })
    }
}

/// What the updater's endpoint calls the system and the processor that Debian gives this name, for example `amd64`.
///
/// # Errors
/// [`Refusal::Architecture`].
pub fn target_of(architecture: &str) -> Result<&'static str, Refusal> {
    match architecture {
        "amd64" => Ok("linux-x86_64"),
        "arm64" => Ok("linux-aarch64"),
        other => Err(Refusal::Architecture(other.to_owned())),
    }
}

fn control(file: &mut File) -> Result<String, Refusal> {
    let mut archive = ar::Archive::new(file);
    while let Some(member) = archive.next_entry() {
        let mut member = member.map_err(|_| Refusal::NotAPackage("it is no archive"))?;
        match member.header().identifier() {
            b"control.tar.gz" => return control_file(GzDecoder::new(&mut member)),
            b"control.tar" => return control_file(&mut member),
            name if name.starts_with(b"control.tar") => {
                return Err(Refusal::NotAPackage("its control file is packed with something else than gzip"));
            }
            _ => {}
        }
    }
    Err(Refusal::NotAPackage("it has no control file"))
}

fn control_file(reader: impl Read) -> Result<String, Refusal> {
    let broken = |_| Refusal::NotAPackage("its control file is broken");
    let mut archive = tar::Archive::new(reader);
    for member in archive.entries().map_err(broken)? {
        let mut member = member.map_err(broken)?;
        let path = member.path().map_err(broken)?;
        if path.as_os_str() == "./control" || path.as_os_str() == "control" {
            return crate::read_text(&mut member, LARGEST_CONTROL);
        }
    }
    Err(Refusal::NotAPackage("it has no control file"))
}
