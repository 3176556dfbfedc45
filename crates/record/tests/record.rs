//! The sealed record: the same bytes each time, every signature in it, and no changed byte goes unnoticed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect must fail where it stands"
)]

#[path = "support/sample.rs"]
mod sample;

use std::{io::Write, process::Command};

use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_record::{RecordError, print, seal, to_file, verify};

fn key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

fn keys() -> Vec<VerifyingKey> {
    vec![key(1).verifying_key(), key(2).verifying_key()]
}

/// The words of a PDF, as an inspector's reader finds them.
fn text_of(pdf: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pdf).unwrap();
    let output = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(file.path()).arg("-").output();
    let output = output.expect("pdftotext of poppler-utils, which `npm test` installs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn p11_10b_the_record_is_the_same_bytes_when_it_is_made_twice() {
    let make = || {
        let sealed = seal(sample::record(4), &key(1)).unwrap();
        (to_file(&sealed).unwrap(), print(&sealed, &key(1)).unwrap())
    };
    assert_eq!(make(), make());
}

#[test]
fn p11_10b_both_forms_are_verified_with_the_public_key_alone() {
    let sealed = seal(sample::record(3), &key(2)).unwrap();
    let json = verify(&to_file(&sealed).unwrap(), &keys()).unwrap();
    let pdf = verify(&print(&sealed, &key(2)).unwrap(), &keys()).unwrap();
    assert_eq!(json, pdf);
    assert_eq!(json.record_sha256, sealed.signature.record_sha256);
    let other = verify(&to_file(&sealed).unwrap(), &keys()[..1]);
    assert!(matches!(other, Err(RecordError::UnknownKey(_))), "{other:?}");
}

#[test]
fn p11_70_every_changed_byte_of_the_json_is_found() {
    let file = to_file(&seal(sample::record(1), &key(1)).unwrap()).unwrap();
    // Every third byte, and every bit that a base64 digit of the signature holds: the seal stands last.
    let places = (0..file.len()).step_by(3).chain(file.len() - 400..file.len());
    for place in places {
        let mut altered = file.clone();
        altered[place] ^= 1;
        assert!(verify(&altered, &keys()).is_err(), "byte {place} was changed unnoticed");
    }
}

#[test]
fn p11_70_what_is_put_in_or_written_twice_is_found() {
    let file = String::from_utf8(to_file(&seal(sample::record(1), &key(1)).unwrap()).unwrap()).unwrap();
    for (what, altered) in [
        ("a member that nobody knows", file.replacen("\"batch\":{", "\"batch\":{\"aaa\":1,", 1)),
        ("a member that stands twice", file.replacen("\"code\":", "\"code\":\"DEV-26-000\",\"code\":", 1)),
        ("white space", file.replacen("\":", "\": ", 1)),
        ("another value", file.replacen("66.5", "64.5", 1)),
    ] {
        assert_ne!(altered, file, "{what} was not put in");
        let found = verify(altered.as_bytes(), &keys());
        assert!(matches!(found, Err(RecordError::Altered | RecordError::NotARecord(_))), "{what}: {found:?}");
    }
}

#[test]
fn p11_70_every_changed_byte_of_the_print_is_found() {
    let sealed = seal(sample::record(1), &key(1)).unwrap();
    let file = print(&sealed, &key(1)).unwrap();
    // A prime step meets every part of the file; the seal at its end is tried byte by byte.
    let places = (0..file.len()).step_by(997).chain(file.len() - 400..file.len());
    for place in places {
        let mut altered = file.clone();
        altered[place] ^= 1;
        assert!(verify(&altered, &keys()).is_err(), "byte {place} was changed unnoticed");
    }
    let longer = [file.as_slice(), b"\n%%EOF\n"].concat();
    assert!(verify(&longer, &keys()).is_err(), "something was put behind the end unnoticed");
    assert!(matches!(verify(b"%PDF-1.7\nnothing", &keys()), Err(RecordError::NotARecord(_))));
}

#[test]
fn p11_50_every_signature_prints_name_time_zone_and_meaning() {
    let sealed = seal(sample::record(5), &key(1)).unwrap();
    let text = text_of(&print(&sealed, &key(1)).unwrap());
    let words: Vec<&str> = text.split_whitespace().collect();
    let flat = words.join(" ");
    let signed =
        sealed.record.phases.iter().flat_map(|phase| &phase.entries).filter_map(|entry| entry.signature.as_ref());
    for signature in signed {
        let zone: chrono_tz::Tz = signature.time_zone.parse().unwrap();
        let at = signature.signed_at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S IST (UTC+05:30)").to_string();
        let meaning = format!("{:?}", signature.meaning);
        assert!(flat.contains(&meaning), "{meaning} is missing");
        let time = &at[11..19];
        assert!(flat.contains(time), "{at} is missing in\n{text}");
    }
    assert!(flat.contains("David Chen"), "{text}");
    assert!(flat.contains("UTC+05:30"), "{text}");
    assert!(flat.contains("Page 1 of"), "{text}");
    assert!(flat.contains(&sealed.signature.record_sha256[..16]), "{text}");
}

#[test]
fn a11_8_2_changed_values_stay_legible_and_are_marked() {
    let sealed = seal(sample::record(3), &key(1)).unwrap();
    let text = text_of(&print(&sealed, &key(1)).unwrap());
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "66.5 °C",
        "OUT OF LIMITS",
        "60.6 °C",
        "correction of an earlier entry",
        "corrected",
        "Read the wrong display",
        "DEV-26-001",
    ] {
        assert!(flat.contains(expected), "{expected} is missing in\n{text}");
    }
}

#[test]
fn a_character_without_a_glyph_is_named_and_not_lost() {
    let sealed = seal(sample::record(2), &key(1)).unwrap();
    let text = text_of(&print(&sealed, &key(1)).unwrap());
    assert!(text.split_whitespace().collect::<String>().contains("‹U+2705›"), "{text}");
}
