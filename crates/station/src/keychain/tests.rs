use std::process::Command;

use super::*;

/// How the session of this process is: `ok`, or the code that opening the keychain gives. Other sessions are made by
/// the tests below, which run this very test in them.
const EXPECTED: &str = "VIRUJ_EXPECTED_KEYCHAIN";
const THIS_TEST: &str = "keychain::tests::opening_tells_how_the_session_is";

#[test]
fn opening_tells_how_the_session_is() {
    let folder = tempfile::tempdir().unwrap();
    let opened = Keychain::open(folder.path());
    let expected = std::env::var(EXPECTED).unwrap_or_else(|_| "ok".to_owned());
    assert_eq!(opened.as_ref().map_or_else(|error| error.code(), |_| "ok"), expected, "{opened:?}");
}

fn run(command: &mut Command, expected: &str) {
    let output = command.env(EXPECTED, expected).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn in_session(arguments: &[&str], home: &Path) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/with-keyring.sh");
    let mut command = Command::new(script);
    command.args(arguments).arg(std::env::current_exe().unwrap()).args(["--exact", THIS_TEST]);
    command.env("VIRUJ_KEYRING_HOME", home);
    command
}

#[test]
fn sec_35_a_locked_keychain_is_a_clear_error_and_nothing_is_written_elsewhere() {
    let home = tempfile::tempdir().unwrap();
    run(&mut in_session(&[], home.path()), "ok");
    run(&mut in_session(&["--locked"], home.path()), "keychain_locked");
    run(&mut in_session(&[], home.path()), "ok");
}

#[test]
fn a_session_without_a_bus_is_told_from_one_without_a_keychain() {
    let exe = std::env::current_exe().unwrap();
    let mut without_bus = Command::new(&exe);
    without_bus.args(["--exact", THIS_TEST]).env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
    run(&mut without_bus, "no_session_bus");
    let mut with_dead_bus = Command::new(&exe);
    with_dead_bus.args(["--exact", THIS_TEST]).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/no/such/bus");
    run(&mut with_dead_bus, "no_session_bus");
    // A bus that starts no service for anybody.
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("bus.conf");
    std::fs::write(
        &config,
        format!(
            "<busconfig><type>session</type><listen>unix:dir={}</listen><policy context=\"default\">\
             <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy>\
             </busconfig>",
            folder.path().display()
        ),
    )
    .unwrap();
    let mut without_keychain = Command::new("dbus-run-session");
    without_keychain.arg("--config-file").arg(&config).arg("--").arg(&exe).args(["--exact", THIS_TEST]);
    run(&mut without_keychain, "keychain_unavailable");
}

#[test]
fn secrets_are_kept_replaced_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = Keychain::open(folder.path()).unwrap();
    assert!(keychain.text(Item::RefreshToken).unwrap().is_none());
    keychain.write(Item::RefreshToken, b"first").unwrap();
    keychain.write(Item::RefreshToken, b"second").unwrap();
    // Another instance, as after a restart of the program.
    let again = Keychain::open(folder.path()).unwrap();
    assert_eq!(again.text(Item::RefreshToken).unwrap().unwrap().expose(), "second");
    again.remove(Item::RefreshToken).unwrap();
    again.remove(Item::RefreshToken).unwrap();
    assert!(keychain.text(Item::RefreshToken).unwrap().is_none());
}

#[test]
fn two_folders_keep_their_secrets_apart() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (Keychain::open(one.path()).unwrap(), Keychain::open(other.path()).unwrap());
    let key = one.key_or_new(Item::StoreKey).unwrap();
    assert!(other.key(Item::StoreKey).unwrap().is_none());
    assert_ne!(other.key_or_new(Item::StoreKey).unwrap(), key);
    assert_eq!(one.key_or_new(Item::StoreKey).unwrap(), key);
    let secret = one.embedded_secret().unwrap();
    assert_eq!((secret.expose().len(), secret == one.embedded_secret().unwrap()), (64, true));
    let identity = one.backup_identity(|| SecretText::new("the first")).unwrap();
    assert_eq!(one.backup_identity(|| SecretText::new("another")).unwrap(), identity);
    assert!(other.text(Item::BackupIdentity).unwrap().is_none());
    for keychain in [one, other] {
        for item in Item::ALL {
            keychain.remove(item).unwrap();
        }
    }
}

#[test]
fn something_else_in_the_place_of_a_key_is_told_without_showing_it() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = Keychain::open(folder.path()).unwrap();
    keychain.write(Item::StoreKey, b"hunter2").unwrap();
    let error = keychain.key(Item::StoreKey).unwrap_err();
    assert_eq!(error.code(), "keychain_failed");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    keychain.remove(Item::StoreKey).unwrap();
}
