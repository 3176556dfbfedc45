-- What lets a person who signed in here while the server was there sign in, and sign, while it is not.

CREATE TABLE credentials (
    person_id TEXT PRIMARY KEY,
    -- As it is compared: normalised, lower case.
    email TEXT NOT NULL,
    key_id TEXT NOT NULL,
    -- JSON: the key under the person's password.
    wrapped TEXT NOT NULL,
    -- JSON: the server's word for it.
    certificate TEXT NOT NULL,
    -- JSON: the person as the server knew them at that sign-in.
    person TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    -- Passwords that did not open the key since one did; counted before they are tried.
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT,
    retired_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX credentials_by_email ON credentials (email);
