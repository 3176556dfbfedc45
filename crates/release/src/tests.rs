//! Files that are releases, and files that only say so.

use std::{fs::File, io::Write};

use viruj_test_support::release::{Builder, package};

use crate::{KeyId, Refusal, ReleaseSignature, TrustedKeys, Version, examine};

fn file(content: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    file
}

fn trusting(builders: &[&Builder]) -> TrustedKeys {
    let keys: Vec<String> = builders.iter().map(|builder| builder.public_key()).collect();
    TrustedKeys::parse(keys.iter().map(String::as_str)).unwrap()
}

fn refused(content: &[u8], signature: &str, keys: &TrustedKeys) -> &'static str {
    examine(&mut file(content), signature, keys).unwrap_err().code()
}

#[test]
fn a_release_is_known_by_its_signature_and_its_package() {
    let builder = Builder::default();
    let content = package("viruj-station", "1.1.0", "amd64");
    let release = examine(&mut file(&content), &builder.sign(&content, "1.1.0"), &trusting(&[&builder])).unwrap();
    assert_eq!(release.version, Version::new(1, 1, 0));
    assert_eq!(release.target, "linux-x86_64");
    assert_eq!(release.size, content.len() as u64);
    assert_eq!(release.key, trusting(&[&builder]).ids()[0]);
    assert_eq!(release.sha256.len(), 64);
}

#[test]
fn sec_36_a_bad_an_absent_and_another_keys_signature_are_refused() {
    let [builder, other] = [Builder::default(), Builder::default()];
    let keys = trusting(&[&builder]);
    let content = package("viruj-station", "1.1.0", "amd64");
    let signature = builder.sign(&content, "1.1.0");
    assert_eq!(refused(&content, "", &keys), "release_signature_invalid");
    assert_eq!(refused(&content, "not base64!", &keys), "release_signature_invalid");
    assert_eq!(refused(&content, &signature[..40], &keys), "release_signature_invalid");
    assert_eq!(refused(&content, &other.sign(&content, "1.1.0"), &keys), "release_key_unknown");
    assert_eq!(refused(&content, &signature, &TrustedKeys::default()), "release_key_invalid");
    let mut changed = content.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&changed, &signature, &keys), "release_signature_wrong");
    assert_eq!(refused(&content[..content.len() - 1], &signature, &keys), "release_signature_wrong");
    assert_eq!(refused(b"", &signature, &keys), "release_signature_wrong");
}

/// CVE-2026-95625: what is announced is not signed, the version in the signature is.
#[test]
fn sec_37_a_signature_holds_for_one_version_only() {
    let builder = Builder::default();
    let keys = trusting(&[&builder]);
    let old = package("viruj-station", "1.0.0", "amd64");
    assert_eq!(refused(&old, &builder.sign(&old, "1.1.0"), &keys), "release_version_mismatch");
    let unsigned = builder.sign_with(&old, "timestamp:1800000000\tfile:station.deb");
    assert_eq!(refused(&old, &unsigned, &keys), "release_signature_invalid");
    // A file's name may say what it likes.
    let named = builder.sign_with(&old, "timestamp:1800000000\tfile:version:1.0.0");
    assert_eq!(refused(&old, &named, &keys), "release_signature_invalid");
    for version in ["1.0", "1.0.0-rc.1", "1.0.0+1", "one"] {
        assert_eq!(refused(&old, &builder.sign(&old, version), &keys), "release_signature_invalid");
    }
}

/// The version stands in the part that is signed: another one in its place is noticed.
#[test]
fn sec_37_the_signed_version_cannot_be_rewritten() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let builder = Builder::default();
    let old = package("viruj-station", "1.0.0", "amd64");
    let plain = String::from_utf8(BASE64_STANDARD.decode(builder.sign(&old, "1.0.0")).unwrap()).unwrap();
    let rewritten = plain.replace("version:1.0.0", "version:1.1.0");
    assert_ne!(plain, rewritten);
    assert_eq!(ReleaseSignature::parse(&rewritten).unwrap().version, Version::new(1, 1, 0));
    assert_eq!(refused(&old, &rewritten, &trusting(&[&builder])), "release_signature_wrong");
    // Minisign's own form is the same signature.
    assert!(examine(&mut file(&old), &plain, &trusting(&[&builder])).is_ok());
}

#[test]
fn sec_36_another_package_and_another_platform_are_refused() {
    let builder = Builder::default();
    let keys = trusting(&[&builder]);
    for (content, code) in [
        (package("viruj-server", "1.1.0", "amd64"), "release_package_invalid"),
        (package("viruj-station", "1.1.0", "riscv64"), "release_platform_unknown"),
        (package("viruj-station", "1.1.0-1", "amd64"), "release_signature_invalid"),
        (b"a script".to_vec(), "release_package_invalid"),
    ] {
        assert_eq!(refused(&content, &builder.sign(&content, "1.1.0"), &keys), code);
    }
}

#[test]
fn two_keys_are_trusted_while_one_follows_the_other() {
    let [first, second] = [Builder::default(), Builder::default()];
    let content = package("viruj-station", "1.1.0", "arm64");
    let keys = trusting(&[&first, &second]);
    for builder in [&first, &second] {
        let release = examine(&mut file(&content), &builder.sign(&content, "1.1.0"), &keys).unwrap();
        assert_eq!(release.target, "linux-aarch64");
    }
    let ids: Vec<String> = keys.ids().iter().map(KeyId::to_string).collect();
    assert!(ids.iter().all(|id| id.len() == 16) && ids[0] != ids[1]);
}

#[test]
fn keys_are_read_from_the_files_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let builder = Builder::default();
    std::fs::write(folder.path().join("builder.pub"), builder.public_key()).unwrap();
    std::fs::write(folder.path().join("README"), "not a key").unwrap();
    assert_eq!(TrustedKeys::load(folder.path()).unwrap().ids(), trusting(&[&builder]).ids());
    std::fs::write(folder.path().join("broken.pub"), "not a key").unwrap();
    assert!(matches!(TrustedKeys::load(folder.path()), Err(Refusal::KeyForm(text)) if text == "not a key"));
}
