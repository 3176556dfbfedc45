-- The audit trail, which is the feed of the stations too: one chain per plant, one for the system, one for rows that
-- belong to no plant (`unassigned`).
--
-- Triggers put every changed row into `audit_pending`; a deferred trigger, last in the transaction, locks the feeds it
-- needs in the order of their names and moves the rows into `audit_entries`. Feed order is therefore commit order,
-- without gaps. Nothing here depends on a setting that the application role can change, but the author's name.

CREATE TABLE feeds (
    feed text PRIMARY KEY,
    seq bigint NOT NULL DEFAULT 0,
    head_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
);

CREATE TABLE audit_entries (
    -- For one row its order is the order of the changes, across feeds.
    entry_id bigint NOT NULL UNIQUE,
    feed text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    -- Entries of one transaction are consecutive within a feed and carry the same number here.
    transaction_id bigint NOT NULL,
    -- A user's id, or `system:<what>`.
    actor text NOT NULL,
    station text,
    operation text,
    entity text NOT NULL,
    entity_id text NOT NULL,
    -- `created`, `changed`, `deleted`, `adopted`; other words are events without a row.
    action text NOT NULL,
    old_text text,
    new_text text,
    reason text,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (feed, seq)
);
CREATE INDEX idx_audit_entries_entity ON audit_entries (entity, entity_id, entry_id);

-- A row stays locked from its change to the commit, so the next change of it draws a greater number, in whatever feed.
CREATE SEQUENCE audit_order;

-- Dead rows of earlier transactions lie here until the next vacuum; the functions below look rows up by the index only
-- (`enable_seqscan = off`), so they never read past them.
-- Rows live here no longer than their transaction, so a crash may empty it; a sequence of its own would begin anew then.
CREATE UNLOGGED TABLE audit_pending (
    pending_id bigint PRIMARY KEY DEFAULT nextval('audit_order'),
    transaction_id xid8 NOT NULL,
    is_first boolean NOT NULL,
    feed text NOT NULL,
    actor text NOT NULL,
    station text,
    operation text,
    entity text NOT NULL,
    entity_id text NOT NULL,
    action text NOT NULL,
    old_text text,
    new_text text,
    reason text
);
CREATE INDEX idx_audit_pending_row ON audit_pending (transaction_id, entity, entity_id, pending_id);

