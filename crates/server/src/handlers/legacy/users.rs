//! People, for those who are signed in.

pub mod list;
pub mod show;
