//! The invariants of `docs/architecture.md`, held against `cargo metadata` and the sources.

#![expect(clippy::unwrap_used, reason = "a tree that cannot be read holds no invariant")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// What each crate may name of the others, outside its tests.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("viruj-domain", &[]),
    ("viruj-api", &["viruj-domain"]),
    ("viruj-sync", &["viruj-domain", "viruj-api"]),
    ("viruj-storage", &["viruj-domain", "viruj-api", "viruj-sync"]),
    ("viruj-client", &["viruj-domain", "viruj-api", "viruj-sync"]),
    ("viruj-record", &["viruj-domain", "viruj-api", "viruj-sync"]),
    ("viruj-release", &[]),
    ("viruj-server", &["viruj-domain", "viruj-api", "viruj-sync", "viruj-storage", "viruj-record", "viruj-release"]),
    ("viruj-station-core", &["viruj-domain", "viruj-api", "viruj-sync", "viruj-client"]),
    ("viruj-embedded-postgres", &[]),
    ("viruj-station-updater", &["viruj-release"]),
    (
        "viruj-station",
        &[
            "viruj-domain",
            "viruj-api",
            "viruj-client",
            "viruj-release",
            "viruj-server",
            "viruj-station-core",
            "viruj-embedded-postgres",
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap()
}

/// The names of the packages that each member names outside its tests.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    metadata()
        .packages
        .iter()
        .map(|package| {
            let names = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind != DependencyKind::Development)
                .map(|dependency| dependency.name.clone())
                .collect();
            (package.name.to_string(), names)
        })
        .collect()
}

/// Every file under the folder with this ending, tests excluded.
fn sources(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" && name != "testing" {
                walk(&path, ending, found);
            } else if name.ends_with(ending) && name != "tests.rs" && !name.contains(".test.") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), ending, &mut found);
    assert!(!found.is_empty(), "no {ending} under {folder}: the check would hold for nothing");
    found
}

/// Files below the folder that hold one of the words, as `path: word`.
fn holding(folder: &str, ending: &str, words: &[&str]) -> Vec<String> {
    let mut holders = Vec::new();
    for (path, text) in sources(folder, ending) {
        for word in words.iter().filter(|word| text.contains(**word)) {
            holders.push(format!("{}: {word}", path.display()));
        }
    }
    holders
}

#[test]
fn inv_crates_name_each_other_only_downwards() {
    let named = named();
    for (package, names) in &named {
        let own: BTreeSet<_> = names.iter().filter(|name| name.starts_with("viruj-")).map(String::as_str).collect();
        if package == "viruj-test-support" {
            continue;
        }
        let (_, allowed) = MAY_NAME
            .iter()
            .find(|(known, _)| known == package)
            .unwrap_or_else(|| panic!("{package} has no place in the plan of the house: add it to the invariants"));
        let allowed: BTreeSet<_> = allowed.iter().copied().collect();
        let beyond: Vec<_> = own.difference(&allowed).collect();
        assert!(beyond.is_empty(), "{package} names {beyond:?}");
        assert!(!own.contains("viruj-test-support"), "{package} ships what only tests need");
    }
    assert_eq!(named.len(), MAY_NAME.len() + 1, "a crate of the plan is gone");
}

#[test]
fn inv_each_outside_library_is_named_in_its_own_room_only() {
    let rooms: &[(&str, &[&str])] = &[
        ("sqlx", &["viruj-storage", "viruj-station-core", "viruj-test-support"]),
        ("reqwest", &["viruj-client", "viruj-server"]),
        ("axum", &["viruj-server", "viruj-test-support"]),
        ("keyring", &["viruj-station-core"]),
        ("typst", &["viruj-record"]),
        ("tauri", &["viruj-station"]),
        ("tauri-build", &["viruj-station"]),
        ("tauri-specta", &["viruj-station"]),
    ];
    for (library, allowed) in rooms {
        let namers: BTreeSet<_> =
            named().into_iter().filter(|(_, names)| names.contains(*library)).map(|(package, _)| package).collect();
        let beyond: Vec<_> = namers.iter().filter(|package| !allowed.contains(&package.as_str())).collect();
        assert!(beyond.is_empty(), "{library} is named by {beyond:?}");
    }
}

