//! Why a file is no release.

use semver::Version;

use crate::KeyId;

/// What is wrong with a file that was to be a release, or with its signature.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the file could not be read: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error(
        "this is no signature of a release; it is the file that the build writes beside the package, with `.sig` at its end"
    )]
    SignatureForm,
    #[error("the signature names no version; sign with `tauri build`, or with `tauri signer sign --app-version`")]
    NoSignedVersion,
    #[error("the version {0} is not three numbers with dots between them")]
    VersionForm(String),
    #[error("this is no public key of a builder: {0}")]
    KeyForm(String),
    #[error("there is no public key of a builder to verify with")]
    NoKeys,
    #[error("the signature is by the key {0}, which is not trusted here")]
    UnknownKey(KeyId),
    #[error("the file is not the one that was signed: it was changed, or cut short")]
    WrongSignature,
    #[error("the file is no Debian package: {0}")]
    NotAPackage(&'static str),
    #[error("the package is {0}, not the station")]
    OtherPackage(String),
    #[error("the signature is for version {signed}, the package is version {package}")]
    VersionMismatch { signed: Version, package: Version },
    #[error("the package is for {0}, which no station runs on")]
    Architecture(String),
}

impl Refusal {
    /// The word that programs read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "release_unreadable",
            Self::SignatureForm | Self::NoSignedVersion | Self::VersionForm(_) => "release_signature_invalid",
            Self::KeyForm(_) | Self::NoKeys => "release_key_invalid",
            Self::UnknownKey(_) => "release_key_unknown",
            Self::WrongSignature => "release_signature_wrong",
            Self::NotAPackage(_) | Self::OtherPackage(_) => "release_package_invalid",
            Self::VersionMismatch { .. } => "release_version_mismatch",
            Self::Architecture(_) => "release_platform_unknown",
        }
    }
}
