//! The one error of the interface: a problem document (RFC 9457) with a stable code.
//!
//! A handler fails with an [`ApiError`]; the outermost layer writes it down with the request's id and logs what lies
//! behind it, once. What lies behind it is never sent.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use viruj_api::{
    legacy::{Detail, ErrorBody, FieldError},
    reviews::ReleaseBlocker,
};
use viruj_domain::{
    attachment::AttachmentFault,
    batch::CourseRefusal,
    deviation::{DeviationRefusal, Missing, capa::CapaRefusal},
    equipment::EquipmentRefusal,
    execution::Unfit,
    lot::LotRefusal,
    master::{Fault, LifecycleRefusal},
    password::Unsuitable,
    qualification::QualificationRefusal,
    review::ReviewRefusal,
};
use viruj_storage::StorageError;

type Cause = Box<dyn std::error::Error + Send + Sync>;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident, $title:literal;)*) => {
        /// Everything that can go wrong, by its code on the wire. Codes are added and never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemCode { $($(#[$doc])* $variant,)* }

        impl ProblemCode {
            pub const ALL: &'static [ProblemCode] = &[$(ProblemCode::$variant,)*];

            /// Stable, snake case.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// The same for every occurrence; for people who read logs, the user interface translates the code.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    StepNotAllowed = "step_not_allowed", BAD_REQUEST, "The step does not follow from where the record stands";
    MalformedJson = "malformed_json", BAD_REQUEST, "The body is not JSON";
    NotAuthenticated = "not_authenticated", UNAUTHORIZED, "The request carries no token";
    InvalidToken = "invalid_token", UNAUTHORIZED, "The token is not valid, or no longer";
    InvalidCredentials = "invalid_credentials", UNAUTHORIZED, "The e-mail address or the password is wrong";
    InvalidRefreshToken = "invalid_refresh_token", UNAUTHORIZED, "The refresh token is not valid, or no longer";
    WrongPassword = "wrong_password", UNAUTHORIZED, "The password is wrong";
    SecondFactorWrong = "second_factor_wrong", UNAUTHORIZED, "The code of the second factor is wrong or was used";
    ResetCodeInvalid = "reset_code_invalid", UNAUTHORIZED, "The code is wrong, used or has run out";
    StationRefused = "station_refused", UNAUTHORIZED, "The station could not be identified by its key";
    NotAuthorised = "not_authorised", FORBIDDEN, "The role does not allow this";
    SecondFactorRequired = "second_factor_required", FORBIDDEN, "Signing in asks for a code of the second factor";
    PasswordChangeRequired = "password_change_required", FORBIDDEN, "The password must be changed first";
    OneTimePasswordUsed = "one_time_password_used", FORBIDDEN, "The one-time password has been used";
    NotForApiKeys = "not_for_api_keys", FORBIDDEN, "API keys may not do this";
    SingleSignOnRefused = "single_sign_on_refused", FORBIDDEN,
        "The identity provider's answer is none to this sign-in";
    SingleSignOnUnverified = "single_sign_on_unverified", FORBIDDEN,
        "The identity provider has not verified the person's e-mail address";
    SingleSignOnNoAccount = "single_sign_on_no_account", FORBIDDEN,
        "The person at the identity provider has no active account here";
    SingleSignOnOtherPerson = "single_sign_on_other_person", FORBIDDEN,
        "The account with this e-mail address belongs to another person of the identity provider";
    SingleSignOnNoRole = "single_sign_on_no_role", FORBIDDEN,
        "The identity provider names no role of this plant for the person, or more than one";
    SingleSignOnRoleUnfit = "single_sign_on_role_unfit", FORBIDDEN,
        "The role that the identity provider names does not fit the account's department or plants";
    StationNotActive = "station_not_active", FORBIDDEN, "The station is not active";
    IdentificationRequired = "identification_required", FORBIDDEN,
        "The first signature of a session asks for the e-mail address too";
    SingleSignOnOff = "single_sign_on_off", NOT_FOUND, "No identity provider is set up here";
    NotFound = "not_found", NOT_FOUND, "There is no such thing here";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The method is not one of this resource";
    SingleSignOnUnavailable = "single_sign_on_unavailable", SERVICE_UNAVAILABLE,
        "The identity provider cannot be reached";
    TimedOut = "timed_out", SERVICE_UNAVAILABLE, "The server did not finish in time";
    AlreadyCompleted = "already_completed", CONFLICT, "The phase is already completed";
    BatchNotExecutable = "batch_not_executable", CONFLICT, "The batch cannot be executed now";
    EarlierPhaseOpen = "earlier_phase_open", CONFLICT, "An earlier phase is still open";
    TimerNotStarted = "timer_not_started", CONFLICT, "The timer has not been started";
    TimerRunning = "timer_running", CONFLICT, "The timer is already running";
    OperationKnown = "operation_known", CONFLICT, "The operation has been received already";
    RefreshInProgress = "refresh_in_progress", CONFLICT, "Another request has just refreshed this session";
    StationKeyTaken = "station_key_taken", CONFLICT, "The key or the id belongs to another station";
    KeyRetired = "key_retired", CONFLICT, "The key is retired, or belongs to somebody else";
    DeliveryReceived = "delivery_received", CONFLICT, "The delivery has been received already";
    EmailTaken = "email_taken", CONFLICT, "The e-mail address is or was somebody's";
    CursorGone = "cursor_gone", GONE, "The feed must be read from its beginning";
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body must be application/json";
    InvalidBody = "invalid_body", UNPROCESSABLE_ENTITY, "The body does not have the fields that are asked for";
    InvalidQuery = "invalid_query", UNPROCESSABLE_ENTITY, "The query does not have the fields that are allowed";
    InvalidKey = "invalid_key", UNPROCESSABLE_ENTITY, "The public key is not one";
    InvalidStatement = "invalid_statement", UNPROCESSABLE_ENTITY, "The statement cannot be read";
    StatementOfAnother = "statement_of_another", UNPROCESSABLE_ENTITY, "The statement names another person or session";
    SingleSignOnExpired = "single_sign_on_expired", UNPROCESSABLE_ENTITY,
        "The single sign-on was begun too long ago, or by another station";
    NotSignable = "not_signable", UNPROCESSABLE_ENTITY, "The statement is not one that is signed";
    WrongMeaning = "wrong_meaning", UNPROCESSABLE_ENTITY, "The phase asks for a signature of another meaning";
    BatchUnknown = "batch_unknown", NOT_FOUND, "The batch is not known here";
    PhaseUnknown = "phase_unknown", UNPROCESSABLE_ENTITY, "The phase is not part of the batch";
    MasterRecordDiffers = "master_record_differs", CONFLICT, "The batch follows another master record version";
    WrongEntryKind = "wrong_entry_kind", UNPROCESSABLE_ENTITY, "The phase asks for an entry of another kind";
    WrongUnit = "wrong_unit", UNPROCESSABLE_ENTITY, "The phase is recorded in another unit";
    TooManyPlaces = "too_many_places", UNPROCESSABLE_ENTITY, "The number has too many decimal places";
    LotRequired = "lot_required", UNPROCESSABLE_ENTITY, "The lot that was charged is missing";
    ContainerRequired = "container_required", UNPROCESSABLE_ENTITY, "The container of the sample is missing";
    AttachmentEmpty = "attachment_empty", UNPROCESSABLE_ENTITY, "The file is empty";
    AttachmentTooLarge = "attachment_too_large", PAYLOAD_TOO_LARGE, "The file is larger than those that are taken";
    AttachmentNameUnfit = "attachment_name_unfit", UNPROCESSABLE_ENTITY, "The name of the file cannot be shown";
    AttachmentTypeUnknown = "attachment_type_unknown", UNPROCESSABLE_ENTITY, "The file is of no type that is taken";
    AttachmentTypeNotAccepted = "attachment_type_not_accepted", UNPROCESSABLE_ENTITY,
        "The phase takes no file of this type";
    AttachmentMalformed = "attachment_malformed", UNPROCESSABLE_ENTITY,
        "The file is not built as files of its type are";
    AttachmentHidesAnother = "attachment_hides_another", UNPROCESSABLE_ENTITY,
        "A file of another kind hides in the file";
    AttachmentTooManyPixels = "attachment_too_many_pixels", UNPROCESSABLE_ENTITY, "The picture has too many pixels";
    ArchiveTooLarge = "archive_too_large", UNPROCESSABLE_ENTITY,
        "The archive would be too large unpacked, or holds too much";
    ArchiveLink = "archive_link", UNPROCESSABLE_ENTITY, "The archive holds a link or a special file";
    ArchiveName = "archive_name", UNPROCESSABLE_ENTITY, "A name in the archive leads out of it or means a device";
    ArchiveEncrypted = "archive_encrypted", UNPROCESSABLE_ENTITY, "The archive is encrypted";
    ArchiveOverlap = "archive_overlap", UNPROCESSABLE_ENTITY, "Parts of the archive overlap";
    AttachmentHashUnfit = "attachment_hash_unfit", UNPROCESSABLE_ENTITY, "The hash is not one of SHA-256";
    AttachmentHashDiffers = "attachment_hash_differs", UNPROCESSABLE_ENTITY, "The bytes are not those of this hash";
    AttachmentDiffers = "attachment_differs", UNPROCESSABLE_ENTITY, "The entry names a file of another type or size";
    ReleasesNotKept = "releases_not_kept", CONFLICT, "This server keeps no releases";
    ReleaseExists = "release_exists", CONFLICT, "This version is published already, or a withdrawn one had its number";
    ReleaseUnreadable = "release_unreadable", BAD_REQUEST, "The package did not arrive whole, or is too large";
    ReleaseSignatureInvalid = "release_signature_invalid", BAD_REQUEST, "This is no signature of a release";
    ReleaseSignatureWrong = "release_signature_wrong", BAD_REQUEST, "The package is not the one that was signed";
    ReleaseKeyInvalid = "release_key_invalid", CONFLICT, "The server has no builder's key to verify with";
    ReleaseKeyUnknown = "release_key_unknown", BAD_REQUEST, "The builder who signed is not trusted here";
    ReleasePackageInvalid = "release_package_invalid", BAD_REQUEST, "This is no package of the station";
    ReleaseVersionMismatch = "release_version_mismatch", BAD_REQUEST, "The signature is for another version";
    ReleasePlatformUnknown = "release_platform_unknown", BAD_REQUEST, "No station runs on this platform";
    ReleaseNotesInvalid = "release_notes_invalid", BAD_REQUEST, "The notes are empty or too long";
    PercentageInvalid = "percentage_invalid", BAD_REQUEST, "A percentage is from 1 to 100";
    AttachmentNotNamed = "attachment_not_named", CONFLICT, "No entry of the batch names this file";
    ReasonRequired = "reason_required", UNPROCESSABLE_ENTITY, "A value outside its limits needs a reason";
    ChangeReasonRequired = "change_reason_required", UNPROCESSABLE_ENTITY, "The change needs a reason";
    NameInvalid = "name_invalid", UNPROCESSABLE_ENTITY, "The name is missing, too long, or holds what no name does";
    RegionInvalid = "region_invalid", UNPROCESSABLE_ENTITY,
        "The region is missing, too long, or holds what no name does";
    EmailInvalid = "email_invalid", UNPROCESSABLE_ENTITY, "That is not an e-mail address";
    IdInvalid = "id_invalid", UNPROCESSABLE_ENTITY, "An id has letters, digits, dots, hyphens and underscores";
    DepartmentUnfit = "department_unfit", UNPROCESSABLE_ENTITY, "People of the role do not work in the department";
    PlantsRequired = "plants_required", UNPROCESSABLE_ENTITY, "At least one plant must be named";
    ScopesRequired = "scopes_required", UNPROCESSABLE_ENTITY, "At least one scope must be named";
    ScopeNotAllowed = "scope_not_allowed", UNPROCESSABLE_ENTITY, "The scope is not one that the person can give to a key";
    ValidDaysInvalid = "valid_days_invalid", UNPROCESSABLE_ENTITY, "A key lives for 1 to 365 days";
    PlantUnknown = "plant_unknown", UNPROCESSABLE_ENTITY, "There is no such plant";
    ManagerUnknown = "manager_unknown", UNPROCESSABLE_ENTITY, "There is no active person of that id";
    TimeZoneUnknown = "time_zone_unknown", UNPROCESSABLE_ENTITY, "The time zone is not one that IANA knows";
    IdTaken = "id_taken", CONFLICT, "The id is taken, or was";
    OwnAccount = "own_account", CONFLICT, "One's own account is changed by another administrator";
    LastAdministrator = "last_administrator", CONFLICT, "Nobody would be left who administers every plant";
    ManagesPlant = "manages_plant", CONFLICT, "The person manages a plant that is taken away";
    ChangedMeanwhile = "changed_meanwhile", PRECONDITION_FAILED, "Somebody else has changed it meanwhile";
    IfMatchRequired = "if_match_required", PRECONDITION_REQUIRED, "The change must name its ETag in If-Match";
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT, "The idempotency key belongs to another request";
    IdempotencyKeyInvalid = "idempotency_key_invalid", UNPROCESSABLE_ENTITY,
        "An idempotency key has 8 to 128 visible ASCII characters";
    SignatureRequired = "signature_required", UNPROCESSABLE_ENTITY, "The phase must be signed";
    PhaseNotApplicable = "phase_not_applicable", CONFLICT, "The phase is not executed in this batch";
    NothingToVerify = "nothing_to_verify", CONFLICT, "Nothing has been recorded yet that could be verified";
    SamePerson = "same_person", FORBIDDEN, "Who performed a phase does not verify it";
    NothingToCorrect = "nothing_to_correct", CONFLICT, "There is no such entry to correct";
    AlreadyCorrected = "already_corrected", CONFLICT, "The entry has been corrected already";
    ReadingDiffers = "reading_differs", UNPROCESSABLE_ENTITY, "The value is not the one that the device told";
    CalculationDiffers = "calculation_differs", UNPROCESSABLE_ENTITY, "The calculation gives another number";
    CalculationImpossible = "calculation_impossible", UNPROCESSABLE_ENTITY, "The calculation has no result";
    UnknownOption = "unknown_option", UNPROCESSABLE_ENTITY, "This is none of the answers";
    TextUnfit = "text_unfit", UNPROCESSABLE_ENTITY, "The text is missing or too long";
    EquipmentRequired = "equipment_required", UNPROCESSABLE_ENTITY, "The code of the equipment is missing";
    PasswordTooShort = "password_too_short", UNPROCESSABLE_ENTITY, "The new password is too short";
    PasswordTooLong = "password_too_long", UNPROCESSABLE_ENTITY, "The new password is too long";
    PasswordTooCommon = "password_too_common", UNPROCESSABLE_ENTITY, "The new password is among those that are tried first";
    PasswordTooPersonal = "password_too_personal", UNPROCESSABLE_ENTITY,
        "The new password is made of the person's or the product's name";
    PasswordUnchanged = "password_unchanged", UNPROCESSABLE_ENTITY, "The new password is the old one";
    SecondFactorActive = "second_factor_active", CONFLICT, "There is a second factor already";
    SecondFactorMissing = "second_factor_missing", CONFLICT, "There is no second factor";
    MailNotConfigured = "mail_not_configured", CONFLICT, "This server sends no e-mail";
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS, "The API key has asked too often";
    TooManyAttempts = "too_many_attempts", TOO_MANY_REQUESTS, "Too many attempts have failed";
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on the server";
    DatabaseFull = "database_full", INSUFFICIENT_STORAGE, "The database has no room left";
    ExportTooLarge = "export_too_large", UNPROCESSABLE_ENTITY, "The export has more entries than are given at once";
    TrailDiffers = "trail_differs", CONFLICT, "The audit trail is not the one that was shown";
    OwnWork = "own_work", CONFLICT, "Nobody approves what they have written themselves";
    ContentDiffers = "content_differs", CONFLICT, "The content is not the one that was shown";
    MasterRecordHasFaults = "master_record_has_faults", UNPROCESSABLE_ENTITY, "The master batch record has faults";
    NoEffectiveMaster = "no_effective_master", CONFLICT,
        "No version of the product's master batch record is effective in the plant";
    MasterNotEffective = "master_not_effective", CONFLICT, "Another version of the master batch record is effective";
    PlanInvalid = "plan_invalid", UNPROCESSABLE_ENTITY, "The planned end does not come after the planned start";
    AssigneeUnfit = "assignee_unfit", UNPROCESSABLE_ENTITY, "The person does not execute batches in the plant";
    LeasedElsewhere = "leased_elsewhere", CONFLICT, "Another station has the batch";
    BeingSigned = "being_signed", CONFLICT, "Somebody else is signing for the phase at this moment";
    BatchDecided = "batch_decided", CONFLICT, "Quality assurance has decided about the batch";
    ProductCodeFixed = "product_code_fixed", UNPROCESSABLE_ENTITY, "A version stays with its product";
    OwnEntriesOnly = "own_entries_only", CONFLICT, "Nobody reviews entries of their own";
    AwaitsDisposition = "awaits_disposition", CONFLICT, "A deviation that is not dispositioned yet keeps the phase waiting";
    StoppedByDisposition = "stopped_by_disposition", CONFLICT, "A disposition lets the phase not go on";
    OwnValue = "own_value", CONFLICT, "Nobody decides about the deviation of a value of their own";
    OwnInvestigation = "own_investigation", CONFLICT, "Nobody reviews or approves an investigation of their own";
    OwnReview = "own_review", CONFLICT, "Nobody approves what they have reviewed themselves";
    NotUnderReview = "not_under_review", CONFLICT, "The batch does not wait for its review";
    BlockersRemain = "blockers_remain", CONFLICT, "Something stands against the review or the release of the batch";
    DeviationOpen = "deviation_open", CONFLICT, "The deviation must be closed first";
    ExceptionUnknown = "exception_unknown", CONFLICT, "The batch holds nothing of that kind as it was shown";
    ExceptionDecided = "exception_decided", CONFLICT, "Somebody else has judged it already";
    QueryStepNotAllowed = "query_step_not_allowed", CONFLICT, "The query does not take this step as it stands";
    OwnQuery = "own_query", CONFLICT, "Nobody answers a question of their own";
    NotDecided = "not_decided", CONFLICT, "Quality assurance has not decided about the batch yet";
    RootCauseMissing = "root_cause_missing", UNPROCESSABLE_ENTITY, "The root cause is missing";
    DispositionMissing = "disposition_missing", UNPROCESSABLE_ENTITY, "The disposition is missing";
    DispositionReasonMissing = "disposition_reason_missing", UNPROCESSABLE_ENTITY, "The reason for the disposition is missing";
    RepeatImpossible = "repeat_impossible", UNPROCESSABLE_ENTITY, "What the deviation is about cannot be repeated";
    CapaMissing = "capa_missing", UNPROCESSABLE_ENTITY,
        "A corrective or preventive action is missing, or the reason why none is needed";
    CapaPlanMissing = "capa_plan_missing", UNPROCESSABLE_ENTITY, "A corrective or preventive action has no plan yet";
    OwnAction = "own_action", CONFLICT, "Nobody judges or closes an action of their own";
    AlreadyJudged = "already_judged", CONFLICT, "The action has been judged already";
    EffectivenessMissing = "effectiveness_missing", CONFLICT, "Nobody has judged yet that the action is effective";
    OwnerUnknown = "owner_unknown", UNPROCESSABLE_ENTITY, "There is no active person of that id in the plant";
    BackupNotConfigured = "backup_not_configured", CONFLICT, "The server was not told for whom and where to back up";
    BackupRunning = "backup_running", CONFLICT, "A backup is being taken already";
    BackupFailed = "backup_failed", INTERNAL_SERVER_ERROR, "The backup failed";
    LotUnknown = "lot_unknown", CONFLICT, "The lot is not in the plant's register";
    LotOfOtherMaterial = "lot_of_other_material", CONFLICT, "The lot is of another material";
    LotNotApproved = "lot_not_approved", CONFLICT, "The lot is not approved";
    LotExpired = "lot_expired", CONFLICT, "The lot has expired";
    LotRetestDue = "lot_retest_due", CONFLICT, "The lot is to be tested again";
    NoLotFit = "no_lot_fit", CONFLICT, "There is no lot of the material that may be charged";
    EquipmentUnknown = "equipment_unknown", CONFLICT, "The equipment is not in the plant's register";
    EquipmentOfOtherKind = "equipment_of_other_kind", CONFLICT, "The equipment is of another kind";
    EquipmentOnHold = "equipment_on_hold", CONFLICT, "The equipment is on hold";
    EquipmentNotReady = "equipment_not_ready", CONFLICT, "The equipment is not ready";
    EquipmentInUse = "equipment_in_use", CONFLICT, "The equipment is in use for another batch";
    CalibrationOverdue = "calibration_overdue", CONFLICT, "The equipment's calibration is overdue";
    EquipmentDirty = "equipment_dirty", CONFLICT, "The equipment is not clean";
    CleaningNotVerified = "cleaning_not_verified", CONFLICT, "Nobody else has verified the equipment's cleaning";
    CleaningExpired = "cleaning_expired", CONFLICT, "The equipment's cleaning counts no longer";
    NoEquipmentFit = "no_equipment_fit", CONFLICT, "There is no equipment of the kind that may be used";
    QualificationMissing = "qualification_missing", CONFLICT, "The person is not qualified for the procedure";
    QualificationExpired = "qualification_expired", CONFLICT, "The person's qualification has run out";
    LotStatusNotPossible = "lot_status_not_possible", CONFLICT, "The lot's status does not follow from the one it has";
    LotPastItsDates = "lot_past_its_dates", CONFLICT, "The lot has expired or is to be tested again";
    NumberTaken = "number_taken", CONFLICT, "There is a lot with this number in the plant";
    NumberInvalid = "number_invalid", UNPROCESSABLE_ENTITY, "The number is missing, too long, or none that a label carries";
    MaterialInvalid = "material_invalid", UNPROCESSABLE_ENTITY,
        "The material's code or name is missing, too long, or holds what none does";
    SupplierInvalid = "supplier_invalid", UNPROCESSABLE_ENTITY,
        "The supplier or the supplier's number is too long, or holds what none does";
    QuantityInvalid = "quantity_invalid", UNPROCESSABLE_ENTITY, "The quantity is to be more than nothing";
    UnitUnfit = "unit_unfit", UNPROCESSABLE_ENTITY, "A quantity of material is a mass, a volume or a count";
    PotencyInvalid = "potency_invalid", UNPROCESSABLE_ENTITY, "The potency is to be above 0 and at most 200 per cent";
    DatesContradict = "dates_contradict", UNPROCESSABLE_ENTITY, "The days do not follow each other";
    EquipmentStateDiffers = "equipment_state_differs", CONFLICT, "That is not done with equipment in this state";
    CleaningNotDone = "cleaning_not_done", CONFLICT, "There is no cleaning to be verified";
    CleanedBySamePerson = "cleaned_by_same_person", FORBIDDEN, "Who has cleaned equipment does not verify it";
    EquipmentNotClean = "equipment_not_clean", CONFLICT, "The equipment is not clean";
    EquipmentCalibrationOverdue = "equipment_calibration_overdue", CONFLICT, "The equipment is to be calibrated first";
    CodeTaken = "code_taken", CONFLICT, "There is equipment with this code in the plant";
    CodeInvalid = "code_invalid", UNPROCESSABLE_ENTITY, "The code is missing, too long, or none that a label carries";
    KindInvalid = "kind_invalid", UNPROCESSABLE_ENTITY, "The kind is missing, too long, or holds what none does";
    BatchRequired = "batch_required", UNPROCESSABLE_ENTITY, "The batch that the equipment is used for is missing";
    CleanUntilInvalid = "clean_until_invalid", UNPROCESSABLE_ENTITY, "Until when it counts as clean must lie ahead";
    CalibrationDueInvalid = "calibration_due_invalid", UNPROCESSABLE_ENTITY, "The next calibration must lie ahead";
    AlreadyQualified = "already_qualified", CONFLICT, "The person has a qualification for the procedure, to be renewed";
    AlreadyWithdrawn = "already_withdrawn", CONFLICT, "The qualification is withdrawn already";
    OwnQualification = "own_qualification", FORBIDDEN, "Nobody qualifies themselves";
    ValidUntilInvalid = "valid_until_invalid", UNPROCESSABLE_ENTITY,
        "A qualification is valid from today on, for at most ten years";
    ProcedureCodeInvalid = "procedure_code_invalid", UNPROCESSABLE_ENTITY,
        "The procedure's code is missing, too long, or holds what none does";
    ProcedureTitleInvalid = "procedure_title_invalid", UNPROCESSABLE_ENTITY,
        "The procedure's title is missing, too long, or holds what none does";
    PersonUnknown = "person_unknown", UNPROCESSABLE_ENTITY, "There is no active person of that id in the plant";
    CursorInvalid = "cursor_invalid", UNPROCESSABLE_ENTITY, "The cursor is not one of this list";
    DatabaseUnreachable = "database_unreachable", SERVICE_UNAVAILABLE, "The server cannot reach its database";
}

/// Why a request failed.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub code: ProblemCode,
    /// Sent; says what about this request was wrong.
    pub detail: Option<String>,
    /// Sent in the header `Retry-After` too.
    pub retry_after_seconds: Option<u64>,
    /// Sent under the old paths: what is wrong, field by field.
    pub fields: Vec<FieldError>,
    /// Sent; everything that is wrong with a master batch record, place by place.
    pub faults: Box<[Fault]>,
    /// Sent; everything that stands against the review or the release of a batch.
    pub blockers: Box<[ReleaseBlocker]>,
    /// Logged, never sent.
    pub cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self {
            code,
            detail: None,
            retry_after_seconds: None,
            fields: Vec::new(),
            faults: Box::default(),
            blockers: Box::default(),
            cause: None,
        }
    }

    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    #[must_use]
    pub fn with_fields(self, fields: Vec<FieldError>) -> Self {
        Self { fields, ..self }
    }

    #[must_use]
    pub fn with_faults(self, faults: Vec<Fault>) -> Self {
        Self { faults: faults.into_boxed_slice(), ..self }
    }

    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    /// Something that no caller can do anything about.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(ProblemCode::Internal).caused_by(cause)
    }

    /// A store of the sync protocol failed; the database's own reason is inside.
    #[must_use]
    pub fn from_store(error: viruj_sync::store::StoreError) -> Self {
        match error.0.downcast::<StorageError>() {
            Ok(error) => (*error).into(),
            Err(other) => Self::internal(other),
        }
    }

    #[must_use]
    pub fn caused_by(self, cause: impl Into<Cause>) -> Self {
        Self { cause: Some(Arc::from(cause.into())), ..self }
    }

    /// The status and the text of the old backend.
    #[must_use]
    pub fn legacy(&self) -> (StatusCode, ErrorBody) {
        let (status, text) = match self.code {
            ProblemCode::NotAuthenticated => (StatusCode::FORBIDDEN, "Not authenticated"),
            ProblemCode::InvalidToken => (StatusCode::UNAUTHORIZED, "Could not validate credentials"),
            ProblemCode::InvalidCredentials => (StatusCode::UNAUTHORIZED, "Invalid email or password"),
            ProblemCode::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
            ProblemCode::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
            ProblemCode::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
            other => (other.status(), other.title()),
        };
        let detail = match &self.detail {
            _ if !self.fields.is_empty() => Detail::Fields(self.fields.clone()),
            Some(detail) => Detail::Text(detail.clone()),
            None => Detail::Text(text.to_owned()),
        };
        (status, ErrorBody { detail })
    }
}

