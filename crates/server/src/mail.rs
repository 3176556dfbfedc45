//! Messages to people by SMTP.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

use crate::secrets::Secret;

/// `SMTP_URL` and `SMTP_FROM`.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Carries a password.
    url: Secret,
    from: Mailbox,
}

/// Why no message can be sent with these settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailSettingsError {
    #[error("SMTP_URL and SMTP_FROM belong together; {0} is not set")]
    Missing(&'static str),
    #[error("SMTP_FROM is {0:?}, which is not an address, for example Viruj <viruj@pharma.example>")]
    From(String),
    #[error("SMTP_URL is not one, for example smtps://name:password@mail.pharma.example")]
    Url,
    #[error("SMTP_URL would send codes unencrypted; use smtps:// or smtp://…?tls=required")]
    Unencrypted,
}

/// A message was not taken by the mail server.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the message cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("the address cannot be written to: {0}")]
    Address(#[from] lettre::address::AddressError),
    #[error("the mail server did not take the message: {0}")]
    Smtp(#[from] lettre::transport::smtp::Error),
}

/// The way to the mail server.
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl MailSettings {
    /// `None` when neither is set: the server sends no messages.
    ///
    /// # Errors
    /// [`MailSettingsError`] names the variable.
    pub fn read(url: Option<String>, from: Option<String>) -> Result<Option<Self>, MailSettingsError> {
        let (url, from) = match (url, from) {
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(MailSettingsError::Missing("SMTP_FROM")),
            (None, Some(_)) => return Err(MailSettingsError::Missing("SMTP_URL")),
            (Some(url), Some(from)) => (url, from),
        };
        let from = from.parse().map_err(|_| MailSettingsError::From(from))?;
        if is_unencrypted(&url)? {
            return Err(MailSettingsError::Unencrypted);
        }
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(|_| MailSettingsError::Url)?;
        Ok(Some(Self { url: Secret::new(url), from }))
    }
}

/// Beyond this machine a code travels encrypted or not at all.
fn is_unencrypted(url: &str) -> Result<bool, MailSettingsError> {
    let address: http::Uri = url.parse().map_err(|_| MailSettingsError::Url)?;
    let host = address.host().ok_or(MailSettingsError::Url)?.trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|host| host.is_loopback());
    match address.scheme_str() {
        Some("smtps") => Ok(false),
        Some("smtp") => Ok(!is_loopback && !address.query().is_some_and(|query| query.contains("tls=required"))),
        _ => Err(MailSettingsError::Url),
    }
}

impl Mail {
    /// # Errors
    /// [`MailSettingsError::Url`].
    pub fn new(settings: &MailSettings) -> Result<Self, MailSettingsError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.url.expose())
            .map_err(|_| MailSettingsError::Url)?
            .timeout(Some(std::time::Duration::from_secs(15)))
            .build();
        Ok(Self { transport, from: settings.from.clone() })
    }

    /// Sends a plain text to one person.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn send(&self, name: &str, address: &str, subject: &str, text: String) -> Result<(), MailError> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(name.to_owned()), address.parse()?))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)?;
        self.transport.send(message).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Option<MailSettings>, MailSettingsError> {
        MailSettings::read(Some(url.to_owned()), Some("Viruj <viruj@pharma.example>".to_owned()))
    }

    #[test]
    fn codes_travel_encrypted_beyond_this_machine() {
        for good in [
            "smtp://127.0.0.1:2525",
            "smtp://[::1]:2525",
            "smtps://name:pass@mail.pharma.example",
            "smtp://mail.pharma.example:587?tls=required",
        ] {
            assert!(read(good).is_ok_and(|settings| settings.is_some()), "{good}");
        }
        assert_eq!(read("smtp://mail.pharma.example").err(), Some(MailSettingsError::Unencrypted));
        assert_eq!(read("smtp://mail.pharma.example?tls=opportunistic").err(), Some(MailSettingsError::Unencrypted));
        for wrong in ["mail.pharma.example", "https://mail.pharma.example", ""] {
            assert_eq!(read(wrong).err(), Some(MailSettingsError::Url), "{wrong}");
        }
    }

    #[test]
    fn both_or_neither() {
        assert!(MailSettings::read(None, None).is_ok_and(|settings| settings.is_none()));
        let url = Some("smtp://127.0.0.1".to_owned());
        assert_eq!(MailSettings::read(url.clone(), None).err(), Some(MailSettingsError::Missing("SMTP_FROM")));
        let from = Some("nobody".to_owned());
        assert_eq!(MailSettings::read(url, from).err(), Some(MailSettingsError::From("nobody".into())));
    }
}