#[test]
fn inv_domain_and_sync_know_neither_runtime_nor_database_nor_clock_nor_chance() {
    let named = named();
    for package in ["viruj-domain", "viruj-sync", "viruj-record"] {
        for library in ["tokio", "sqlx", "rand", "getrandom", "reqwest", "tauri"] {
            assert!(!named[package].contains(library), "{package} names {library}");
        }
    }
    for folder in ["crates/domain/src", "crates/sync/src", "crates/record/src"] {
        let words = [
            "Utc::now",
            "Local::now",
            "SystemTime",
            "Instant::now",
            "now_v7",
            "new_v4",
            "std::fs",
            "std::net",
            "std::env",
        ];
        assert_eq!(holding(folder, ".rs", &words), Vec::<String>::new());
    }
}

#[test]
fn inv_a_handler_reaches_the_database_through_a_repository_only() {
    assert_eq!(holding("crates/server/src", ".rs", &["sqlx::", "use sqlx"]), Vec::<String>::new());
}

#[test]
fn inv_only_the_bridge_of_the_user_interface_calls_the_station() {
    let callers: Vec<_> = holding("src", ".ts", &["@tauri-apps/"])
        .into_iter()
        .chain(holding("src", ".tsx", &["@tauri-apps/"]))
        .filter(|holder| !holder.contains("/src/bridge/"))
        .collect();
    assert_eq!(callers, Vec::<String>::new());
}

#[test]
fn inv_the_user_interface_is_given_no_secret() {
    let bindings = fs::read_to_string(root().join("src/bridge/bindings.ts")).unwrap();
    let given =
        ["accessToken", "refreshToken", "access_token", "refresh_token", "hashedPassword", "privateKey", "secretKey"];
    for word in given {
        assert!(!bindings.contains(word), "the bindings name {word}");
    }
}

#[test]
fn inv_no_two_migrations_share_a_number() {
    for folder in ["migrations/server", "migrations/station"] {
        // What lies in folders below is made anew whenever it changes, and is no migration.
        let mut numbers: Vec<u64> = sources(folder, ".sql")
            .iter()
            .filter(|(path, _)| path.parent() == Some(root().join(folder).as_path()))
            .map(|(path, _)| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                name.split('_')
                    .next()
                    .unwrap()
                    .parse()
                    .unwrap_or_else(|_| panic!("{name} does not start with a number"))
            })
            .collect();
        numbers.sort_unstable();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "two migrations share a number: {numbers:?}");
    }
}

#[test]
fn sec_33_the_window_runs_under_a_strict_policy_and_a_golden_capability() {
    let configuration: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("tauri.conf.json")).unwrap()).unwrap();
    let app = &configuration["app"];
    assert_eq!(app["withGlobalTauri"], false);
    assert_eq!(app["security"]["freezePrototype"], true);
    assert_eq!(app["security"]["dangerousDisableAssetCspModification"], false);
    assert_eq!(app["security"]["assetProtocol"], serde_json::Value::Null);
    assert_eq!(app["security"]["capabilities"], serde_json::json!(["main"]));

    let policy = app["security"]["csp"].as_object().unwrap();
    for (directive, value) in policy {
        let value = value.as_str().unwrap();
        for banned in ["unsafe", "*", "https:", "blob:"] {
            assert!(!value.contains(banned), "{directive} {value}");
        }
        for source in value.split(' ').filter(|source| source.starts_with("http:")) {
            assert_eq!(source, "http://ipc.localhost", "{directive} allows {source}");
        }
    }
    assert_eq!(policy["default-src"], "'self'");
    assert_eq!(policy["object-src"], "'none'");

    let capability = fs::read_to_string(root().join("capabilities/main.json")).unwrap();
    let golden =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/capability-main.json")).unwrap();
    assert_eq!(capability, golden, "what the window may do has changed: review it, then renew the golden copy");
    assert_eq!(fs::read_dir(root().join("capabilities")).unwrap().count(), 1, "a capability file beside main.json");

    let plugins: Vec<_> =
        named()["viruj-station"].iter().filter(|name| name.starts_with("tauri-plugin-")).cloned().collect();
    assert!(
        !plugins.iter().any(|name| name.contains("shell") || name.contains("http") || name.contains("fs")),
        "{plugins:?}"
    );
}
