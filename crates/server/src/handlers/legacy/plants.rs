//! Plants with their figures.

pub mod list;
pub mod show;
