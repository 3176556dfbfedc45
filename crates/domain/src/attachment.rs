//! Files and photos that belong to an entry: which are taken, judged by their bytes alone.
//!
//! Neither the name nor what a browser says of a file counts. A file is exactly one thing from its first byte to its
//! last, so that no other program reads something else in it. Nothing is unpacked here, and nowhere else either: an
//! archive is judged by its own directory.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::role::words;

mod archive;

/// Bytes of one file.
pub const LARGEST: u64 = 10 * 1024 * 1024;
/// Characters of the name that is shown.
const LONGEST_NAME: usize = 120;
/// Characters of an ending that survives when a name is cut.
const LONGEST_ENDING: usize = 10;
/// A picture that is larger takes the memory of whoever looks at it.
const MOST_PIXELS: u64 = 100_000_000;
/// Where a reader of web pages looks for the kind of a file.
const HEAD: usize = 1024;
/// How far from its end a reader of archives looks for the directory.
const TAIL: usize = 22 + 65_535;

words! {
    /// What a file is.
    MediaType {
        Pdf = "application/pdf",
        Png = "image/png",
        Jpeg = "image/jpeg",
        Zip = "application/zip",
    }
}

impl MediaType {
    /// The ending of a file of this type, without the dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Zip => "zip",
        }
    }
}

words! {
    /// Which files a phase takes.
    AcceptedFiles {
        Photo = "photo",
        Document = "document",
        Any = "any",
    }
}

impl AcceptedFiles {
    #[must_use]
    pub fn takes(self, media_type: MediaType) -> bool {
        match self {
            Self::Photo => matches!(media_type, MediaType::Png | MediaType::Jpeg),
            Self::Document => media_type == MediaType::Pdf,
            Self::Any => true,
        }
    }
}

/// What a phase asks for when it asks for a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct AttachmentParameter {
    pub accepts: AcceptedFiles,
}

/// A file that may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    pub media_type: MediaType,
    pub size_bytes: u64,
    /// As it is shown to people; never a name on a disk.
    pub file_name: String,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentFault {
    #[error("the file is empty")]
    Empty,
    #[error("the file has more than {LARGEST} bytes")]
    TooLarge,
    #[error("nothing is left of the file's name")]
    NameUnfit,
    #[error("the file is no PDF, PNG, JPEG or ZIP")]
    TypeUnknown,
    #[error("the phase takes no file of this type")]
    TypeNotAccepted,
    #[error("the file is not built as files of its type are")]
    Malformed,
    #[error("a file of another kind hides in it")]
    HidesAnother,
    #[error("the picture has more than {MOST_PIXELS} pixels")]
    TooManyPixels,
    #[error("the archive would be too large unpacked, or holds too much")]
    ArchiveTooLarge,
    #[error("the archive holds a link or a special file")]
    ArchiveLink,
    #[error("a name in the archive leads out of it or means a device")]
    ArchiveName,
    #[error("the archive is encrypted")]
    ArchiveEncrypted,
    #[error("parts of the archive overlap")]
    ArchiveOverlap,
    #[error("the hash is not one of SHA-256")]
    HashUnfit,
}

impl AttachmentFault {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "attachment_empty",
            Self::TooLarge => "attachment_too_large",
            Self::NameUnfit => "attachment_name_unfit",
            Self::TypeUnknown => "attachment_type_unknown",
            Self::TypeNotAccepted => "attachment_type_not_accepted",
            Self::Malformed => "attachment_malformed",
            Self::HidesAnother => "attachment_hides_another",
            Self::TooManyPixels => "attachment_too_many_pixels",
            Self::ArchiveTooLarge => "archive_too_large",
            Self::ArchiveLink => "archive_link",
            Self::ArchiveName => "archive_name",
            Self::ArchiveEncrypted => "archive_encrypted",
            Self::ArchiveOverlap => "archive_overlap",
            Self::HashUnfit => "attachment_hash_unfit",
        }
    }
}

