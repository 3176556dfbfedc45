//! Archives, judged by their central directory and the headers that it names.
//!
//! Written here because none of the crates for archives asks for what matters: that every byte belongs to exactly one
//! entry, in order, with nothing before, between or behind them ("a better zip bomb" is made of overlaps).

use super::{AttachmentFault, is_device};

/// Bytes of everything in it, as the directory says.
const LARGEST: u64 = 100 * 1024 * 1024;
/// How many times its packed size an entry may have.
const LARGEST_RATIO: u64 = 100;
const MOST_ENTRIES: u16 = 1000;
const END: usize = 22;
/// Entries with this bit write their sizes behind their data.
const SIZES_FOLLOW: u16 = 1 << 3;
/// Encrypted, strongly encrypted, and with a hidden directory.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// An extra field that gives the entry a second name.
const UNICODE_NAME: u16 = 0x7075;

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn place(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(four(bytes, at)?).ok()
}

/// An entry as the directory tells of it.
struct Listed<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    packed: usize,
    unpacked: u64,
    header: usize,
    attributes: u32,
    extra: &'a [u8],
    /// Where the directory goes on.
    next: usize,
}

impl<'a> Listed<'a> {
    fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" || two(bytes, at + 34)? != 0 {
            return None;
        }
        let lengths = [at + 28, at + 30, at + 32].map(|at| two(bytes, at).map(usize::from));
        let [Some(name), Some(extra), Some(comment)] = lengths else { return None };
        let start = at + 46;
        Some(Self {
            name: bytes.get(start..start + name)?,
            flags: two(bytes, at + 8)?,
            method: two(bytes, at + 10)?,
            packed: place(bytes, at + 20)?,
            unpacked: u64::from(four(bytes, at + 24)?),
            header: place(bytes, at + 42)?,
            attributes: four(bytes, at + 38)?,
            extra: bytes.get(start + name..start + name + extra)?,
            next: start + name + extra + comment,
        })
    }

    fn check(&self) -> Result<(), AttachmentFault> {
        if self.flags & ENCRYPTED != 0 {
            return Err(AttachmentFault::ArchiveEncrypted);
        }
        check_name(self.name)?;
        if has_second_name(self.extra) {
            return Err(AttachmentFault::ArchiveName);
        }
        // Whatever system the entry says it comes from: the kind of the file in Unix, a reparse point in Windows.
        let is_special = !matches!(self.attributes >> 28, 0 | 0o10 | 0o04);
        if is_special || self.attributes & 0x400 != 0 {
            return Err(AttachmentFault::ArchiveLink);
        }
        match self.method {
            0 if self.unpacked != self.packed as u64 => Err(AttachmentFault::Malformed),
            0 | 8 if self.unpacked <= (self.packed as u64).saturating_mul(LARGEST_RATIO) => Ok(()),
            0 | 8 => Err(AttachmentFault::ArchiveTooLarge),
            _ => Err(AttachmentFault::Malformed),
        }
    }

    /// From its own header to the end of its data.
    fn extent(&self, bytes: &[u8], directory: usize) -> Option<(usize, usize)> {
        let at = self.header;
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x03\x04" {
            return None;
        }
        let is_same = two(bytes, at + 6)? == self.flags && two(bytes, at + 8)? == self.method;
        let (name, extra) = (usize::from(two(bytes, at + 26)?), usize::from(two(bytes, at + 28)?));
        let start = at + 30 + name + extra;
        let is_named = bytes.get(at + 30..at + 30 + name)? == self.name;
        if !is_same || !is_named || has_second_name(bytes.get(at + 30 + name..start)?) {
            return None;
        }
        let sizes = (place(bytes, at + 18)?, u64::from(four(bytes, at + 22)?));
        let is_sized = sizes == (self.packed, self.unpacked);
        let end = start.checked_add(self.packed)?;
        let end = match self.flags & SIZES_FOLLOW {
            0 if is_sized => end,
            0 => return None,
            _ if !is_sized && sizes != (0, 0) => return None,
            // With a signature or without.
            _ if bytes.get(end..end.checked_add(4)?)? == b"PK\x07\x08" => end.checked_add(16)?,
            _ => end.checked_add(12)?,
        };
        (end <= directory).then_some((at, end))
    }
}

/// # Errors
/// The first [`AttachmentFault`] that holds.
pub(super) fn check(bytes: &[u8]) -> Result<(), AttachmentFault> {
    let malformed = AttachmentFault::Malformed;
    let end = bytes.len().checked_sub(END).ok_or(malformed)?;
    // Without a comment: it is the one place behind the directory where something could hide.
    if bytes.get(end..end + 4) != Some(b"PK\x05\x06") {
        return Err(AttachmentFault::HidesAnother);
    }
    let numbers = [end + 4, end + 6, end + 8, end + 10, end + 20].map(|at| two(bytes, at));
    let [Some(0), Some(0), Some(here), Some(entries), Some(0)] = numbers else { return Err(malformed) };
    let (size, directory) = (place(bytes, end + 12).ok_or(malformed)?, place(bytes, end + 16).ok_or(malformed)?);
    if here != entries || entries == 0 || directory.checked_add(size) != Some(end) {
        return Err(malformed);
    }
    if entries > MOST_ENTRIES {
        return Err(AttachmentFault::ArchiveTooLarge);
    }
    let (mut at, mut total) = (directory, 0_u64);
    let mut extents = Vec::with_capacity(usize::from(entries));
    let mut names = std::collections::HashSet::new();
    for _ in 0..entries {
        let listed = Listed::read(bytes, at).ok_or(malformed)?;
        listed.check()?;
        total = total.saturating_add(listed.unpacked);
        if total > LARGEST {
            return Err(AttachmentFault::ArchiveTooLarge);
        }
        // Two of one name: what is unpacked is not what was looked at.
        if !names.insert(String::from_utf8_lossy(listed.name).to_lowercase()) {
            return Err(AttachmentFault::ArchiveOverlap);
        }
        extents.push(listed.extent(bytes, directory).ok_or(malformed)?);
        at = listed.next;
    }
    if at != end {
        return Err(malformed);
    }
    extents.sort_unstable();
    let mut reached = 0;
    for (start, end) in extents {
        match start.cmp(&reached) {
            std::cmp::Ordering::Less => return Err(AttachmentFault::ArchiveOverlap),
            std::cmp::Ordering::Greater => return Err(AttachmentFault::HidesAnother),
            std::cmp::Ordering::Equal => reached = end,
        }
    }
    if reached == directory { Ok(()) } else { Err(AttachmentFault::HidesAnother) }
}

fn has_second_name(mut extra: &[u8]) -> bool {
    while let (Some(kind), Some(length)) = (two(extra, 0), two(extra, 2)) {
        if kind == UNICODE_NAME {
            return true;
        }
        extra = extra.get(4 + usize::from(length)..).unwrap_or_default();
    }
    false
}

fn check_name(name: &[u8]) -> Result<(), AttachmentFault> {
    let name = String::from_utf8_lossy(name);
    let is_unfit = |one: char| one.is_control() || matches!(one, '\\' | ':');
    // A folder ends with a slash.
    let whole = name.strip_suffix('/').unwrap_or(&name);
    let is_unfit_part = |part: &str| part.trim_end_matches([' ', '.']).is_empty() || is_device(part);
    if name.contains(is_unfit) || whole.split('/').any(is_unfit_part) {
        return Err(AttachmentFault::ArchiveName);
    }
    Ok(())
}
