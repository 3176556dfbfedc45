//! Signed checkpoints: the heads of the audit trail, written down where the database's administrator is not at home.
//!
//! Whoever cuts the tail of the trail, or makes the chain anew, would have to change these files too, and sign them with
//! the server's key. One file for each checkpoint; nothing is ever overwritten.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_storage::audit::{Checkpoint, Head};
use viruj_sync::{
    canonical::to_canonical,
    signing::{self, Domain, key_id, to_base64},
};

use crate::files::{create_private_folder, write_private};

const FORMAT: u16 = 1;
const PREFIX: &str = "checkpoint-";
const ENDING: &str = ".json";

/// What is signed, as canonical JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    format: u16,
    server_id: Uuid,
    feed_epoch: Uuid,
    written_at: DateTime<Utc>,
    /// By feed; hashes are lower-case hex.
    heads: BTreeMap<String, SignedHead>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedHead {
    seq: i64,
    hash: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointFile {
    /// The exact bytes, base64.
    checkpoint: String,
    key_id: String,
    signature: String,
}

/// Why checkpoints were not written or read.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("the checkpoint folder {path} cannot be used: {source}")]
    Folder { path: PathBuf, source: io::Error },
    #[error("the checkpoint cannot be written down: {0}")]
    Format(#[from] viruj_sync::canonical::CanonicalError),
}

/// What lies in the folder.
#[derive(Debug, Default)]
pub struct ReadCheckpoints {
    pub checkpoints: Vec<Checkpoint>,
    /// Files that are none, or whose signature does not fit.
    pub unusable: Vec<PathBuf>,
    /// Files whose key only the database vouches for, whom they should be independent of.
    pub weak: Vec<PathBuf>,
}

/// Writes the checkpoint into a file of its own; gives back where it lies.
///
/// # Errors
/// [`CheckpointError`].
pub fn write(folder: &Path, checkpoint: &Checkpoint, key: &SigningKey) -> Result<PathBuf, CheckpointError> {
    let unusable = |source| CheckpointError::Folder { path: folder.to_owned(), source };
    let heads = checkpoint.heads.iter();
    let signed = Signed {
        format: FORMAT,
        server_id: checkpoint.server_id,
        feed_epoch: checkpoint.feed_epoch,
        written_at: checkpoint.at.trunc_subsecs(3),
        heads: heads
            .map(|(feed, head)| (feed.clone(), SignedHead { seq: head.seq, hash: hex::encode(&head.hash) }))
            .collect(),
    };
    let bytes = to_canonical(&signed)?;
    let file = CheckpointFile {
        checkpoint: to_base64(&bytes),
        key_id: key_id(&key.verifying_key()),
        signature: to_base64(&signing::sign(Domain::Checkpoint, &bytes, key)),
    };
    create_private_folder(folder).map_err(unusable)?;
    // Colons are no part of file names everywhere; the id tells replicas apart that write at the same moment.
    let moment = signed.written_at.to_rfc3339_opts(SecondsFormat::Millis, true).replace(':', "");
    let name = format!("{PREFIX}{moment}-{}{ENDING}", &Uuid::now_v7().simple().to_string()[20..]);
    let path = folder.join(&name);
    let draft = folder.join(format!(".{name}.draft"));
    serde_json::to_vec(&file)
        .map_err(io::Error::from)
        .and_then(|text| write_private(&draft, &text))
        .and_then(|()| fs::rename(&draft, &path))
        .map_err(unusable)?;
    Ok(path)
}

/// Reads every checkpoint in the folder; a folder that is not there holds none.
///
/// `trusted` are keys from the server's own folder, `published` those that the database knows.
///
/// # Errors
/// [`CheckpointError::Folder`].
pub fn read(
    folder: &Path,
    trusted: &[VerifyingKey],
    published: &[VerifyingKey],
) -> Result<ReadCheckpoints, CheckpointError> {
    let unusable = |source| CheckpointError::Folder { path: folder.to_owned(), source };
    let mut read = ReadCheckpoints::default();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(read),
        Err(error) => return Err(unusable(error)),
    };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>().map_err(unusable)?;
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(PREFIX) && name.ends_with(ENDING)
    });
    paths.sort();
    for path in paths {
        let bytes = fs::read(&path).map_err(unusable)?;
        match open(&bytes, trusted).map(|found| (found, false)).or_else(|| open(&bytes, published).map(|f| (f, true))) {
            Some((checkpoint, is_weak)) => {
                read.checkpoints.push(checkpoint);
                if is_weak {
                    read.weak.push(path);
                }
            }
            None => read.unusable.push(path),
        }
    }
    Ok(read)
}

fn open(bytes: &[u8], keys: &[VerifyingKey]) -> Option<Checkpoint> {
    let file: CheckpointFile = serde_json::from_slice(bytes).ok()?;
    let key = keys.iter().find(|key| key_id(key) == file.key_id)?;
    let bytes = BASE64.decode(&file.checkpoint).ok()?;
    let signature: [u8; 64] = BASE64.decode(&file.signature).ok()?.try_into().ok()?;
    signing::verify(Domain::Checkpoint, &bytes, &signature, key).ok()?;
    let signed: Signed = serde_json::from_slice(&bytes).ok()?;
    if signed.format != FORMAT {
        return None;
    }
    let heads = signed.heads.into_iter();
    Some(Checkpoint {
        server_id: signed.server_id,
        feed_epoch: signed.feed_epoch,
        at: signed.written_at,
        heads: heads
            .map(|(feed, head)| hex::decode(head.hash).ok().map(|hash| (feed, Head { seq: head.seq, hash })))
            .collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(seq: i64) -> Checkpoint {
        Checkpoint {
            server_id: Uuid::from_u128(1),
            feed_epoch: Uuid::from_u128(2),
            at: DateTime::from_timestamp(1_795_000_000 + seq, 0).unwrap(),
            heads: [("north".to_owned(), Head { seq, hash: vec![7; 32] })].into(),
        }
    }

    #[test]
    fn p11_10e2_a_checkpoint_is_read_under_its_key_only_and_none_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("checkpoints");
        let (key, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        assert!(read(&folder, &[], &[]).unwrap().checkpoints.is_empty());
        write(&folder, &checkpoint(1), &key).unwrap();
        let again = write(&folder, &checkpoint(1), &key).unwrap();
        let trusted = read(&folder, &[key.verifying_key()], &[]).unwrap();
        assert_eq!(trusted.checkpoints, [checkpoint(1), checkpoint(1)]);
        assert_eq!((trusted.unusable.len(), trusted.weak.len()), (0, 0));
        let weak = read(&folder, &[other.verifying_key()], &[key.verifying_key()]).unwrap();
        assert_eq!((weak.checkpoints.len(), weak.weak.len()), (2, 2));
        assert_eq!(read(&folder, &[other.verifying_key()], &[]).unwrap().unusable.len(), 2);

        let text = fs::read_to_string(&again).unwrap();
        let mut file: CheckpointFile = serde_json::from_str(&text).unwrap();
        let altered =
            String::from_utf8(BASE64.decode(&file.checkpoint).unwrap()).unwrap().replace("\"seq\":1", "\"seq\":2");
        file.checkpoint = to_base64(altered.as_bytes());
        fs::write(&again, serde_json::to_vec(&file).unwrap()).unwrap();
        let found = read(&folder, &[key.verifying_key()], &[]).unwrap();
        assert_eq!((found.checkpoints.len(), found.unusable), (1, vec![again]));
    }
}