/// Looks at a file before it is kept.
///
/// # Errors
/// The first [`AttachmentFault`] that holds.
pub fn inspect(bytes: &[u8], declared_name: &str) -> Result<Inspected, AttachmentFault> {
    let media_type = media_type(bytes)?;
    let file_name = display_name(declared_name)?;
    Ok(Inspected { media_type, size_bytes: bytes.len() as u64, file_name })
}

/// What the bytes are, when they are one thing and nothing else.
///
/// # Errors
/// The first [`AttachmentFault`] that holds.
pub fn media_type(bytes: &[u8]) -> Result<MediaType, AttachmentFault> {
    if bytes.is_empty() {
        return Err(AttachmentFault::Empty);
    }
    if bytes.len() as u64 > LARGEST {
        return Err(AttachmentFault::TooLarge);
    }
    let media_type = if bytes.starts_with(PNG) {
        check_png(bytes)?;
        MediaType::Png
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        check_jpeg(bytes)?;
        MediaType::Jpeg
    } else if bytes.starts_with(b"%PDF-") {
        if !bytes.trim_ascii_end().ends_with(b"%%EOF") {
            return Err(AttachmentFault::Malformed);
        }
        MediaType::Pdf
    } else if bytes.starts_with(b"PK\x03\x04") {
        archive::check(bytes)?;
        return Ok(MediaType::Zip);
    } else {
        return Err(AttachmentFault::TypeUnknown);
    };
    if hides_another(bytes) { Err(AttachmentFault::HidesAnother) } else { Ok(media_type) }
}

/// Checks what an entry says of its file; the bytes may come later.
///
/// # Errors
/// The first [`AttachmentFault`] that holds.
pub fn check_named(
    accepts: AcceptedFiles,
    file_name: &str,
    (media_type, size_bytes): (MediaType, u64),
    sha256: &str,
) -> Result<(), AttachmentFault> {
    if !accepts.takes(media_type) {
        return Err(AttachmentFault::TypeNotAccepted);
    }
    match size_bytes {
        0 => return Err(AttachmentFault::Empty),
        size if size > LARGEST => return Err(AttachmentFault::TooLarge),
        _ => {}
    }
    if display_name(file_name)? != file_name {
        return Err(AttachmentFault::NameUnfit);
    }
    if is_hash(sha256) { Ok(()) } else { Err(AttachmentFault::HashUnfit) }
}

/// Whether the text is a SHA-256 as it is written here: 64 digits in lower-case hex.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The name as it is shown: without folders, without what cannot be seen or turns the line around, and no device.
///
/// # Errors
/// [`AttachmentFault::NameUnfit`] when nothing is left.
pub fn display_name(declared: &str) -> Result<String, AttachmentFault> {
    let last = declared.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.nfc().filter(|one| !is_unseen(*one)).collect();
    let is_edge = |one: char| one.is_whitespace() || one == '.';
    let shown = shown.trim_matches(is_edge);
    let length = shown.chars().count();
    let cut = match shown.rsplit_once('.') {
        _ if length <= LONGEST_NAME => shown.to_owned(),
        Some((stem, ending)) if ending.chars().count() <= LONGEST_ENDING => {
            let room = LONGEST_NAME - ending.chars().count() - 1;
            let stem: String = stem.chars().take(room).collect();
            format!("{}.{ending}", stem.trim_end_matches(is_edge))
        }
        _ => shown.chars().take(LONGEST_NAME).collect::<String>().trim_end_matches(is_edge).to_owned(),
    };
    if cut.is_empty() || is_device(&cut) { Err(AttachmentFault::NameUnfit) } else { Ok(cut) }
}

