//! Lots of materials: rows as they travel in the feed and over REST, and what is done to them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    decimal::ExactDecimal,
    ids::{LotId, PlantId, UserId},
    lot::{Lot, LotFacts, LotStatus},
    unit::Unit,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LotRow {
    pub id: LotId,
    pub plant_id: PlantId,
    /// Unique in its plant, as it stands on the label.
    pub number: String,
    pub material_code: String,
    pub material: String,
    pub supplier: Option<String>,
    pub supplier_lot: Option<String>,
    pub quantity: ExactDecimal,
    pub unit: Unit,
    pub status: LotStatus,
    pub manufactured_on: Option<NaiveDate>,
    /// The last day, in the plant's zone, on which it may be charged.
    pub expires_on: Option<NaiveDate>,
    pub retest_on: Option<NaiveDate>,
    pub potency_percent: Option<ExactDecimal>,
    pub created_by: Option<UserId>,
    pub created_by_name: Option<String>,
    pub created_at: DateTime<Utc>,
    /// Counts the changes of the row; the ETag.
    pub revision: u32,
}

impl LotRow {
    /// The lot as the rules take it.
    #[must_use]
    pub fn lot(&self) -> Lot {
        Lot {
            number: self.number.clone(),
            material_code: self.material_code.clone(),
            status: self.status,
            expires_on: self.expires_on,
            retest_on: self.retest_on,
        }
    }
}

/// Which lots, and which page of them; by material and number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LotQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub status: Option<LotStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    /// Lots whose last day, by expiry or retest, is this day or an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_by: Option<NaiveDate>,
    /// A part of the number, of the supplier's number, or of the material's name or code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// A lot that came in; it waits for quality assurance's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLot {
    pub plant_id: PlantId,
    pub number: String,
    pub material_code: String,
    pub material: String,
    pub details: LotDetails,
    pub reason: String,
}

/// What is told of a lot beside its number and material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_lot: Option<String>,
    pub quantity: ExactDecimal,
    pub unit: Unit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufactured_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retest_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub potency_percent: Option<ExactDecimal>,
}

impl LotDetails {
    /// What the rules look at.
    #[must_use]
    pub fn facts(&self) -> LotFacts {
        LotFacts {
            quantity: self.quantity,
            unit: self.unit,
            manufactured_on: self.manufactured_on,
            expires_on: self.expires_on,
            retest_on: self.retest_on,
            potency_percent: self.potency_percent,
        }
    }
}

/// The whole of what can be put right, in the place of what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLot {
    pub details: LotDetails,
    pub reason: String,
}

/// What is decided about a lot, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideLot {
    pub status: LotStatus,
    pub reason: String,
}
