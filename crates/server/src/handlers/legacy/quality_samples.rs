//! Samples of deliveries.

pub mod assign;
pub mod assigned;
pub mod create_tests;
pub mod tests;
pub mod unassigned;
