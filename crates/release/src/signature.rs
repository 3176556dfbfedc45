//! Signatures as `tauri build` writes them: minisign's, once more in base64.

use std::{fmt, fs, io::Read, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use minisign_verify::{PublicKey, Signature};
use semver::Version;
use sha2::{Digest, Sha256};

use crate::Refusal;

/// Bytes read at once.
const PIECE: usize = 64 * 1024;
/// A public key's file is smaller than this.
const LARGEST_KEY: u64 = 4096;

/// A builder's key, as minisign numbers it: the first thing in a key and in each of its signatures.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 8]);

/// A signature whose form has been read; nothing is proved yet.
pub struct ReleaseSignature {
    pub key: KeyId,
    /// Of the trusted comment. To be believed when [`TrustedKeys::verify`] has agreed.
    pub version: Version,
    inner: Signature,
}

/// The builders' public keys. There are two of them while one follows the other.
#[derive(Clone, Debug, Default)]
pub struct TrustedKeys(Vec<TrustedKey>);

#[derive(Clone, Debug)]
struct TrustedKey {
    id: KeyId,
    key: PublicKey,
    /// As its file has it, which is what Tauri's plugin wants.
    text: String,
}

impl ReleaseSignature {
    /// Of a `.sig` file's text.
    ///
    /// # Errors
    /// [`Refusal::SignatureForm`], [`Refusal::NoSignedVersion`] or [`Refusal::VersionForm`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let plain = unwrapped(text).ok_or(Refusal::SignatureForm)?;
        let inner = Signature::decode(&plain).map_err(|_| Refusal::SignatureForm)?;
        let key = key_of(&plain).ok_or(Refusal::SignatureForm)?;
        let version = inner
            .trusted_comment()
            .split('\t')
            .find_map(|field| field.strip_prefix("version:"))
            .ok_or(Refusal::NoSignedVersion)?;
        Ok(Self { key, version: version_of(version)?, inner })
    }
}

impl TrustedKeys {
    /// Of `.pub` files' texts.
    ///
    /// # Errors
    /// [`Refusal::KeyForm`].
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, Refusal> {
        let read = |text: &str| {
            let plain = unwrapped(text)?;
            let text = text.trim().to_owned();
            Some(TrustedKey { id: key_of(&plain)?, key: PublicKey::decode(&plain).ok()?, text })
        };
        let keys = texts.into_iter().map(|text| read(text).ok_or_else(|| Refusal::KeyForm(text.trim().to_owned())));
        Ok(Self(keys.collect::<Result<_, _>>()?))
    }

    /// Every `.pub` file of a folder.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] or [`Refusal::KeyForm`].
    pub fn load(folder: &Path) -> Result<Self, Refusal> {
        let mut texts = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "pub") {
                texts.push(crate::read_text(&mut fs::File::open(path)?, LARGEST_KEY)?);
            }
        }
        Self::parse(texts.iter().map(String::as_str))
    }

    #[must_use]
    pub fn ids(&self) -> Vec<KeyId> {
        self.0.iter().map(|trusted| trusted.id).collect()
    }

    /// The text of the key.
    #[must_use]
    pub fn text_of(&self, id: KeyId) -> Option<&str> {
        self.0.iter().find(|trusted| trusted.id == id).map(|trusted| trusted.text.as_str())
    }

    /// Reads the file to its end; gives back its SHA-256 in hexadecimal digits, and its size in bytes.
    ///
    /// # Errors
    /// [`Refusal::NoKeys`], [`Refusal::UnknownKey`], [`Refusal::WrongSignature`] or [`Refusal::Unreadable`].
    pub fn verify(&self, signature: &ReleaseSignature, file: &mut impl Read) -> Result<(String, u64), Refusal> {
        if self.0.is_empty() {
            return Err(Refusal::NoKeys);
        }
        let known = self.0.iter().find(|trusted| trusted.id == signature.key);
        let TrustedKey { key, .. } = known.ok_or(Refusal::UnknownKey(signature.key))?;
        // A signature in minisign's first form, over the file itself, is refused here: no release was ever signed so.
        let mut verifier = key.verify_stream(&signature.inner).map_err(|_| Refusal::WrongSignature)?;
        let mut hash = Sha256::new();
        let mut size = 0;
        let mut piece = vec![0; PIECE];
        loop {
            let count = file.read(&mut piece)?;
            if count == 0 {
                break;
            }
            let read = piece.get(..count).unwrap_or_default();
            verifier.update(read);
            hash.update(read);
            size += count as u64;
        }
        verifier.finalize().map_err(|_| Refusal::WrongSignature)?;
        Ok((hex::encode(hash.finalize()), size))
    }
}

/// A release's version: three numbers. Debian and semantic versioning order nothing else in the same way.
pub(crate) fn version_of(text: &str) -> Result<Version, Refusal> {
    match Version::parse(text) {
        Ok(version) if version.pre.is_empty() && version.build.is_empty() => Ok(version),
        _ => Err(Refusal::VersionForm(text.to_owned())),
    }
}

/// Minisign's own text, which Tauri's files hold in base64.
fn unwrapped(text: &str) -> Option<String> {
    let text = text.trim();
    if text.starts_with("untrusted comment:") {
        return Some(text.to_owned());
    }
    String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()
}

/// Two bytes say which form it is, the next eight which key.
fn key_of(plain: &str) -> Option<KeyId> {
    let bytes = BASE64_STANDARD.decode(plain.lines().nth(1)?.trim()).ok()?;
    Some(KeyId(bytes.get(2..10)?.try_into().ok()?))
}

impl fmt::Display for KeyId {
    /// As minisign prints it: the number, its last byte first.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().rev().try_for_each(|byte| write!(formatter, "{byte:02X}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyId({self})")
    }
}
