//! Verifies the audit trail from the stored bytes.
