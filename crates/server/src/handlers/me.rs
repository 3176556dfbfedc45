//! One's own account.

pub mod account;
pub mod certify_key;
pub mod change_password;
pub mod revoke_session;
pub mod second_factor;
pub mod sessions;
pub mod show;
