//! A new password for somebody who has forgotten theirs, by a code that is sent to them.

pub mod redeem;
pub mod request;
