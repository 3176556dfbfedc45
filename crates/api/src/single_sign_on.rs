//! Signing in at the identity provider of the company (OpenID Connect, authorisation code with PKCE).
//!
//! The station asks the server to begin, opens the address in the system's browser and listens on its own machine for
//! the answer (RFC 8252). It hands the answer to the server, which alone speaks to the provider.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The path on the station's own machine to which the provider sends the browser back.
pub const RETURN_PATH: &str = "/single-sign-on";

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginSingleSignOn {
    /// Where the station listens on 127.0.0.1, 1024 to 65535.
    #[schema(minimum = 1024, maximum = 65535)]
    pub port: u16,
}

/// A sign-in that was begun; it is good for ten minutes.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct BegunSingleSignOn {
    /// For the system's browser.
    pub authorisation_url: String,
    /// Comes back with the answer; anything else is not the answer to this.
    pub state: String,
    /// Known to the station alone: whoever hands in the answer proves with it to have begun.
    pub proof: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishSingleSignOn {
    pub state: String,
    pub proof: String,
    /// The provider's authorisation code; it works once.
    pub code: String,
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}
redacted!(BegunSingleSignOn, FinishSingleSignOn);
