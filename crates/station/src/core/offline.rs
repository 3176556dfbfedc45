//! People while the server is away: who may sign in, and what their own key signs.

use chrono::TimeDelta;
use ed25519_dalek::SigningKey;
use viruj_api::{
    people::Person,
    person_keys::{CertifyPersonKey, SignedCertificate},
    statement::{Action, FORMAT_VERSION, PersonSlot, Statement},
    station::{QueryKey, SignedInPerson},
};
use viruj_client::ClientError;
use viruj_domain::{
    capability::Capability,
    ids::OperationId,
    signature::{KEY_LIFE, KeyFault, KeyValidity, SessionEvent},
};
use viruj_sync::signing::{key_id, prove_possession, sign_statement, statement_bytes, to_base64, verify_certificate};

use super::{Session, StationCore, blocking};
use crate::{
    StationError,
    person_keys::{WrappedKey, new_key},
    store::{
        Credential,
        facts::{self, RememberedPerson, StationIdentity},
    },
};

/// Passwords that do not open a person's key before the station takes none for a while (21 CFR 11.300(d)).
const ATTEMPTS: u32 = 5;
const LOCKED: TimeDelta = TimeDelta::minutes(15);

impl StationCore {
    /// Signs in somebody who has signed in here before, while the server is away.
    ///
    /// # Errors
    /// `offline_sign_in_unknown`, `offline_sign_in_locked`, `invalid_credentials`, or why the person's key signs no more.
    pub(super) async fn sign_in_offline(&self, email: &str, password: &str) -> Result<SignedInPerson, StationError> {
        let identity = self.registered()?;
        let credential = self.store.credential_with_email(email).await?.ok_or(StationError::OfflineUnknown)?;
        let person = self.person_now(&credential).await?;
        if !person.is_active {
            return Err(KeyFault::Retired.into());
        }
        let recording = self.recording.lock().await;
        self.open_key(&identity, &credential, password).await.map_err(|error| match error {
            StationError::WrongPassword => StationError::InvalidCredentials,
            other => other,
        })?;
        self.note_session(&identity, &person, SessionEvent::Opened).await?;
        drop(recording);
        self.cancel_single_sign_on();
        let _refreshing = self.refreshing.lock().await;
        self.revoke_later().await?;
        let remembered = RememberedPerson {
            person: person.clone(),
            signed_in_at: self.now(),
            must_change_password: false,
            is_without_server: true,
        };
        self.store.set_fact(facts::REMEMBERED, &remembered).await?;
        let session = Session { is_without_server: true, ..Session::new(person) };
        let view = session.view();
        self.state_mut().session = Some(session);
        self.tell(&[QueryKey::Person, QueryKey::Status, QueryKey::Batches, QueryKey::Batch, QueryKey::Unsent]);
        Ok(view)
    }

    /// The person signs with their own key, which the password opens. The caller holds the lock of recording.
    ///
    /// # Errors
    /// `signature_needs_server` where the person has no key here, `identification_required` at the first signature of a
    /// session without the address (21 CFR 11.200(a)(1)), `wrong_password`, `clock_behind`.
    pub(super) async fn sign_by_key(
        &self,
        identity: &StationIdentity,
        session: &Session,
        (email, password): (Option<&str>, &str),
        statement: &[u8],
    ) -> Result<PersonSlot, StationError> {
        let credential = self.store.credential(&session.person.id).await?;
        let credential = credential.ok_or(StationError::SignatureNeedsServer)?;
        if email.is_none() && !session.has_signed {
            return Err(StationError::IdentificationRequired);
        }
        self.check_clock(identity).await?;
        let key = self.open_key(identity, &credential, password).await?;
        Ok(sign_statement(statement, &key, credential.certificate))
    }

    /// Whether the person can sign without the server.
    pub(super) async fn has_key(&self, session: &Session) -> Result<bool, StationError> {
        let credential = self.store.credential(&session.person.id).await?;
        Ok(credential.is_some_and(|credential| credential.validity.check_at(self.latest_known_time()).is_ok()))
    }