-- A value as it enters the hash: four bytes of length (all ones for none), then its bytes.
-- Without a search path of its own it is inlined; only the functions below call it, and they fix theirs.
CREATE FUNCTION viruj_hashed_part(part bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN part IS NULL THEN '\xffffffff'::bytea ELSE int4send(octet_length(part)) || part END
$$;

-- A row as it enters the trail: secrets and long bytes as a hash mark, volatile columns left out.
CREATE FUNCTION viruj_trail_text(row_now jsonb, masked text, omitted text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text;
BEGIN
    IF omitted <> '' THEN
        row_now := row_now - string_to_array(omitted, ',');
    END IF;
    IF masked <> '' THEN
        FOREACH name IN ARRAY string_to_array(masked, ',') LOOP
            IF row_now ->> name IS NOT NULL THEN
                row_now := jsonb_set(row_now, ARRAY[name],
                    to_jsonb('sha256:' || encode(sha256(convert_to(row_now ->> name, 'UTF8')), 'hex')));
            END IF;
        END LOOP;
    END IF;
    RETURN row_now::text;
END $$;

CREATE FUNCTION viruj_row_key(row_now jsonb, key_columns text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT string_agg(row_now ->> part, ':' ORDER BY place)
    FROM unnest(string_to_array(key_columns, ',')) WITH ORDINALITY AS parts (part, place)
$$;

CREATE FUNCTION viruj_feed_of(row_now jsonb, plant_column text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN plant_column = '' THEN 'system' ELSE coalesce(row_now ->> plant_column, 'unassigned') END
$$;

CREATE FUNCTION viruj_setting(name text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting(name, true), '')
$$;

-- Arguments: key columns, plant column ('' for the system feed), masked columns, omitted columns, and `reason` when a
-- change needs one.
CREATE FUNCTION viruj_capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' SET enable_seqscan = off AS $$
DECLARE
    row_now jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    was text := CASE WHEN TG_OP <> 'INSERT' THEN public.viruj_trail_text(to_jsonb(OLD), TG_ARGV[2], TG_ARGV[3]) END;
    becomes text := CASE WHEN TG_OP <> 'DELETE' THEN public.viruj_trail_text(row_now, TG_ARGV[2], TG_ARGV[3]) END;
    now_actor text := public.viruj_setting('viruj.actor');
    now_station text := public.viruj_setting('viruj.station');
    now_operation text := public.viruj_setting('viruj.operation');
    now_reason text := public.viruj_setting('viruj.reason');
    key text := public.viruj_row_key(row_now, TG_ARGV[0]);
    -- With the collation of a text: a `name` would not be looked up in the index.
    table_name text := TG_TABLE_NAME;
    last public.audit_pending;
BEGIN
    IF TG_OP = 'UPDATE' AND was = becomes THEN
        RETURN NULL;
    END IF;
    IF now_actor IS NULL THEN
        RAISE EXCEPTION 'a change of % names no author', TG_TABLE_NAME USING ERRCODE = 'VJ001';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF public.viruj_row_key(to_jsonb(OLD), TG_ARGV[0]) <> key THEN
            RAISE EXCEPTION 'the key of a row of % never changes', TG_TABLE_NAME USING ERRCODE = 'VJ006';
        END IF;
        -- Several changes of one row by one author in one transaction are one entry.
        -- `+ 0` keeps the planner on the index of the row: the table's statistics never show how full it is just now.
        SELECT * INTO last FROM public.audit_pending
        WHERE transaction_id = pg_current_xact_id() AND entity = table_name AND entity_id = key
        ORDER BY pending_id + 0 DESC LIMIT 1;
        IF FOUND AND last.action IN ('created', 'changed')
            AND (last.actor, last.station, last.operation, last.reason)
                IS NOT DISTINCT FROM (now_actor, now_station, now_operation, now_reason) THEN
            UPDATE public.audit_pending
            SET new_text = becomes, feed = public.viruj_feed_of(row_now, TG_ARGV[1])
            WHERE pending_id = last.pending_id;
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' AND TG_ARGV[4] = 'reason' AND now_reason IS NULL AND now_operation IS NULL THEN
        RAISE EXCEPTION 'a change of % needs a reason', TG_TABLE_NAME USING ERRCODE = 'VJ002';
    END IF;
    INSERT INTO public.audit_pending
        (transaction_id, is_first, feed, actor, station, operation, entity, entity_id, action, old_text, new_text, reason)
    VALUES (
        pg_current_xact_id(),
        NOT EXISTS (SELECT FROM public.audit_pending WHERE transaction_id = pg_current_xact_id()),
        public.viruj_feed_of(row_now, TG_ARGV[1]), now_actor, now_station, now_operation, TG_TABLE_NAME, key,
        CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        was, becomes, now_reason);
    RETURN NULL;
END $$;

-- Something that happened without a changed row: a sign-in, a failed signature.
CREATE FUNCTION viruj_audit_event(entity text, entity_id text, action text, detail text, feed text DEFAULT 'system')
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF public.viruj_setting('viruj.actor') IS NULL THEN
        RAISE EXCEPTION 'an event of % names no author', entity USING ERRCODE = 'VJ001';
    END IF;
    IF action IN ('created', 'changed', 'deleted', 'adopted') THEN
        RAISE EXCEPTION 'the word % is kept for rows', action USING ERRCODE = 'VJ004';
    END IF;
    IF feed <> 'system' AND NOT EXISTS (SELECT FROM public.plants WHERE plants.id = viruj_audit_event.feed) THEN
        RAISE EXCEPTION 'there is no feed %', feed USING ERRCODE = 'VJ004';
    END IF;
    INSERT INTO public.audit_pending
        (transaction_id, is_first, feed, actor, station, operation, entity, entity_id, action, new_text, reason)
    VALUES (
        pg_current_xact_id(),
        NOT EXISTS (SELECT FROM public.audit_pending WHERE transaction_id = pg_current_xact_id()),
        viruj_audit_event.feed, public.viruj_setting('viruj.actor'), public.viruj_setting('viruj.station'),
        public.viruj_setting('viruj.operation'), viruj_audit_event.entity, viruj_audit_event.entity_id,
        viruj_audit_event.action, detail, public.viruj_setting('viruj.reason'));
END $$;

CREATE FUNCTION viruj_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    this_transaction xid8 := pg_current_xact_id();
    this_number bigint := pg_current_xact_id()::text::bigint;
    needed text;
    chain public.feeds;
    pending public.audit_pending;
    now_at timestamptz;
    micros text;
    chained bytea;
BEGIN
    FOR needed IN
        SELECT DISTINCT feed FROM public.audit_pending WHERE transaction_id = this_transaction ORDER BY feed
    LOOP
        INSERT INTO public.feeds (feed) VALUES (needed) ON CONFLICT (feed) DO NOTHING;
        PERFORM FROM public.feeds WHERE feed = needed FOR UPDATE;
    END LOOP;
    now_at := clock_timestamp();
    micros := (extract(epoch FROM now_at) * 1000000)::bigint::text;
    FOR needed IN
        SELECT DISTINCT feed FROM public.audit_pending WHERE transaction_id = this_transaction ORDER BY feed
    LOOP
        SELECT * INTO chain FROM public.feeds WHERE feed = needed;
        FOR pending IN
            SELECT * FROM public.audit_pending
            WHERE transaction_id = this_transaction AND feed = needed ORDER BY pending_id
        LOOP
            CONTINUE WHEN pending.action = 'changed' AND pending.old_text = pending.new_text;
            chain.seq := chain.seq + 1;
            chained := sha256(
                public.viruj_hashed_part('viruj-audit-v1'::bytea)
                || public.viruj_hashed_part(convert_to(needed, 'UTF8'))
                || public.viruj_hashed_part(convert_to(chain.seq::text, 'UTF8'))
                || public.viruj_hashed_part(convert_to(micros, 'UTF8'))
                || public.viruj_hashed_part(convert_to(this_number::text, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.actor, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.station, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.operation, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.entity, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.entity_id, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.action, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.old_text, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.new_text, 'UTF8'))
                || public.viruj_hashed_part(convert_to(pending.reason, 'UTF8'))
                || public.viruj_hashed_part(chain.head_hash));
            INSERT INTO public.audit_entries
                (entry_id, feed, seq, at, transaction_id, actor, station, operation, entity, entity_id, action,
                 old_text, new_text, reason, prev_hash, hash)
            VALUES
                (pending.pending_id, needed, chain.seq, now_at, this_number, pending.actor, pending.station, pending.operation,
                 pending.entity, pending.entity_id, pending.action, pending.old_text, pending.new_text,
                 pending.reason, chain.head_hash, chained);
            chain.head_hash := chained;
        END LOOP;
        UPDATE public.feeds SET seq = chain.seq, head_hash = chain.head_hash WHERE feed = needed;
    END LOOP;
    DELETE FROM public.audit_pending WHERE transaction_id = this_transaction;
    RETURN NULL;
END $$;

-- `WHEN` is judged as the row is put down, so the function runs once, at the end of the transaction.
CREATE CONSTRAINT TRIGGER chain AFTER INSERT ON audit_pending DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.is_first) EXECUTE FUNCTION viruj_chain();

CREATE FUNCTION viruj_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'VJ005';
END $$;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION viruj_refuse();

-- Which tables the trail follows, and how; `audited_tables` is what capture, adoption and the verifier agree on.
CREATE TABLE audited_tables (
    entity text PRIMARY KEY,
    key_columns text NOT NULL,
    plant_column text NOT NULL,
    masked text NOT NULL,
    omitted text NOT NULL,
    needs_reason boolean NOT NULL
);

CREATE FUNCTION viruj_follow(
    entity text, key_columns text, plant_column text,
    masked text DEFAULT '', omitted text DEFAULT '', needs_reason boolean DEFAULT true
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.audited_tables VALUES (entity, key_columns, plant_column, masked, omitted, needs_reason);
    EXECUTE format(
        'CREATE TRIGGER capture AFTER INSERT OR UPDATE OR DELETE ON public.%I
         FOR EACH ROW EXECUTE FUNCTION public.viruj_capture(%L, %L, %L, %L, %L)',
        entity, key_columns, plant_column, masked, omitted, CASE WHEN needs_reason THEN 'reason' ELSE '' END);
    EXECUTE format(
        'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.%I
         FOR EACH STATEMENT EXECUTE FUNCTION public.viruj_refuse()', entity);
END $$;

-- Writes an `adopted` entry for each row of a table; `migrate` calls it once for every table.
CREATE FUNCTION viruj_adopt(adopted_entity text) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    followed public.audited_tables;
    adopted bigint;
BEGIN
    SELECT * INTO STRICT followed FROM public.audited_tables WHERE entity = adopted_entity;
    EXECUTE format(
        'INSERT INTO public.audit_pending
            (transaction_id, is_first, feed, actor, entity, entity_id, action, new_text)
         SELECT pg_current_xact_id(), row_number() OVER (ORDER BY key) = 1 AND NOT EXISTS (
                SELECT FROM public.audit_pending WHERE transaction_id = pg_current_xact_id()),
            public.viruj_feed_of(row_now, %2$L), ''system:migrate'', %1$L, key, ''adopted'',
            public.viruj_trail_text(row_now, %3$L, %4$L)
         FROM (SELECT to_jsonb(t) AS row_now, public.viruj_row_key(to_jsonb(t), %5$L) AS key FROM public.%1$I AS t) AS r
         WHERE NOT EXISTS (SELECT FROM public.audit_entries AS e WHERE e.entity = %1$L AND e.entity_id = key)
         ORDER BY key',
        followed.entity, followed.plant_column, followed.masked, followed.omitted, followed.key_columns);
    GET DIAGNOSTICS adopted = ROW_COUNT;
    RETURN adopted;
END $$;

SELECT viruj_follow('plants', 'id', 'id');
SELECT viruj_follow('users', 'id', '', 'hashed_password', 'failed_sign_ins');
SELECT viruj_follow('user_plants', 'user_id,plant_id', '');
SELECT viruj_follow('materials', 'id', '');
SELECT viruj_follow('stations', 'id', '', '',
    'last_seen_at,program_version,reported_clock_skew_ms,reported_backlog,reported_at');
SELECT viruj_follow('signing_keys', 'key_id', '');
SELECT viruj_follow('installation', 'key', '');
SELECT viruj_follow('feed_epochs', 'epoch', '');
SELECT viruj_follow('production_batches', 'id', 'plant_id');
SELECT viruj_follow('gate_entries', 'id', 'plant_id');
SELECT viruj_follow('goods_receipt_notes', 'id', 'plant_id');
SELECT viruj_follow('quality_samples', 'id', 'plant_id');
SELECT viruj_follow('quality_tests', 'id', 'plant_id');
-- That somebody has read a message is no GMP datum.
SELECT viruj_follow('notifications', 'id', 'plant_id', needs_reason => false);
SELECT viruj_follow('master_batch_records', 'id', 'plant_id');
SELECT viruj_follow('batch_records', 'batch_id', 'plant_id');
SELECT viruj_follow('batch_phases', 'id', 'plant_id');
SELECT viruj_follow('phase_entries', 'operation_id', 'plant_id');
SELECT viruj_follow('deviations', 'id', 'plant_id');
-- The envelope's bytes are kept once; the trail holds their hash.
SELECT viruj_follow('operations', 'operation_id', 'plant_id', 'envelope');
