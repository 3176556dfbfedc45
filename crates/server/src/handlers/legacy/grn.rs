//! Goods receipt notes.

pub mod create;
pub mod list;
pub mod pending_qa;
pub mod request_sampling;