impl From<ProblemCode> for ApiError {
    fn from(code: ProblemCode) -> Self {
        Self::new(code)
    }
}

impl From<LifecycleRefusal> for ApiError {
    fn from(refusal: LifecycleRefusal) -> Self {
        let code = match refusal {
            LifecycleRefusal::NotAuthorised => ProblemCode::NotAuthorised,
            LifecycleRefusal::NotInThisStatus(_) => ProblemCode::StepNotAllowed,
            LifecycleRefusal::OwnWork => ProblemCode::OwnWork,
            LifecycleRefusal::HasFaults => ProblemCode::MasterRecordHasFaults,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<CourseRefusal> for ApiError {
    fn from(refusal: CourseRefusal) -> Self {
        let code = match refusal {
            CourseRefusal::NotAuthorised => ProblemCode::NotAuthorised,
            CourseRefusal::NotInThisStatus(_) => ProblemCode::StepNotAllowed,
            CourseRefusal::Decided(_) => ProblemCode::BatchDecided,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<DeviationRefusal> for ApiError {
    fn from(refusal: DeviationRefusal) -> Self {
        let code = match refusal {
            DeviationRefusal::NotAuthorised => ProblemCode::NotAuthorised,
            DeviationRefusal::NotInThisStatus(_) => ProblemCode::StepNotAllowed,
            DeviationRefusal::OwnValue => ProblemCode::OwnValue,
            DeviationRefusal::OwnInvestigation => ProblemCode::OwnInvestigation,
            DeviationRefusal::OwnReview => ProblemCode::OwnReview,
            DeviationRefusal::Incomplete(Missing::RootCause) => ProblemCode::RootCauseMissing,
            DeviationRefusal::Incomplete(Missing::Disposition) => ProblemCode::DispositionMissing,
            DeviationRefusal::Incomplete(Missing::DispositionReason) => ProblemCode::DispositionReasonMissing,
            DeviationRefusal::Incomplete(Missing::RepeatImpossible) => ProblemCode::RepeatImpossible,
            DeviationRefusal::Incomplete(Missing::Capa) => ProblemCode::CapaMissing,
            DeviationRefusal::Incomplete(Missing::CapaPlan) => ProblemCode::CapaPlanMissing,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<ReviewRefusal> for ApiError {
    fn from(refusal: ReviewRefusal) -> Self {
        let (code, detail) = (review_code(&refusal), refusal.to_string());
        let blockers = match refusal {
            ReviewRefusal::BlockersRemain(blockers) => blockers.into_iter().map(Into::into).collect(),
            _ => Box::default(),
        };
        Self { blockers, ..Self::new(code).with_detail(detail) }
    }
}

fn review_code(refusal: &ReviewRefusal) -> ProblemCode {
    match refusal {
        ReviewRefusal::NotAuthorised => ProblemCode::NotAuthorised,
        ReviewRefusal::NotUnderReview(_) => ProblemCode::NotUnderReview,
        ReviewRefusal::OwnWork => ProblemCode::OwnWork,
        ReviewRefusal::OwnReview => ProblemCode::OwnReview,
        ReviewRefusal::BlockersRemain(_) => ProblemCode::BlockersRemain,
        ReviewRefusal::DeviationOpen => ProblemCode::DeviationOpen,
        ReviewRefusal::QueryIs(_) => ProblemCode::QueryStepNotAllowed,
        ReviewRefusal::OwnQuery => ProblemCode::OwnQuery,
    }
}

impl From<AttachmentFault> for ProblemCode {
    fn from(fault: AttachmentFault) -> Self {
        match fault {
            AttachmentFault::Empty => Self::AttachmentEmpty,
            AttachmentFault::TooLarge => Self::AttachmentTooLarge,
            AttachmentFault::NameUnfit => Self::AttachmentNameUnfit,
            AttachmentFault::TypeUnknown => Self::AttachmentTypeUnknown,
            AttachmentFault::TypeNotAccepted => Self::AttachmentTypeNotAccepted,
            AttachmentFault::Malformed => Self::AttachmentMalformed,
            AttachmentFault::HidesAnother => Self::AttachmentHidesAnother,
            AttachmentFault::TooManyPixels => Self::AttachmentTooManyPixels,
            AttachmentFault::ArchiveTooLarge => Self::ArchiveTooLarge,
            AttachmentFault::ArchiveLink => Self::ArchiveLink,
            AttachmentFault::ArchiveName => Self::ArchiveName,
            AttachmentFault::ArchiveEncrypted => Self::ArchiveEncrypted,
            AttachmentFault::ArchiveOverlap => Self::ArchiveOverlap,
            AttachmentFault::HashUnfit => Self::AttachmentHashUnfit,
        }
    }
}

impl From<&Unfit> for ProblemCode {
    fn from(unfit: &Unfit) -> Self {
        match unfit {
            Unfit::LotUnknown { .. } => Self::LotUnknown,
            Unfit::LotOfOtherMaterial { .. } => Self::LotOfOtherMaterial,
            Unfit::LotNotApproved { .. } => Self::LotNotApproved,
            Unfit::LotExpired { .. } => Self::LotExpired,
            Unfit::LotRetestDue { .. } => Self::LotRetestDue,
            Unfit::NoLotFit { .. } => Self::NoLotFit,
            Unfit::EquipmentUnknown { .. } => Self::EquipmentUnknown,
            Unfit::EquipmentOfOtherKind { .. } => Self::EquipmentOfOtherKind,
            Unfit::EquipmentOnHold { .. } => Self::EquipmentOnHold,
            Unfit::EquipmentNotReady { .. } => Self::EquipmentNotReady,
            Unfit::EquipmentInUse { .. } => Self::EquipmentInUse,
            Unfit::CalibrationOverdue { .. } => Self::CalibrationOverdue,
            Unfit::EquipmentDirty { .. } => Self::EquipmentDirty,
            Unfit::CleaningNotVerified { .. } => Self::CleaningNotVerified,
            Unfit::CleaningExpired { .. } => Self::CleaningExpired,
            Unfit::NoEquipmentFit { .. } => Self::NoEquipmentFit,
            Unfit::QualificationMissing { .. } => Self::QualificationMissing,
            Unfit::QualificationExpired { .. } => Self::QualificationExpired,
        }
    }
}

impl From<LotRefusal> for ApiError {
    fn from(refusal: LotRefusal) -> Self {
        let code = match refusal {
            LotRefusal::NotAuthorised => ProblemCode::NotAuthorised,
            LotRefusal::StatusNotPossible { .. } => ProblemCode::LotStatusNotPossible,
            LotRefusal::OwnWork => ProblemCode::OwnWork,
            LotRefusal::PastItsDates => ProblemCode::LotPastItsDates,
            LotRefusal::QuantityInvalid => ProblemCode::QuantityInvalid,
            LotRefusal::UnitUnfit => ProblemCode::UnitUnfit,
            LotRefusal::PotencyInvalid => ProblemCode::PotencyInvalid,
            LotRefusal::DatesContradict => ProblemCode::DatesContradict,
            LotRefusal::NumberInvalid => ProblemCode::NumberInvalid,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<EquipmentRefusal> for ApiError {
    fn from(refusal: EquipmentRefusal) -> Self {
        let code = match refusal {
            EquipmentRefusal::NotAuthorised => ProblemCode::NotAuthorised,
            EquipmentRefusal::NotInThisState(_) => ProblemCode::EquipmentStateDiffers,
            EquipmentRefusal::NothingToVerify => ProblemCode::CleaningNotDone,
            EquipmentRefusal::SamePerson => ProblemCode::CleanedBySamePerson,
            EquipmentRefusal::NotClean => ProblemCode::EquipmentNotClean,
            EquipmentRefusal::CalibrationOverdue(_) => ProblemCode::EquipmentCalibrationOverdue,
            EquipmentRefusal::BatchRequired => ProblemCode::BatchRequired,
            EquipmentRefusal::CleanUntilInvalid => ProblemCode::CleanUntilInvalid,
            EquipmentRefusal::CalibrationDueInvalid => ProblemCode::CalibrationDueInvalid,
            EquipmentRefusal::CodeInvalid => ProblemCode::CodeInvalid,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<QualificationRefusal> for ApiError {
    fn from(refusal: QualificationRefusal) -> Self {
        let code = match refusal {
            QualificationRefusal::NotAuthorised => ProblemCode::NotAuthorised,
            QualificationRefusal::OwnQualification => ProblemCode::OwnQualification,
            QualificationRefusal::AlreadyGranted => ProblemCode::AlreadyQualified,
            QualificationRefusal::AlreadyWithdrawn => ProblemCode::AlreadyWithdrawn,
            QualificationRefusal::ValidUntilInvalid => ProblemCode::ValidUntilInvalid,
            QualificationRefusal::ProcedureCodeInvalid => ProblemCode::ProcedureCodeInvalid,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<CapaRefusal> for ApiError {
    fn from(refusal: CapaRefusal) -> Self {
        let code = match refusal {
            CapaRefusal::NotAuthorised => ProblemCode::NotAuthorised,
            CapaRefusal::NotInThisStatus(_) => ProblemCode::StepNotAllowed,
            CapaRefusal::OwnAction => ProblemCode::OwnAction,
            CapaRefusal::AlreadyJudged => ProblemCode::AlreadyJudged,
            CapaRefusal::NotJudged => ProblemCode::EffectivenessMissing,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<Unsuitable> for ApiError {
    fn from(unsuitable: Unsuitable) -> Self {
        let code = match unsuitable {
            Unsuitable::TooShort => ProblemCode::PasswordTooShort,
            Unsuitable::TooLong => ProblemCode::PasswordTooLong,
            Unsuitable::TooCommon => ProblemCode::PasswordTooCommon,
            Unsuitable::TooPersonal => ProblemCode::PasswordTooPersonal,
            Unsuitable::Unchanged => ProblemCode::PasswordUnchanged,
        };
        Self::new(code).with_detail(unsuitable.to_string())
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unreachable(_) | StorageError::AccessRefused(_) => {
                Self::new(ProblemCode::DatabaseUnreachable).retry_after(5).caused_by(error)
            }
            StorageError::DiskFull(_) => Self::new(ProblemCode::DatabaseFull).caused_by(error),
            StorageError::CursorInvalid => ProblemCode::CursorInvalid.into(),
            error => Self::internal(error),
        }
    }
}

impl IntoResponse for ApiError {
    /// The body is written by the outermost layer, which knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_snake_case() {
        let mut codes: Vec<_> = ProblemCode::ALL.iter().map(|code| code.code()).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }

    /// The station reads the rules' own codes; the server must not have others for the same thing.
    #[test]
    fn refusals_of_a_step_keep_their_codes() {
        for refusal in [
            LifecycleRefusal::NotAuthorised,
            LifecycleRefusal::NotInThisStatus(viruj_domain::master::MasterRecordStatus::Approved),
            LifecycleRefusal::OwnWork,
            LifecycleRefusal::HasFaults,
        ] {
            assert_eq!(ApiError::from(refusal).code.code(), refusal.code());
        }
        for refusal in [
            CourseRefusal::NotAuthorised,
            CourseRefusal::NotInThisStatus(viruj_domain::batch::BatchStatus::OnHold),
            CourseRefusal::Decided(viruj_domain::batch::ReleaseStatus::Released),
        ] {
            assert_eq!(ApiError::from(refusal).code.code(), refusal.code());
        }
    }

    /// What lies behind a code in the rules and at the server is one word.
    #[test]
    fn refusals_of_the_registers_keep_their_codes() {
        use viruj_domain::{equipment::EquipmentState, lot::LotStatus};
        for refusal in [
            LotRefusal::NotAuthorised,
            LotRefusal::StatusNotPossible { from: LotStatus::Rejected, to: LotStatus::Approved },
            LotRefusal::OwnWork,
            LotRefusal::PastItsDates,
            LotRefusal::QuantityInvalid,
            LotRefusal::UnitUnfit,
            LotRefusal::PotencyInvalid,
            LotRefusal::DatesContradict,
            LotRefusal::NumberInvalid,
        ] {
            assert_eq!(ApiError::from(refusal).code.code(), refusal.code());
        }
        let day = chrono::NaiveDate::default();
        for refusal in [
            EquipmentRefusal::NotAuthorised,
            EquipmentRefusal::NotInThisState(EquipmentState::Idle),
            EquipmentRefusal::NothingToVerify,
            EquipmentRefusal::SamePerson,
            EquipmentRefusal::NotClean,
            EquipmentRefusal::CalibrationOverdue(day),
            EquipmentRefusal::BatchRequired,
            EquipmentRefusal::CleanUntilInvalid,
            EquipmentRefusal::CalibrationDueInvalid,
            EquipmentRefusal::CodeInvalid,
        ] {
            let code = refusal.code();
            assert_eq!(ApiError::from(refusal).code.code(), code);
        }
        for refusal in [
            QualificationRefusal::NotAuthorised,
            QualificationRefusal::OwnQualification,
            QualificationRefusal::AlreadyGranted,
            QualificationRefusal::AlreadyWithdrawn,
            QualificationRefusal::ValidUntilInvalid,
            QualificationRefusal::ProcedureCodeInvalid,
        ] {
            assert_eq!(ApiError::from(refusal).code.code(), refusal.code());
        }
        let (lot, equipment, kind) = (String::new(), String::new(), String::new());
        let (material, material_code, procedure) = (String::new(), String::new(), String::new());
        for unfit in [
            Unfit::LotUnknown { lot: lot.clone() },
            Unfit::LotOfOtherMaterial { lot: lot.clone(), material_code },
            Unfit::LotNotApproved { lot: lot.clone(), status: LotStatus::Pending },
            Unfit::LotExpired { lot: lot.clone(), on: day },
            Unfit::LotRetestDue { lot, on: day },
            Unfit::NoLotFit { material },
            Unfit::EquipmentUnknown { equipment: equipment.clone() },
            Unfit::EquipmentOfOtherKind { equipment: equipment.clone(), kind: kind.clone() },
            Unfit::EquipmentOnHold { equipment: equipment.clone() },
            Unfit::EquipmentNotReady { equipment: equipment.clone(), state: EquipmentState::Cleaning },
            Unfit::EquipmentInUse { equipment: equipment.clone() },
            Unfit::CalibrationOverdue { equipment: equipment.clone(), on: day },
            Unfit::EquipmentDirty { equipment: equipment.clone() },
            Unfit::CleaningNotVerified { equipment: equipment.clone() },
            Unfit::CleaningExpired { equipment, until: chrono::DateTime::UNIX_EPOCH },
            Unfit::NoEquipmentFit { kind },
            Unfit::QualificationMissing { procedure: procedure.clone() },
            Unfit::QualificationExpired { procedure, on: day },
        ] {
            assert_eq!(ProblemCode::from(&unfit).code(), unfit.code());
        }
    }

    #[test]
    fn refusals_of_deviations_and_actions_keep_their_codes() {
        use viruj_domain::deviation::{DeviationStatus, capa::CapaStatus};
        let missing = [
            Missing::RootCause,
            Missing::Disposition,
            Missing::DispositionReason,
            Missing::RepeatImpossible,
            Missing::Capa,
            Missing::CapaPlan,
        ];
        for refusal in [
            DeviationRefusal::NotAuthorised,
            DeviationRefusal::NotInThisStatus(DeviationStatus::Closed),
            DeviationRefusal::OwnValue,
            DeviationRefusal::OwnInvestigation,
            DeviationRefusal::OwnReview,
        ]
        .into_iter()
        .chain(missing.map(DeviationRefusal::Incomplete))
        {
            assert_eq!(ApiError::from(refusal).code.code(), refusal.code());
        }
        for refusal in [
            CapaRefusal::NotAuthorised,
            CapaRefusal::NotInThisStatus(CapaStatus::Closed),
            CapaRefusal::OwnAction,
            CapaRefusal::AlreadyJudged,
            CapaRefusal::NotJudged,
        ] {
            assert_eq!(ApiError::from(refusal).code.code(), refusal.code());
        }
    }

    #[test]
    fn the_table_of_problems_in_the_docs_is_this_one() {
        let mut table = "<!-- problems -->\n\n| `code` | status | meaning |\n|---|---|---|\n".to_owned();
        for code in ProblemCode::ALL {
            table += &format!("| `{}` | {} | {} |\n", code.code(), code.status().as_u16(), code.title());
        }
        let docs = include_str!("../../../docs/api-design.md");
        assert!(docs.contains(&format!("{table}\n")), "docs/api-design.md is to hold:\n{table}");
    }
}