    /// Makes sure that the person can sign in and sign here while the server is away, now that the server is there.
    ///
    /// Without it everything else goes on: the next sign-in tries again.
    pub(super) async fn keep_key(&self, password: &str) {
        match self.make_key_usable(password).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(code = error.code(), %error, "the person has no key at this station"),
        }
    }

    async fn make_key_usable(&self, password: &str) -> Result<(), StationError> {
        let (Some(identity), Ok(session)) = (self.identity(), self.session()) else { return Ok(()) };
        if session.must_change_password || !session.person.role.can(Capability::BatchRead) {
            return Ok(());
        }
        let known = self.store.credential(&session.person.id).await?;
        let known = known.filter(|known| known.validity.retired_at.is_none());
        let opened = match &known {
            Some(known) => self.unwrapped(known, password).await?,
            None => None,
        };
        let is_fresh = known.as_ref().is_some_and(|known| {
            known.validity.expires_at > self.now() + KEY_LIFE / 2 && known.person.name == session.person.name
        });
        if opened.is_some() && is_fresh {
            return Ok(self.store.forget_attempts(&session.person.id).await?);
        }
        let is_new = opened.is_none();
        let key = opened.map_or_else(new_key, Ok)?;
        match self.certified(&identity, &session.person, &key, password).await {
            Err(StationError::Client(ClientError::Problem(problem))) if problem.code == "key_retired" && !is_new => {
                self.certified(&identity, &session.person, &new_key()?, password).await
            }
            done => done,
        }
    }

    async fn certified(
        &self,
        identity: &StationIdentity,
        person: &Person,
        key: &SigningKey,
        password: &str,
    ) -> Result<(), StationError> {
        let request = CertifyPersonKey {
            station_id: identity.station_id,
            public_key: to_base64(key.verifying_key().as_bytes()),
            possession: prove_possession(&person.id, identity.station_id, key),
            password: password.to_owned(),
        };
        let request = &request;
        let given: SignedCertificate =
            self.at_server(|client, token| async move { client.certify_key(token.expose(), request).await }).await?;
        let certificate =
            verify_certificate(&given, &Self::pinned_keys(identity)).map_err(|_| StationError::ServerChanged)?;
        let key_id = key_id(&key.verifying_key());
        if (&certificate.key_id, &certificate.person_id, certificate.station_id)
            != (&key_id, &person.id, identity.station_id)
        {
            return Err(StationError::ServerChanged);
        }
        let (secret, owner) = (zeroize::Zeroizing::new(password.to_owned()), person.id.0.clone());
        let key = key.clone();
        let wrapped = blocking(move || WrappedKey::wrap(&key, &secret, &owner)).await??;
        let validity = KeyValidity { expires_at: certificate.expires_at, retired_at: None };
        let person = person.clone();
        let credential = Credential { person, key_id, wrapped, certificate: given, validity, locked_until: None };
        Ok(self.store.keep_credential(&credential).await?)
    }

    /// The key, when the password is right; attempts count before they are tried, and failures are in the trail.
    async fn open_key(
        &self,
        identity: &StationIdentity,
        credential: &Credential,
        password: &str,
    ) -> Result<SigningKey, StationError> {
        let now = self.now();
        if let Some(until) = credential.locked_until.filter(|until| *until > now) {
            return Err(StationError::OfflineLocked { until });
        }
        credential.validity.check_at(self.latest_known_time())?;
        let person = self.person_now(credential).await?;
        let count = self.store.count_attempt(&person.id).await?;
        if let Some(key) = self.unwrapped(credential, password).await? {
            self.store.forget_attempts(&person.id).await?;
            return Ok(key);
        }
        if count < ATTEMPTS {
            self.note_session(identity, &person, SessionEvent::Failed).await?;
            return Err(StationError::WrongPassword);
        }
        let until = now + LOCKED;
        self.store.lock_credential(&person.id, until).await?;
        self.note_session(identity, &person, SessionEvent::Locked).await?;
        Err(StationError::OfflineLocked { until })
    }

    async fn unwrapped(&self, credential: &Credential, password: &str) -> Result<Option<SigningKey>, StationError> {
        let (wrapped, owner) = (credential.wrapped.clone(), credential.person.id.0.clone());
        let password = zeroize::Zeroizing::new(password.to_owned());
        Ok(blocking(move || wrapped.open(&password, &owner)).await??)
    }

    /// What the copy of the plant's rows knows of the person is newer than the credential.
    async fn person_now(&self, credential: &Credential) -> Result<Person, StationError> {
        Ok(self.store.person(&credential.person.id).await?.unwrap_or_else(|| credential.person.clone()))
    }

    /// What happened to a session without the server is an operation, too. The caller holds the lock of recording.
    pub(super) async fn note_session(
        &self,
        identity: &StationIdentity,
        person: &Person,
        event: SessionEvent,
    ) -> Result<(), StationError> {
        self.store.settle().await?;
        let plant = self.store.plant(&identity.plant_id).await?;
        let statement = Statement {
            format: FORMAT_VERSION,
            operation_id: OperationId(self.new_id()?),
            person_id: person.id.clone(),
            session_id: None,
            plant_id: identity.plant_id.clone(),
            batch_id: None,
            action: Action::Session { event },
            master_record: None,
            reason: None,
            meaning: None,
            shown_text: String::new(),
            language: "en".to_owned(),
            stated_at: self.now(),
            time_zone: plant.map_or_else(|| "UTC".to_owned(), |plant| plant.time_zone),
        };
        let bytes = statement_bytes(&statement)?;
        self.keep(identity, &person.name, (statement.operation_id, &bytes), (PersonSlot::None, None)).await?;
        Ok(())
    }
}