fn is_unseen(one: char) -> bool {
    one.is_control()
        || matches!(one,
            // What no name on Windows holds; a colon opens a second stream of a file there.
            '<' | '>' | ':' | '"' | '|' | '?' | '*'
            // Marks of direction, overrides and what has no width.
            | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether Windows takes the name for a device, whatever ending it has.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim().to_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$") {
        return true;
    }
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    port.is_some_and(|port| matches!(port, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
}

/// Whether another program finds something else in the file: a web page at its head, an archive at its tail, or a
/// document behind its beginning.
fn hides_another(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes).to_ascii_lowercase();
    let pages: [&[u8]; 7] = [b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe"];
    let has = |part: &[u8], what: &[u8]| part.windows(what.len()).any(|window| window == what);
    let tail = bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or(bytes);
    // Readers of PDF take one that begins anywhere in the first kilobyte.
    let behind = head.get(1..).unwrap_or_default();
    pages.iter().any(|page| has(&head, page)) || has(behind, b"%pdf-") || has(tail, b"PK\x05\x06")
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn big_endian(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

/// Chunk after chunk from the signature to `IEND`, and nothing behind it.
fn check_png(bytes: &[u8]) -> Result<(), AttachmentFault> {
    let (mut at, mut has_data) = (PNG.len(), false);
    loop {
        let length = big_endian(bytes, at).ok_or(AttachmentFault::Malformed)? as usize;
        let kind = bytes.get(at + 4..at + 8).ok_or(AttachmentFault::Malformed)?;
        let end = at.checked_add(length).and_then(|end| end.checked_add(12)).ok_or(AttachmentFault::Malformed)?;
        if end > bytes.len() || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(AttachmentFault::Malformed);
        }
        match kind {
            b"IHDR" if at == PNG.len() && length == 13 => {
                check_pixels(big_endian(bytes, at + 8), big_endian(bytes, at + 12))?;
            }
            b"IHDR" => return Err(AttachmentFault::Malformed),
            _ if at == PNG.len() => return Err(AttachmentFault::Malformed),
            b"IDAT" => has_data = true,
            b"IEND" if length != 0 || !has_data => return Err(AttachmentFault::Malformed),
            b"IEND" if end == bytes.len() => return Ok(()),
            b"IEND" => return Err(AttachmentFault::HidesAnother),
            _ => {}
        }
        at = end;
    }
}

fn check_pixels(width: Option<u32>, height: Option<u32>) -> Result<(), AttachmentFault> {
    match (width, height) {
        (Some(width @ 1..), Some(height @ 1..)) if u64::from(width) * u64::from(height) <= MOST_PIXELS => Ok(()),
        (Some(1..), Some(1..)) => Err(AttachmentFault::TooManyPixels),
        _ => Err(AttachmentFault::Malformed),
    }
}

/// Segment after segment from the first mark to the last, and nothing behind it.
fn check_jpeg(bytes: &[u8]) -> Result<(), AttachmentFault> {
    let two = |at: usize| bytes.get(at..at + 2).map(|two| u32::from(two[0]) << 8 | u32::from(two[1]));
    let (mut at, mut has_frame, mut has_scan) = (2, false, false);
    loop {
        if bytes.get(at) != Some(&0xFF) {
            return Err(AttachmentFault::Malformed);
        }
        // Any number of these may stand before a mark.
        while bytes.get(at + 1) == Some(&0xFF) {
            at += 1;
        }
        let mark = *bytes.get(at + 1).ok_or(AttachmentFault::Malformed)?;
        at += 2;
        match mark {
            0xD9 if !has_frame || !has_scan => return Err(AttachmentFault::Malformed),
            0xD9 if at == bytes.len() => return Ok(()),
            0xD9 => return Err(AttachmentFault::HidesAnother),
            0x00 | 0x01 | 0xD0..=0xD8 => return Err(AttachmentFault::Malformed),
            _ => {}
        }
        let length = two(at).ok_or(AttachmentFault::Malformed)? as usize;
        let end = at + length;
        if length < 2 || end > bytes.len() {
            return Err(AttachmentFault::Malformed);
        }
        // Every start of a frame, but neither tables nor arithmetic conditioning.
        if matches!(mark, 0xC0..=0xCF) && !matches!(mark, 0xC4 | 0xC8 | 0xCC) {
            check_pixels(two(at + 5), two(at + 3))?;
            has_frame = true;
        }
        at = end;
        if mark == 0xDA {
            has_scan = true;
            // The picture itself, up to the next mark that is no escape and no restart.
            while !matches!((bytes.get(at), bytes.get(at + 1)), (Some(0xFF), Some(next)) if !matches!(next, 0x00 | 0xD0..=0xD7 | 0xFF))
            {
                if at >= bytes.len() {
                    return Err(AttachmentFault::Malformed);
                }
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests;
