//! Plants with their figures.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    batch::BatchStatus,
    ids::{PlantId, UserId},
};

/// A plant, and what there is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plant {
    pub id: PlantId,
    pub name: String,
    pub region: String,
    /// IANA name.
    pub time_zone: String,
    /// Sees the plant, whatever is named for them.
    #[schema(value_type = Option<String>)]
    pub manager_id: Option<UserId>,
    pub manager_name: Option<String>,
    pub figures: PlantFigures,
}

/// Counted when they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlantFigures {
    /// Active people for whom the plant is named.
    pub people: u32,
    /// Stations that are neither suspended nor retired.
    pub stations: u32,
    pub batches: Vec<BatchCount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchCount {
    pub status: BatchStatus,
    pub count: u32,
}

/// Which page of the plants, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PlantQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// A part of the name, the region or the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// A new plant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePlant {
    /// For example `plant-d`; the server makes one when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub id: Option<PlantId>,
    pub name: String,
    pub region: String,
    /// IANA name.
    pub time_zone: String,
}

/// The plant as it is to be; its id never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePlant {
    pub name: String,
    pub region: String,
    pub time_zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub manager_id: Option<UserId>,
    #[serde(default)]
    #[schema(required = true)]
    pub reason: String,
}
