-- Who a person is at the identity provider of the company. The subject never changes and is never given to somebody
-- else (OpenID Connect Core 1.0, section 5.7); an e-mail address may be.

CREATE TABLE person_identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id text NOT NULL REFERENCES users (id),
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    -- Whoever gets a colleague's old address gets nothing of the colleague's account.
    UNIQUE (user_id, issuer)
);
SELECT viruj_follow('person_identities', 'issuer,subject', '');

REVOKE ALL ON person_identities FROM PUBLIC, viruj_runtime;
GRANT SELECT, INSERT, DELETE ON person_identities TO viruj_runtime;
