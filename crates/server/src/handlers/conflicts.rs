//! Conflicts, which quality assurance decides with a signature.

pub mod decide;
pub mod list;
