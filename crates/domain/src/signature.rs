//! Electronic signatures (21 CFR 11.50, 11.70, 11.200).

use crate::role::words;

words! {
    /// What a signature means (21 CFR 11.50(a)(3)).
    SignatureMeaning {
        Performed = "performed",
        Verified = "verified",
        Reviewed = "reviewed",
        Approved = "approved",
        Released = "released",
        Rejected = "rejected",
    }
}

words! {
    /// How a signature was made.
    SignatureMethod {
        /// The server saw the password and attested the statement.
        ServerAttested = "server_attested",
        /// The person's own key signed the statement.
        PersonKey = "person_key",
    }
}
