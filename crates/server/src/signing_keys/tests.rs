use super::*;

fn secret(text: &str) -> SecretKey {
    SecretKey::new(&format!("{text} c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24")).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

#[test]
fn the_key_is_made_once_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let made = SigningKeys::open_or_create(&keys, &secret("one"), now()).unwrap();
    let opened = SigningKeys::open_or_create(&keys, &secret("one"), now()).unwrap();
    assert_eq!(made.published(), opened.published());
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 1, "no draft is left behind");
    let file = keys.join("signing-key-1.json");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains(&BASE64.encode(made.current.to_bytes())), "the private half is sealed");
}

#[test]
fn a_file_of_another_secret_is_a_clear_error_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap();
    let before = fs::read(folder.path().join("signing-key-1.json")).unwrap();
    let error = SigningKeys::open_or_create(folder.path(), &secret("two"), now()).unwrap_err();
    assert!(matches!(error, SigningKeyError::OtherSecret { .. }), "{error}");
    fs::write(folder.path().join("signing-key-1.json"), b"{}").unwrap();
    let error = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap_err();
    assert!(matches!(error, SigningKeyError::Damaged { .. }), "{error}");
    assert!(!before.is_empty());
}

#[test]
fn an_exchanged_secret_takes_the_keys_along() {
    let folder = tempfile::tempdir().unwrap();
    let made = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap();
    let rotated = SigningKeys::rotate(folder.path(), &secret("one"), now()).unwrap();
    let exchanging = secret("two").with_second("one c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24").unwrap();
    let taken = SigningKeys::open_or_create(folder.path(), &exchanging, now()).unwrap();
    assert_eq!(taken.published(), rotated.published());
    let after = SigningKeys::open_or_create(folder.path(), &secret("two"), now()).unwrap();
    assert_eq!(after.published(), rotated.published());
    assert_ne!(after.published(), made.published());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no draft is left behind");
    let error = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap_err();
    assert!(matches!(error, SigningKeyError::OtherSecret { .. }), "{error}");
}

#[test]
fn replicas_that_start_together_share_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let keys: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap().published()).collect()
    });
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn after_a_rotation_two_keys_are_alive_and_the_new_one_signs() {
    let folder = tempfile::tempdir().unwrap();
    let made = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap();
    let mut before = made.published().remove(0);
    for _ in 0..3 {
        let rotated = SigningKeys::rotate(folder.path(), &secret("one"), now()).unwrap();
        let published = rotated.published();
        assert_eq!(published.len(), 2, "two are alive");
        assert_eq!(published[1], before);
        let previous = public_key(&before.public_key).unwrap();
        assert!(viruj_sync::signing::is_endorsed_by(&published[0], &previous), "the old key vouches for the new one");
        let opened = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap();
        assert_eq!(opened.published(), published);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        before = published[0].clone();
    }
    let error = SigningKeys::rotate(folder.path(), &secret("two"), now()).unwrap_err();
    assert!(matches!(error, SigningKeyError::OtherSecret { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}
