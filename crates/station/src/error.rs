//! Why the station did not do what was asked, with the codes that the user interface translates.

use chrono::{DateTime, Utc};
use viruj_api::station::CommandError;
use viruj_client::ClientError;
use viruj_domain::{execution::Refusal, signature::KeyFault};
use viruj_sync::signing::SigningError;

use crate::{devices::DeviceError, keychain::KeychainError, person_keys::PersonKeyError, store::StoreFault};

/// Why the station did not do what was asked; nothing recorded is lost by any of them.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    #[error("nobody is signed in")]
    NotSignedIn,
    #[error("the person may not do this")]
    NotAllowed,
    #[error("the person must change the password first")]
    PasswordChangeRequired,
    #[error("the station is not registered at a server")]
    NotRegistered,
    #[error("the station is already registered")]
    AlreadyRegistered,
    /// Another database or another plant answers at the server's address.
    #[error("the server is not the one that this station is registered at")]
    ServerChanged,
    /// The station was registered with a key that the keychain no longer holds.
    #[error("the station's key is not in the keychain")]
    StationKeyMissing,
    #[error("the batch is not on this station")]
    BatchUnknown,
    /// Nothing was recorded: the entry needs a signature, and only the server can attest one.
    #[error("a signature needs the server, which cannot be reached")]
    SignatureNeedsServer,
    #[error("the person has not signed in at this station while the server was there")]
    OfflineUnknown,
    #[error("the station takes no password of the person until {until}")]
    OfflineLocked { until: DateTime<Utc> },
    #[error("the address or the password is wrong")]
    InvalidCredentials,
    #[error("the password is wrong")]
    WrongPassword,
    #[error("the first signature of a session takes the address, too")]
    IdentificationRequired,
    /// The person signed in while the server was away.
    #[error("the server does not know the person's session")]
    SignInAtServer,
    #[error("the station's clock is behind {known}, which it has known already")]
    ClockBehind { known: DateTime<Utc> },
    #[error("the station's clock is ahead of {counted}, which it should be")]
    ClockAhead { counted: DateTime<Utc> },
    /// Another one has the batch, or the operation of it, and may have executed it already.
    #[error("{station} has the batch until {until}")]
    LeasedElsewhere { station: String, until: DateTime<Utc> },
    /// The server is away and the batch is not leased to this station.
    #[error("the batch is not at this station")]
    LeaseNeeded,
    #[error(transparent)]
    Key(#[from] KeyFault),
    #[error(transparent)]
    PersonKey(#[from] PersonKeyError),
    #[error("the person was remembered and must sign in again before signing")]
    SignInAgain,
    #[error("the system's browser could not be opened: {0}")]
    BrowserNotOpened(String),
    #[error("the identity provider has not signed anybody in: {0}")]
    SingleSignOn(&'static str),
    #[error("the signature was given by somebody else than the person who is signed in")]
    OtherSigner,
    #[error("the text is not a number that can be recorded: {0}")]
    Number(&'static str),
    /// The screen passed something back that it was not given.
    #[error("the request is not one that a screen makes")]
    BadInput,
    #[error("the text is longer than can be recorded, or holds what cannot be kept")]
    TextNotRecordable,
    #[error("a device has a code of 1 to 60 characters")]
    DeviceCodeInvalid,
    #[error("two devices have the code {0}")]
    DeviceCodeTaken(String),
    #[error("the station knows no such device")]
    DeviceUnknown,
    /// It was recorded already, or is too old to be what lies on the balance now.
    #[error("the value that was read is not there any more")]
    ReadingGone,
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The server has never said what exports are sealed to.
    #[error("the station does not know what to seal an export to")]
    ExportNotSetUp,
    #[error("everything is at the server")]
    NothingUnsent,
    #[error("the export cannot be written to {path}: {problem}")]
    ExportNotWritten { path: String, problem: String },
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server answered with a code of its own, known here or not: the station tries again later.
    #[error("the server refused: {0}")]
    ServerRefused(String),
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error(transparent)]
    Signing(#[from] SigningError),
    #[error("the station's own work was broken off: {0}")]
    BrokenOff(String),
}

impl StationError {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::NotSignedIn => "not_signed_in",
            Self::NotAllowed => "not_allowed",
            Self::PasswordChangeRequired => "password_change_required",
            Self::NotRegistered => "station_not_registered",
            Self::AlreadyRegistered => "station_already_registered",
            Self::ServerChanged => "server_changed",
            Self::StationKeyMissing => "station_key_missing",
            Self::BatchUnknown => "batch_unknown",
            Self::SignatureNeedsServer => "signature_needs_server",
            Self::OfflineUnknown => "offline_sign_in_unknown",
            Self::OfflineLocked { .. } => "offline_sign_in_locked",
            Self::InvalidCredentials => "invalid_credentials",
            Self::WrongPassword => "wrong_password",
            Self::IdentificationRequired => "identification_required",
            Self::SignInAtServer => "sign_in_at_server",
            Self::ClockBehind { .. } => "clock_behind",
            Self::ClockAhead { .. } => "clock_ahead",
            Self::LeasedElsewhere { .. } => "leased_elsewhere",
            Self::LeaseNeeded => "lease_needed",
            Self::Key(fault) => fault.code(),
            Self::PersonKey(_) => "person_key_failed",
            Self::SignInAgain => "sign_in_again",
            Self::BrowserNotOpened(_) => "browser_not_opened",
            Self::SingleSignOn(code) => code,
            Self::OtherSigner => "other_signer",
            Self::Number(code) => code,
            Self::BadInput => "bad_input",
            Self::DeviceCodeInvalid => "device_code_invalid",
            Self::DeviceCodeTaken(_) => "device_code_taken",
            Self::DeviceUnknown => "device_unknown",
            Self::ReadingGone => "reading_gone",
            Self::Device(error) => error.code(),
            Self::ExportNotSetUp => "export_not_set_up",
            Self::NothingUnsent => "nothing_unsent",
            Self::ExportNotWritten { .. } => "export_not_written",
            Self::TextNotRecordable => "text_not_recordable",
            Self::Refused(refusal) => refusal.code(),
            Self::Client(error) => error.code(),
            Self::ServerRefused(code) => code,
            Self::Keychain(error) => error.code(),
            Self::Store(fault) => fault.code(),
            Self::Signing(_) => "signing_failed",
            Self::BrokenOff(_) => "broken_off",
        }
    }
}

impl From<StationError> for CommandError {
    fn from(error: StationError) -> Self {
        let command_error = Self::new(error.code()).with_detail(&error);
        match &error {
            StationError::Refused(Refusal::EarlierPhaseOpen { number }) => command_error.with_value("number", number),
            StationError::Refused(
                Refusal::AwaitsDisposition { number, deviation } | Refusal::StoppedByDisposition { number, deviation },
            ) => command_error
                .with_value("number", number)
                .with_value("deviation", deviation.as_deref().unwrap_or_default()),
            StationError::Refused(Refusal::TooManyPlaces { allowed }) => command_error.with_value("places", allowed),
            StationError::Refused(Refusal::WrongUnit { expected }) => {
                command_error.with_value("unit", expected.symbol())
            }
            StationError::Refused(Refusal::BatchNotExecutable(status)) => command_error.with_value("status", status),
            StationError::Refused(Refusal::Unfit(unfit)) => {
                unfit.values().into_iter().fold(command_error, |error, (name, value)| error.with_value(name, value))
            }
            StationError::Store(StoreFault::DiskFull { needed_mb, .. }) => {
                command_error.with_value("megabytes", needed_mb)
            }
            StationError::Store(
                StoreFault::Corrupted { file, .. }
                | StoreFault::KeyMissing { file }
                | StoreFault::CopyUnusable { file },
            ) => command_error.with_value("file", file.display()),
            StationError::LeasedElsewhere { station, .. } => command_error.with_value("station", station),
            StationError::DeviceCodeTaken(code) => command_error.with_value("device", code),
            StationError::Device(DeviceError::UnitUnknown(unit)) => command_error.with_value("unit", unit),
            StationError::ExportNotWritten { path, .. } => command_error.with_value("path", path),
            _ => command_error,
        }
    }
}
