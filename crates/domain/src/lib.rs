//! Types, rules and state machines of batch records.
//!
//! This crate does no I/O and knows neither a clock nor a random source: time and chance are passed in.
//! The plant server calls the rules online and the station calls the same rules offline.

pub mod api_key;
pub mod attachment;
pub mod batch;
pub mod capability;
pub mod clock;
pub mod decimal;
pub mod deviation;
pub mod device;
pub mod equipment;
pub mod execution;
pub mod expression;
pub mod ids;
pub mod lease;
pub mod lot;
pub mod master;
pub mod navigation;
pub mod password;
pub mod person;
pub mod phase;
pub mod plant;
pub mod qualification;
pub mod quantity;
pub mod receiving;
pub mod release;
pub mod review;
pub mod role;
pub mod signature;
pub mod task;
pub mod testing;
pub mod unit;
