use insta::assert_snapshot;
use proptest::prelude::*;
use viruj_api::{
    leases::{LeaseGrant, SignedLease},
    statement::Action,
};
use viruj_domain::{phase::PhaseEntry, signature::SignatureMeaning};

use super::*;
use crate::conformance::world::{self, OTHER_STATION, STATION, Writer, server_key, station_key};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn signed_statement() -> Statement {
    let mut statement = world::statement(1, 3, PhaseEntry::Confirmed);
    statement.meaning = Some(SignatureMeaning::Performed);
    statement
}

/// Version 1: do not modify.
#[test]
fn golden_statement() {
    let mut statement = world::statement(2, 2, world::rpm("141"));
    statement.reason = Some("Display was stuck \"twice\" – 20 °C".to_owned());
    let bytes = statement_bytes(&statement).unwrap();
    assert_snapshot!(text(&bytes), @r#"{"action":{"base_version":1,"entry":{"type":"number","unit":"rpm","value":"141"},"kind":"phase.entry","phase_id":"01980000-0000-7000-8000-000000010002"},"batch_id":"conformance-batch","format":1,"language":"en","master_record":{"id":"01980000-0000-7000-8000-000000020001","version":3},"operation_id":"01980000-0000-7000-9000-000000000002","person_id":"conformance-operator","plant_id":"plant-a","reason":"Display was stuck \"twice\" – 20 °C","shown_text":"I performed this step as instructed.","stated_at":"2026-08-02T06:01:00Z","time_zone":"Asia/Kolkata"}"#);
    assert_snapshot!(hex::encode(sha256(&bytes)), @"84a3d0c5ea230b087d3faa6de36e5eb45505c8973b62ade95d702950a5915afd");
    assert_snapshot!(to_base64(&sign(Domain::Statement, &bytes, &station_key(STATION))), @"9RnNiix/bblJHNoJj0ESvYvxSVlelNrVFpd25KPOMkHZe9JDnQX0zOe1pjwRpgmc71TdhhYaCOR5RSdEFZQOCg==");
}

/// Version 1: do not modify.
#[test]
fn golden_envelope() {
    let operation = Writer::new(STATION).signed(&signed_statement());
    assert_snapshot!(hex::encode(station_key(STATION).to_bytes()), @"846d9d0d3ff370c4091082e38f917ad3a20fef116b4280792f332a71dc900dea");
    assert_snapshot!(text(&bytes_of(&operation.signed.envelope, "envelope").unwrap()), @r#"{"boot_id":"0b0e5f3c-3b1c-4d62-9c35-0d9d4b3d9a11","format":1,"monotonic_ms":86400000,"person":{"attestation":"eyJhdHRlc3RlZF9hdCI6IjIwMjYtMDgtMDJUMDY6MDE6MDFaIiwiZm9ybWF0IjoxLCJtZWFuaW5nIjoicGVyZm9ybWVkIiwib3BlcmF0aW9uX2lkIjoiMDE5ODAwMDAtMDAwMC03MDAwLTkwMDAtMDAwMDAwMDAwMDAxIiwicGVyc29uX2lkIjoiY29uZm9ybWFuY2Utb3BlcmF0b3IiLCJwZXJzb25fbmFtZSI6IkFuamFsaSBSYW8iLCJzdGF0ZW1lbnRfc2hhMjU2IjoiYjUzZmIxMWYxNWUwOTZlZDE5Njg1Zjk2Yjk1YmRiOTY1ZDNiOGJjNTM5OGUxMDExZWY1ZjM0NDliNGMwZjI3NCIsInN0YXRpb25faWQiOiIwMTk4MDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEifQ==","key_id":"fe812c12f3ab4ce6","method":"server_attested","signature":"n2heq3VZAqdaHZs+pltr1fsa31lML/1p2Gd83XNSwnXSBcT192arn1XIzaA9huQW6pIa8jJeCHA85ftLn5z0Bg=="},"prev_hash":"0000000000000000000000000000000000000000000000000000000000000000","recorded_at":"2026-08-02T06:01:02Z","statement":"eyJhY3Rpb24iOnsiYmFzZV92ZXJzaW9uIjoxLCJlbnRyeSI6eyJ0eXBlIjoiY29uZmlybWVkIn0sImtpbmQiOiJwaGFzZS5lbnRyeSIsInBoYXNlX2lkIjoiMDE5ODAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDEwMDAzIn0sImJhdGNoX2lkIjoiY29uZm9ybWFuY2UtYmF0Y2giLCJmb3JtYXQiOjEsImxhbmd1YWdlIjoiZW4iLCJtYXN0ZXJfcmVjb3JkIjp7ImlkIjoiMDE5ODAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDIwMDAxIiwidmVyc2lvbiI6M30sIm1lYW5pbmciOiJwZXJmb3JtZWQiLCJvcGVyYXRpb25faWQiOiIwMTk4MDAwMC0wMDAwLTcwMDAtOTAwMC0wMDAwMDAwMDAwMDEiLCJwZXJzb25faWQiOiJjb25mb3JtYW5jZS1vcGVyYXRvciIsInBsYW50X2lkIjoicGxhbnQtYSIsInNob3duX3RleHQiOiJJIHBlcmZvcm1lZCB0aGlzIHN0ZXAgYXMgaW5zdHJ1Y3RlZC4iLCJzdGF0ZWRfYXQiOiIyMDI2LTA4LTAyVDA2OjAxOjAwWiIsInRpbWVfem9uZSI6IkFzaWEvS29sa2F0YSJ9","station_id":"01980000-0000-7000-8000-000000000001","station_seq":1}"#);
    assert_snapshot!(hex::encode(operation.envelope_hash), @"656b2661aa29c5aff44a286bf2b9f21e3213ca92638f78ee5bf3117abd4ede9a");
    assert_snapshot!(operation.signed.signature, @"aWxxyb7xAFMnufMN7vHEgNmn0GryDEhULN52eQhO/oHCu7wDf38BFxp89694euYnPIg5v3rrT6fEfr+pWgrhCw==");
}

/// Version 1: do not modify.
#[test]
fn golden_attestation_challenge_and_time() {
    let statement = signed_statement();
    let bytes = to_canonical(&world::attestation(&statement, STATION)).unwrap();
    assert_snapshot!(text(&bytes), @r#"{"attested_at":"2026-08-02T06:01:01Z","format":1,"meaning":"performed","operation_id":"01980000-0000-7000-9000-000000000001","person_id":"conformance-operator","person_name":"Anjali Rao","statement_sha256":"b53fb11f15e096ed19685f96b95bdb965d3b8bc5398e1011ef5f3449b4c0f274","station_id":"01980000-0000-7000-8000-000000000001"}"#);
    assert_snapshot!(to_base64(&sign(Domain::Attestation, &bytes, &server_key())), @"n2heq3VZAqdaHZs+pltr1fsa31lML/1p2Gd83XNSwnXSBcT192arn1XIzaA9huQW6pIa8jJeCHA85ftLn5z0Bg==");
    assert_snapshot!(key_id(&server_key().verifying_key()), @"fe812c12f3ab4ce6");
    assert_snapshot!(answer_challenge("abc", &station_key(STATION)), @"y2JTKobeZAiYlL56foOuUB4hpOP1RvWXWM3BUKHqG2TsDwXncVqYLsbTDoSHWC7lwAmJPH1ZhQqiTy5wtuq8AQ==");
    assert_snapshot!(server_time(world::time(5), &server_key()).token, @"2026-08-02T06:00:05.000Z.fe812c12f3ab4ce6.OAzDjnfQ6W91CCaJhg3EY1LuZjmLUjtKFRLs-xGuHfsTCeNeYfk2uEDPPLnWqJ6sZHqOLWtzvFS4bnnNdNZ7Bw");
}

/// Version 1: do not modify.
#[test]
fn golden_certificate_and_slot_of_a_person_key() {
    let statement = signed_statement();
    let certificate = world::certificate(STATION);
    let bytes = to_canonical(&certificate).unwrap();
    assert_snapshot!(hex::encode(world::person_key().to_bytes()), @"0909090909090909090909090909090909090909090909090909090909090909");
    assert_snapshot!(text(&bytes), @r#"{"certified_at":"2026-08-02T06:00:10Z","expires_at":"2026-08-03T06:00:10Z","format":1,"key_id":"dbc298251c51321b","person_id":"conformance-operator","person_name":"Anjali Rao","public_key":"/RckOFqgx1tk+3jNYC+h2ZH96/drE8WO1wLqyDXp9hg=","station_id":"01980000-0000-7000-8000-000000000001"}"#);
    let signed = certify(&certificate, &server_key()).unwrap();
    assert_snapshot!(signed.signature, @"j4/ldEiL/wRvPXRbq6iUOsSWA1tLxmlX50amkc3iSyGcXZlHkyTkcA/ihBhChLehLD1KOffFCVfe1T5u9XfPDA==");
    let slot = sign_statement(&statement_bytes(&statement).unwrap(), &world::person_key(), signed);
    let PersonSlot::PersonKey { signature, .. } = slot else { unreachable!() };
    assert_snapshot!(signature, @"so78/rpzePCLwSs8pydKFkkFNzZMC3F5LG3fKKAXtGOFBlqyKXJnmFzgRVOnY6Rgf2AtWhG+vQWUhXros3CLAw==");
    assert_snapshot!(prove_possession(&world::operator().id, STATION, &world::person_key()), @"4424y3q4AVwPSL59V56kTrq5rt3pmW+Q3n324biEPAR1kaYUkjxQGf1wlvN39/I26GzxeIOmes5D5QDmp7etAg==");
}

/// Version 1: do not modify.
#[test]
fn golden_lease() {
    let lease = world::lease(STATION);
    assert_snapshot!(text(&to_canonical(&lease).unwrap()), @r#"{"batch_id":"conformance-batch","expires_at":"2026-08-04T06:00:10Z","fence":2,"format":1,"issued_at":"2026-08-02T06:00:10Z","lease_id":"01980000-0000-7000-8000-000000030001","operation":{"operation":"Wet granulation","unit_procedure":"Granulation"},"station_id":"01980000-0000-7000-8000-000000000001"}"#);
    assert_snapshot!(grant(&lease, &server_key()).unwrap().signature, @"UtDsjfafXy9JSCiQxDXJQk1Fz351noRYZl2UtmXKrPGS0dOrCqFfe4gn/19/5dD6BEncDLmj/2RKBJ+YU2YHBw==");
}

/// What others have built on does not change under them: version 1 is frozen, with the document that gives it.
#[test]
fn inv_version_one_is_frozen() {
    let document = include_str!("../../../../docs/sync-protocol.md");
    let (_, vectors) = document.split_once("## Golden vectors\n").unwrap();
    assert_eq!(
        hex::encode(sha256(vectors.as_bytes())),
        "d372ddbb0e1d32a308a658d0288ffe9a112ae7fe5378a612075bd279d3bd479c"
    );
    // The tests above hold the program to the same values.
    let operation = Writer::new(STATION).signed(&signed_statement());
    let lease = grant(&world::lease(STATION), &server_key()).unwrap().signature;
    for value in [
        hex::encode(operation.envelope_hash),
        operation.signed.signature,
        lease,
        certify(&world::certificate(STATION), &server_key()).unwrap().signature,
        answer_challenge("abc", &station_key(STATION)),
        server_time(world::time(5), &server_key()).token,
        prove_possession(&world::operator().id, STATION, &world::person_key()),
    ] {
        assert!(vectors.contains(&format!("`{value}`")), "{value}");
    }
}

#[test]
fn a_lease_is_the_servers_word_and_nobody_elses() {
    let lease = world::lease(STATION);
    let keys = [server_key().verifying_key()];
    let granted = grant(&lease, &server_key()).unwrap();
    assert_eq!(verify_lease(&granted, &keys).unwrap(), lease);
    let foreign = grant(&lease, &SigningKey::from_bytes(&[8; 32])).unwrap();
    assert!(matches!(verify_lease(&foreign, &keys), Err(SlotError::UnknownKey(_))));
    let longer = to_canonical(&LeaseGrant { expires_at: world::time(900_000), ..lease }).unwrap();
    let stretched = SignedLease { lease: to_base64(&longer), ..granted };
    assert!(matches!(verify_lease(&stretched, &keys), Err(SlotError::Signature(SigningError::BadSignature))));
}

#[test]
fn an_envelope_opens_with_the_statement_that_was_put_in() {
    let statement = signed_statement();
    let operation = Writer::new(STATION).signed(&statement);
    let opened = open(&operation.signed, &station_key(STATION).verifying_key()).unwrap();
    assert_eq!(opened.statement.as_ref().unwrap(), &statement);
    assert_eq!(opened.hash, operation.envelope_hash);
    assert_eq!(opened.statement_bytes, statement_bytes(&statement).unwrap());
    let keys = [server_key().verifying_key()];
    let given = verify_slot(&opened.envelope.person, &statement, &opened.statement_bytes, STATION, &keys).unwrap();
    assert_eq!(given.map(|given| given.meaning), Some(SignatureMeaning::Performed));
}

#[test]
fn another_key_or_algorithm_opens_nothing() {
    let mut signed = Writer::new(STATION).signed(&signed_statement()).signed;
    assert!(matches!(open(&signed, &station_key(OTHER_STATION).verifying_key()), Err(SigningError::BadSignature)));
    signed.algorithm = "none".to_owned();
    assert!(matches!(open(&signed, &station_key(STATION).verifying_key()), Err(SigningError::UnknownAlgorithm(_))));
}

#[test]
fn a_signature_serves_for_one_purpose_only() {
    let key = station_key(STATION);
    let domains = [
        Domain::Envelope,
        Domain::Statement,
        Domain::Attestation,
        Domain::PersonKey,
        Domain::Lease,
        Domain::ExportRecipient,
        Domain::RecoveryRecipients,
        Domain::StationChallenge,
        Domain::Time,
        Domain::Checkpoint,
        Domain::Backup,
    ];
    for made_for in domains {
        let signature = sign(made_for, b"bytes", &key);
        for used_for in domains {
            let holds = verify(used_for, b"bytes", &signature, &key.verifying_key()).is_ok();
            assert_eq!(holds, made_for == used_for, "{made_for:?} {used_for:?}");
        }
    }
}

#[test]
fn an_attestation_stands_for_one_statement_person_meaning_and_station() {
    let statement = signed_statement();
    let bytes = statement_bytes(&statement).unwrap();
    let keys = [server_key().verifying_key()];
    let slot = |change: &dyn Fn(&mut Attestation)| {
        let mut attestation = world::attestation(&statement, STATION);
        change(&mut attestation);
        attest(&attestation, &server_key()).unwrap()
    };
    let check = |slot: &PersonSlot| verify_slot(slot, &statement, &bytes, STATION, &keys);
    assert!(check(&slot(&|_| ())).unwrap().is_some());
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Attestation));
    let changes: [Change<'_>; 5] = [
        ("statement", &|attestation| attestation.statement_sha256 = hex::encode([0; 32])),
        ("operation", &|attestation| attestation.operation_id = world::operation_id(8)),
        ("person", &|attestation| attestation.person_id = "someone-else".into()),
        ("meaning", &|attestation| attestation.meaning = SignatureMeaning::Approved),
        ("station", &|attestation| attestation.station_id = OTHER_STATION),
    ];
    for (what, change) in changes {
        let refused = check(&slot(change)).unwrap_err();
        assert!(matches!(refused, SlotError::ForAnother(named) if named == what), "{what}: {refused}");
    }
    let foreign = attest(&world::attestation(&statement, STATION), &SigningKey::from_bytes(&[8; 32])).unwrap();
    assert!(matches!(check(&foreign), Err(SlotError::UnknownKey(_))));
    let PersonSlot::ServerAttested { attestation, key_id, .. } = slot(&|_| ()) else { unreachable!() };
    let signature = to_base64(&sign(Domain::Statement, &bytes, &server_key()));
    let forged = PersonSlot::ServerAttested { attestation, key_id, signature };
    assert!(matches!(check(&forged), Err(SlotError::Signature(SigningError::BadSignature))));
    assert!(check(&PersonSlot::None).unwrap().is_none());
}

#[test]
fn a_persons_key_stands_for_one_statement_person_and_station() {
    let statement = signed_statement();
    let bytes = statement_bytes(&statement).unwrap();
    let keys = [server_key().verifying_key()];
    let slot = |change: &dyn Fn(&mut PersonKeyCertificate)| {
        let mut certificate = world::certificate(STATION);
        change(&mut certificate);
        sign_statement(&bytes, &world::person_key(), certify(&certificate, &server_key()).unwrap())
    };
    let check = |slot: &PersonSlot| verify_slot(slot, &statement, &bytes, STATION, &keys);
    let signature = check(&slot(&|_| ())).unwrap().unwrap();
    assert_eq!((signature.method, signature.signed_at), (SignatureMethod::PersonKey, statement.stated_at));
    assert_eq!(signature.key.unwrap().key_id, key_id(&world::person_key().verifying_key()));
    type Change<'a> = (&'a str, &'a dyn Fn(&mut PersonKeyCertificate));
    let changes: [Change<'_>; 3] = [
        ("person", &|certificate| certificate.person_id = "someone-else".into()),
        ("station", &|certificate| certificate.station_id = OTHER_STATION),
        ("key", &|certificate| certificate.key_id = "0011223344556677".to_owned()),
    ];
    for (what, change) in changes {
        let refused = check(&slot(change)).unwrap_err();
        assert!(matches!(refused, SlotError::ForAnother(named) if named == what), "{what}: {refused}");
    }
    let unsaid = Statement { meaning: None, ..statement.clone() };
    let unsaid_bytes = statement_bytes(&unsaid).unwrap();
    let certified = |server: &SigningKey| certify(&world::certificate(STATION), server).unwrap();
    let slot_of_unsaid = sign_statement(&unsaid_bytes, &world::person_key(), certified(&server_key()));
    let refused = verify_slot(&slot_of_unsaid, &unsaid, &unsaid_bytes, STATION, &keys);
    assert!(matches!(refused, Err(SlotError::ForAnother("meaning"))), "a signature says what it means");
    // A station that holds no key of the person cannot sign for them, with whatever certificate.
    let forged = sign_statement(&bytes, &station_key(STATION), certified(&server_key()));
    assert!(matches!(check(&forged), Err(SlotError::Signature(SigningError::BadSignature))));
    let foreign = sign_statement(&bytes, &world::person_key(), certified(&SigningKey::from_bytes(&[8; 32])));
    assert!(matches!(check(&foreign), Err(SlotError::UnknownKey(_))));
}

#[test]
fn only_who_holds_a_key_proves_its_possession() {
    let key = world::person_key();
    let person = world::operator().id;
    let proof = prove_possession(&person, STATION, &key);
    assert!(verify_possession(&proof, &person, STATION, &key.verifying_key()).is_ok());
    assert!(verify_possession(&proof, &person, OTHER_STATION, &key.verifying_key()).is_err());
    assert!(verify_possession(&proof, &"someone-else".into(), STATION, &key.verifying_key()).is_err());
    assert!(verify_possession(&proof, &person, STATION, &station_key(STATION).verifying_key()).is_err());
}

#[test]
fn hard_case_09_a_newer_format_is_told_from_a_malformed_one() {
    let read = |bytes: &[u8]| read_statement(bytes).unwrap_err();
    assert!(matches!(read(br#"{"format":2,"said":"something new"}"#), SigningError::TooNew { format: 2, .. }));
    assert!(matches!(read(br#"{"format":1,"said":"something new"}"#), SigningError::BadFormat { .. }));
    assert!(matches!(read(br#"{"format":1, "said":1}"#), SigningError::NotCanonical(_)));
    assert!(matches!(read(b"\xff\x00"), SigningError::BadFormat { .. }));
    let unknown_kind = text(&statement_bytes(&signed_statement()).unwrap()).replace("phase.entry", "phase.entries");
    assert!(matches!(read(unknown_kind.as_bytes()), SigningError::BadFormat { .. }));
}

#[test]
fn a_server_time_is_known_again_and_no_other() {
    let keys = [server_key().verifying_key()];
    let given = server_time(world::time(5), &server_key());
    assert_eq!(verify_server_time(&given.token, &keys), Ok(world::time(5)));
    assert_eq!(given.time, world::time(5));
    let later = given.token.replace("2026", "2027");
    assert_eq!(verify_server_time(&later, &keys), Err(ServerTimeError::BadSignature));
    assert_eq!(verify_server_time("now", &keys), Err(ServerTimeError::Malformed));
    assert!(matches!(verify_server_time(&given.token, &[]), Err(ServerTimeError::UnknownKey(_))));
}

#[test]
fn a_challenge_is_answered_by_the_stations_key_only() {
    let answer = answer_challenge("nonce", &station_key(STATION));
    assert!(verify_challenge("nonce", &answer, &station_key(STATION).verifying_key()).is_ok());
    assert!(verify_challenge("other", &answer, &station_key(STATION).verifying_key()).is_err());
    assert!(verify_challenge("nonce", &answer, &station_key(OTHER_STATION).verifying_key()).is_err());
    assert!(verify_challenge("nonce", "not base64", &station_key(STATION).verifying_key()).is_err());
}

proptest! {
    /// No single changed byte of the envelope or its signature goes unnoticed.
    #[test]
    fn a_changed_byte_breaks_the_signature(at in any::<prop::sample::Index>(), bit in 0u8..8, in_signature in any::<bool>()) {
        let mut signed = Writer::new(STATION).signed(&signed_statement()).signed;
        let part = if in_signature { &mut signed.signature } else { &mut signed.envelope };
        let mut bytes = bytes_of(part, "part").unwrap();
        let index = at.index(bytes.len());
        bytes[index] ^= 1 << bit;
        *part = to_base64(&bytes);
        prop_assert!(open(&signed, &station_key(STATION).verifying_key()).is_err());
    }

    /// Whatever somebody writes as a reason, the statement reads back as it was said.
    #[test]
    fn a_statement_reads_back(reason in ".{0,40}", text in ".{0,40}") {
        let mut statement = signed_statement();
        statement.reason = Some(reason);
        statement.action = Action::Comment { phase_id: None, text };
        prop_assert_eq!(read_statement(&statement_bytes(&statement).unwrap()).unwrap(), statement);
    }
}
