-- What was ever given to a person stays theirs, and a creation that is sent twice is done once.

-- An id or an address that somebody has, or ever had, is never handed out again (21 CFR 11.100).
CREATE TABLE identities (
    kind text NOT NULL CHECK (kind IN ('id', 'email')),
    -- NFKC and case-folded (21 CFR 11.300(a)).
    folded text NOT NULL,
    user_id text NOT NULL,
    PRIMARY KEY (kind, folded)
);

-- Legacy rows may clash; the first of them keeps the word, and the others stay as they are.
INSERT INTO identities (kind, folded, user_id)
SELECT 'id', lower(normalize(id, NFKC)), id FROM users ORDER BY created_at, id
ON CONFLICT DO NOTHING;
INSERT INTO identities (kind, folded, user_id)
SELECT 'email', lower(normalize(email, NFKC)), id FROM users ORDER BY created_at, id
ON CONFLICT DO NOTHING;

CREATE FUNCTION viruj_keep_identity(kind_now text, word text, owner_id text, broken text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.identities (kind, folded, user_id) VALUES (kind_now, lower(normalize(word, NFKC)), owner_id)
    ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT FROM public.identities
        WHERE kind = kind_now AND folded = lower(normalize(word, NFKC)) AND user_id = owner_id) THEN
        RAISE EXCEPTION 'this % was given to somebody before', kind_now
            USING ERRCODE = 'unique_violation', CONSTRAINT = broken;
    END IF;
END $$;

CREATE FUNCTION viruj_keep_identities() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM public.viruj_keep_identity('id', NEW.id, NEW.id, 'users_pkey');
    END IF;
    IF TG_OP = 'INSERT' OR lower(normalize(NEW.email, NFKC)) <> lower(normalize(OLD.email, NFKC)) THEN
        PERFORM public.viruj_keep_identity('email', NEW.email, NEW.id, 'users_login_key_unique');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_identities AFTER INSERT OR UPDATE OF email ON users
    FOR EACH ROW EXECUTE FUNCTION viruj_keep_identities();

-- Answers to creations, kept for a day and shared by the replicas; the bytes are sealed, since one may hold a secret.
CREATE TABLE idempotency_keys (
    user_id text NOT NULL,
    key text NOT NULL,
    operation text NOT NULL,
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    status smallint,
    sealed_answer bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idx_idempotency_keys_expiry ON idempotency_keys (expires_at);

REVOKE ALL ON identities, idempotency_keys FROM PUBLIC, viruj_runtime;
REVOKE ALL ON FUNCTION viruj_keep_identity(text, text, text, text), viruj_keep_identities() FROM PUBLIC;
GRANT SELECT ON identities TO viruj_runtime;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO viruj_runtime;
