//! Files and photos of a batch, found by their hash.

pub mod receive;
pub mod show;
