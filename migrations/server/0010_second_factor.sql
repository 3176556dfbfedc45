-- The second factor: a secret that is sealed under the server's key, and codes for the day the device is gone.

CREATE TABLE second_factors (
    user_id text PRIMARY KEY REFERENCES users (id),
    sealed_secret bytea NOT NULL,
    begun_at timestamptz NOT NULL,
    -- Until a code has shown that the device holds the secret, nobody is asked for one.
    confirmed_at timestamptz,
    -- The newest step whose code was taken: a code works once, and none before it works any more.
    last_step bigint NOT NULL DEFAULT 0
);

-- A used one is gone; that it was used is an event in the trail.
CREATE TABLE recovery_codes (
    user_id text NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    PRIMARY KEY (user_id, code_hash)
);

SELECT viruj_follow('second_factors', 'user_id', '', 'sealed_secret', 'last_step');

REVOKE ALL ON second_factors, recovery_codes FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON second_factors, recovery_codes TO viruj_runtime;
