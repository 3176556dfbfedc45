-- A station that is retired does not come back, whoever writes the row: another one is registered with a key of its own.
CREATE FUNCTION viruj_keep_station() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.state = 'Retired' THEN
        RAISE EXCEPTION 'station % is retired for good', OLD.name USING ERRCODE = 'VJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_station BEFORE UPDATE OF state ON stations FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION viruj_keep_station();
REVOKE ALL ON FUNCTION viruj_keep_station() FROM PUBLIC;
