//! Phases: the smallest part of a master batch record (ISA-88), what is asked and what was recorded.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    attachment::{AttachmentParameter, MediaType},
    decimal::ExactDecimal,
    device::{DeviceClass, DeviceReading, PlausibleRange},
    quantity::Rounding,
    role::{Role, words},
    signature::SignatureMeaning,
    unit::Unit,
};

words! {
    /// Where a phase stands.
    PhaseStatus {
        Pending = "Pending",
        InProgress = "In Progress",
        Completed = "Completed",
        RequiresApproval = "Requires Approval",
        Rejected = "Rejected",
        /// Its condition does not hold: it is not executed in this batch.
        NotApplicable = "Not Applicable",
    }
}

/// A phase as the master batch record defines it and as the batch keeps its frozen copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct PhaseDefinition {
    /// Stable within the master record; batches and expressions refer to it.
    pub key: String,
    pub title: String,
    pub instruction: String,
    pub kind: PhaseKind,
    /// The meaning of the signature that completes the phase, when it must be signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureMeaning>,
    /// Roles that may execute the phase; where none is named, every role that executes batches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub performed_by: Vec<Role>,
    /// Set where a second person verifies and signs what was done (21 CFR 211.188(b)(11)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// An expression over earlier phases; the phase is executed when it holds and is not applicable otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// The code of the procedure that the person must be qualified for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualification: Option<String>,
}

/// Who verifies; never the person who performed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// Where no role is named, every role that verifies batches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Role>,
}

/// What a phase asks of the person who executes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum PhaseKind {
    /// Do as the instruction says and confirm it.
    // With braces, because serde lets a variant without any take surplus fields.
    Confirmation {},
    /// Read or measure a number.
    Value(NumberParameter),
    /// Write down a text.
    Text {
        /// Characters; 2000 at most.
        longest: u32,
    },
    /// Choose one of several answers.
    Choice { options: Vec<ChoiceOption> },
    /// Write down a date, for example of retest.
    Date {},
    /// An in-process check: a number whose limits are acceptance criteria.
    InProcessCheck(NumberParameter),
    /// Charge a material of the recipe; the number is the quantity charged.
    MaterialCharge {
        material: String,
        material_code: String,
        quantity: NumberParameter,
        /// The key of the recipe's line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<String>,
    },
    /// Let a time pass; bounds in seconds.
    Timer { minimum_seconds: u32, maximum_seconds: Option<u32> },
    /// Take equipment of a class into use.
    EquipmentUse {
        equipment_class: String,
        /// Its cleaning must not have expired.
        must_be_clean: bool,
    },
    /// Look at the equipment and confirm that it is clean (21 CFR 211.67).
    CleaningCheck { equipment_class: String },
    /// Take a photo or add a document.
    Attachment(AttachmentParameter),
    /// Take a sample and hand it to quality control.
    SampleRequest { sample: String, tests: Vec<String> },
    /// A second person looks at what these phases recorded and signs for it.
    SecondPersonCheck { of: Vec<String> },
    /// A number that follows from earlier ones.
    Calculation {
        /// See `viruj_domain::expression`.
        expression: String,
        rounding: Rounding,
        result: NumberParameter,
    },
}

/// One answer of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    pub text: String,
    /// An answer that is not expected opens a deviation.
    pub is_expected: bool,
}

/// A number with its unit, limits and places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct NumberParameter {
    pub unit: Unit,
    /// Decimal places that are recorded; more are refused, fewer are kept as written.
    pub places: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<ExactDecimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ExactDecimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<ExactDecimal>,
    /// What the value is read from; typed instead, it needs a reason and a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceClass>,
    /// Typed outside of it, a value counts only after a second person has looked at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible: Option<PlausibleRange>,
}

words! {
    /// Where a value lies against its limits; a value on a limit is within.
    LimitCheck {
        Within = "within",
        Below = "below",
        Above = "above",
    }
}

impl NumberParameter {
    #[must_use]
    pub fn check(&self, value: ExactDecimal) -> LimitCheck {
        if self.low.is_some_and(|low| value < low) {
            LimitCheck::Below
        } else if self.high.is_some_and(|high| value > high) {
            LimitCheck::Above
        } else {
            LimitCheck::Within
        }
    }
}

impl PhaseKind {
    /// The number that the phase records, when it records one.
    #[must_use]
    pub fn number(&self) -> Option<&NumberParameter> {
        match self {
            Self::Value(number) | Self::InProcessCheck(number) => Some(number),
            Self::MaterialCharge { quantity, .. } => Some(quantity),
            Self::Calculation { result, .. } => Some(result),
            _ => None,
        }
    }
}

/// What a person recorded for a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum PhaseEntry {
    Confirmed,
    Number {
        value: ExactDecimal,
        unit: Unit,
        /// The lot that was charged, as scanned or typed; only for a material charge.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lot: Option<String>,
        /// What a device told, when the value comes from one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reading: Option<DeviceReading>,
    },
    TimerStarted,
    TimerStopped {
        elapsed_seconds: u32,
    },
    SampleRequested {
        container: String,
    },
    Text {
        text: String,
    },
    Chosen {
        option: String,
    },
    Date {
        date: NaiveDate,
    },
    /// Equipment that was taken into use, by its code as scanned or typed.
    EquipmentUsed {
        equipment: String,
    },
    /// Equipment that was found clean.
    FoundClean {
        equipment: String,
    },
    /// A file that belongs to the entry. Its bytes travel beside the entry and are found by their hash.
    Attached {
        /// As it is shown; see `viruj_domain::attachment::display_name`.
        file_name: String,
        media_type: MediaType,
        size_bytes: u64,
        /// SHA-256 of the file, lower-case hex.
        sha256: String,
    },
    /// A second person has looked at what these phases recorded.
    Checked,
}

impl PhaseEntry {
    /// What the entry names: a lot, a container, an answer, equipment.
    #[must_use]
    pub fn name(&self) -> Option<&String> {
        match self {
            Self::Number { lot, .. } => lot.as_ref(),
            Self::SampleRequested { container: name }
            | Self::Chosen { option: name }
            | Self::EquipmentUsed { equipment: name }
            | Self::FoundClean { equipment: name } => Some(name),
            Self::Confirmed
            | Self::TimerStarted
            | Self::TimerStopped { .. }
            | Self::Text { .. }
            | Self::Date { .. }
            | Self::Attached { .. }
            | Self::Checked => None,
        }
    }
}

/// A recorded entry with who made it and when; a phase keeps every one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordedEntry {
    pub operation_id: Uuid,
    pub entry: PhaseEntry,
    /// The entry in whose place this one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Uuid>,
    pub person_id: String,
    pub person_name: String,
    /// The station's time when the entry became durable there.
    pub recorded_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<EntrySignature>,
    /// The cause of the deviation that the entry opened, when it opened one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<crate::deviation::DeviationCause>,
}

/// A signature as it prints (21 CFR 11.50): name, time with zone, meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntrySignature {
    pub person_id: String,
    pub person_name: String,
    pub meaning: SignatureMeaning,
    pub method: crate::signature::SignatureMethod,
    pub signed_at: DateTime<Utc>,
    /// IANA name of the zone in which the time is shown.
    pub time_zone: String,
    /// SHA-256 of the signed statement's bytes, lower-case hex.
    pub statement_sha256: String,
}
