-- What a phase of a batch waits for and when it is executed, frozen with the rest of it; and which entry comes in the
-- place of which.

-- None for batches whose phases follow each other in the order of their numbers.
ALTER TABLE batch_phases ADD COLUMN after_phases integer[];
ALTER TABLE batch_phases ADD COLUMN conditions text[] NOT NULL DEFAULT '{}';

-- No reference: a correction of what nobody knows is kept as evidence, without effect.
-- The corrected entry stays as it was (21 CFR 11.10(e)), and is corrected once: a further correction is of the newer one.
ALTER TABLE phase_entries ADD COLUMN corrects uuid;
CREATE UNIQUE INDEX phase_entries_corrects ON phase_entries (corrects) WHERE corrects IS NOT NULL AND is_effective;
