// The audit trail as PostgreSQL holds it, looked at from outside the programs that wrote it.

// Each entry's hash is computed again from what stands in its row, as the program that wrote it defines the bytes.
const PARTS = [
  "'viruj-audit-v1'::bytea",
  ...[
    "feed",
    "seq::text",
    "((extract(epoch FROM at) * 1000000)::bigint)::text",
    "transaction_id::text",
    "actor",
    "station",
    "operation",
    "entity",
    "entity_id",
    "action",
    "old_text",
    "new_text",
    "reason",
  ].map((column) => `convert_to(${column}, 'UTF8')`),
  "prev_hash",
];

const BROKEN = `
  SELECT feed, seq FROM (
    SELECT *, lag(hash) OVER chain AS before_hash, lag(seq) OVER chain AS before_seq
    FROM audit_entries WINDOW chain AS (PARTITION BY feed ORDER BY seq)
  ) entry
  WHERE seq <> coalesce(before_seq, 0) + 1
     OR prev_hash <> coalesce(before_hash, decode(repeat('00', 32), 'hex'))
     OR hash <> sha256(${PARTS.map((part) => `viruj_hashed_part(${part})`).join(" || ")})
  UNION ALL
  SELECT feed, seq FROM feeds
  WHERE seq > 0 AND NOT EXISTS (
    SELECT FROM audit_entries last
    WHERE last.feed = feeds.feed AND last.seq = feeds.seq AND last.hash = feeds.head_hash
  )
  ORDER BY 1, 2 LIMIT 10`;

// Empty when every chain is whole, from its first entry to its head.
export function brokenLinks(postgres) {
  return postgres.query(BROKEN);
}

export function effectiveEntries(postgres, batchNumber) {
  const rows = postgres.query(`
    SELECT phase.number, entry.verdict, entry.person_name, entry.signature IS NOT NULL
    FROM phase_entries entry
    JOIN batch_phases phase ON phase.id = entry.phase_id
    JOIN production_batches batch ON batch.id = entry.batch_id
    WHERE batch.batch_number = '${batchNumber}' AND entry.is_effective
    ORDER BY phase.number`);
  return rows.map(([number, verdict, person, signed]) => ({
    number: Number(number),
    verdict,
    person,
    isSigned: signed === "t",
  }));
}
