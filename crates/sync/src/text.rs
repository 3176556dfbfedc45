//! What a text may be so that every store keeps it; a station asks before it records, a server before it writes.

/// Characters of a reason, a remark or the sentence that was shown.
pub const LONGEST_TEXT: usize = 8_000;
/// Characters of an id, a lot, a container or the name of a zone.
pub const LONGEST_NAME: usize = 200;

/// PostgreSQL keeps no NUL in a text, and an index none of many thousand characters.
#[must_use]
pub fn is_storable(text: &str, longest: usize) -> bool {
    !text.contains('\0') && text.chars().count() <= longest
}
