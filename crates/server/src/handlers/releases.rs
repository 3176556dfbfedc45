//! Releases of the station's program: published by administrators, offered to stations.

pub mod change_rollout;
pub mod list;
pub mod offer;
pub mod package;
pub mod publish;
pub mod report;
