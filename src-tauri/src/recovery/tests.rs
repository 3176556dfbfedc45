//! With the real keychain of the session and the real embedded PostgreSQL.

use std::{sync::Arc, time::Duration};

use viruj_api::station::{BackupList, CommandError, PlantSetUp, QueryKey, Stage};
use viruj_server::{backup::new_identity, checkpoints};

use super::*;
use crate::{
    settings::Settings,
    start::{FirstStart, Observer, Plan, Running, bring_up},
};

const EMAIL: &str = "meera.nair@plant.example";
const PASSWORD: &str = "correct horse battery";

struct Nobody;

impl Observer for Nobody {
    fn at_step(&self, _: &str) {}
    fn tell(&self, _: &[QueryKey]) {}
}

/// The computer of one station; its keychain is the session's, under the name of its folder.
struct Computer {
    folder: tempfile::TempDir,
    cluster: std::cell::OnceCell<PathBuf>,
}

impl Computer {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), cluster: std::cell::OnceCell::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    async fn start(&self, settings: &Settings, answer: Option<FirstStart>) -> Result<Running, CommandError> {
        let launch = LaunchOptions::default();
        let data_folder = self.data();
        let plan = Plan {
            version: "0.1.0",
            observer: Arc::new(Nobody),
            launch: &launch,
            data_folder: &data_folder,
            settings,
            choice: Choice::Embedded,
            answer,
        };
        let running = bring_up(plan).await?;
        let _ = self.cluster.set(running.cluster_folder().unwrap().to_owned());
        until("the station to be ready", async || (running.core.status().await.stage == Stage::Ready).then_some(()))
            .await;
        Ok(running)
    }

    /// For a computer whose cluster was made by a task alone.
    async fn find_cluster(&self) {
        let plan = ClusterPlan {
            binaries: find_binaries(None).unwrap(),
            home: self.data(),
            database: start::DATABASE.to_owned(),
        };
        let cluster = Cluster::start(plan).await.unwrap();
        let _ = self.cluster.set(cluster.folder().to_owned());
        cluster.stop().await.unwrap();
    }

    async fn run(&self, task: Task) -> Result<String, RecoveryError> {
        let mut out = Vec::new();
        run(&task, &LaunchOptions::default(), &self.data(), &mut out).await?;
        Ok(String::from_utf8(out).unwrap())
    }

    fn keychain(&self) -> Keychain {
        Keychain::open(&self.data()).unwrap()
    }
}

/// Root's clusters lie outside the data folder.
impl Drop for Computer {
    fn drop(&mut self) {
        if let Some(folder) = self.cluster.get() {
            drop(fs::remove_dir_all(folder));
        }
    }
}

async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

fn plant(backup_folder: &Path) -> FirstStart {
    FirstStart::Plant(PlantSetUp {
        plant_name: "Pune".to_owned(),
        region: "APAC".to_owned(),
        time_zone: "Asia/Kolkata".to_owned(),
        administrator_name: "Meera Nair".to_owned(),
        administrator_email: EMAIL.to_owned(),
        administrator_password: PASSWORD.to_owned(),
        backup_folder: backup_folder.display().to_string(),
    })
}

/// Once the first one, which is taken beside the start, is written down.
async fn backups(running: &Running) -> BackupList {
    running.core.sign_in(EMAIL, PASSWORD).await.unwrap();
    until("the first backup", async || {
        let list = running.core.list_backups().await.unwrap();
        (!list.items.is_empty()).then_some(list)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_7_2_an_embedded_station_backs_itself_up_and_is_restored_on_another_computer() {
    let lost = Computer::new();
    let key = lost.path("recovery-key.txt");
    let nothing_yet = lost.run(Task::RecoveryKey { file: key.clone() }).await;
    assert!(matches!(nothing_yet, Err(RecoveryError::NoKeyYet)), "{nothing_yet:?}");

    // Somebody of the plant can open the backups too.
    let plants_own = new_identity();
    let recipient = Identities::read(plants_own.expose()).unwrap().recipients().to_string();
    let settings = Settings { backup_recipients: vec![recipient], ..Settings::default() };
    let running = lost.start(&settings, Some(plant(&lost.data().join("backups")))).await.unwrap();
    let list = backups(&running).await;
    let causes: Vec<_> = list.items.iter().map(|backup| backup.cause.as_str()).collect();
    assert_eq!((causes.as_slice(), list.warning), (["first"].as_slice(), None));
    assert_eq!(list.folder, Some(lost.data().join("backups").display().to_string()));
    let taken = running.core.take_backup().await.unwrap();
    assert_eq!((taken.cause.as_str(), taken.requested_by_name.as_deref()), ("person", Some("Meera Nair")));
    running.stop().await;

    let file = lost.data().join("backups").join(&taken.file_name);
    assert!(fs::read(&file).unwrap().starts_with(b"age-encryption.org/v1\n"));
    let keys = lost.data().join("embedded").join(SERVER_KEYS);
    let heads =
        checkpoints::read(&keys.join("checkpoints"), &viruj_server::signing_keys::public_halves(&keys).unwrap(), &[]);
    let heads = heads.unwrap();
    assert!(heads.checkpoints.len() >= 2 && heads.unusable.is_empty(), "one at the start, one at the end: {heads:?}");

    let told = lost.run(Task::RecoveryKey { file: key.clone() }).await.unwrap();
    assert!(told.contains("opens the backups for age1"), "{told}");
    let again = lost.run(Task::RecoveryKey { file: key.clone() }).await;
    assert!(matches!(again, Err(RecoveryError::Unwritable { .. })), "no file is overwritten");

    let found = Computer::new();
    let restored = found.run(Task::Restore { file: file.clone(), identity: key.clone() }).await.unwrap();
    assert!(restored.contains("Recovery point: 20"), "{restored}");
    let settings = settings::load(&found.data().join(settings::FILE_NAME)).unwrap();
    assert_eq!(start::choice(&LaunchOptions::default(), &settings), Some(Choice::Embedded));
    for item in [Item::EmbeddedSecret, Item::BackupIdentity] {
        assert_eq!(found.keychain().read(item).unwrap(), lost.keychain().read(item).unwrap(), "{item:?}");
    }
    let running = found.start(&settings, None).await.unwrap();
    // The history came along, up to the backup itself.
    let list = backups(&running).await;
    assert_eq!(list.items.first().map(|backup| backup.cause.as_str()), Some("first"));
    assert_eq!(running.core.status().await.plant_name.as_deref(), Some("Pune"));
    running.stop().await;
    let refused = found.run(Task::Restore { file: file.clone(), identity: key }).await.unwrap_err();
    assert!(refused.to_string().contains("is not empty"), "{refused}");

    // With an identity of the plant's own; the secrets of the lost computer are not in its file.
    let other = Computer::new();
    let identity = other.path("identity.txt");
    fs::write(&identity, plants_own.expose()).unwrap();
    other.run(Task::Restore { file, identity }).await.unwrap();
    assert_ne!(other.keychain().key(Item::EmbeddedSecret).unwrap(), lost.keychain().key(Item::EmbeddedSecret).unwrap());
    let running = other.start(&Settings::default(), None).await.unwrap();
    backups(&running).await;
    running.stop().await;
    for computer in [&lost, &found, &other] {
        Item::ALL.into_iter().for_each(|item| computer.keychain().remove(item).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_fails_leaves_neither_database_nor_secret_and_says_why() {
    let computer = Computer::new();
    let key = computer.path("recovery-key.txt");
    let identity = new_identity();
    let with_secret = |digits: &str| fs::write(&key, format!("{}\n{SECRET_KEY}{digits}\n", identity.expose())).unwrap();
    with_secret("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    let file = computer.path("viruj.age");
    fs::write(&file, "not a backup").unwrap();
    let refused = computer.run(Task::Restore { file: file.clone(), identity: key.clone() }).await.unwrap_err();
    assert!(refused.to_string().contains("not a backup"), "{refused}");
    assert!(computer.keychain().read(Item::BackupIdentity).unwrap().is_none());
    assert!(computer.keychain().read(Item::EmbeddedSecret).unwrap().is_none());
    assert!(!computer.data().join(settings::FILE_NAME).exists());

    with_secret("0123");
    let cut = computer.run(Task::Restore { file: file.clone(), identity: key }).await.unwrap_err();
    assert!(matches!(cut, RecoveryError::NoRecoveryKey { .. }), "{cut}");
    let nowhere = computer.run(Task::Restore { file, identity: computer.path("nowhere") }).await.unwrap_err();
    assert!(nowhere.to_string().contains("cannot be read"), "{nowhere}");
    computer.find_cluster().await;
    let running = start::lock_data_folder(&computer.data()).unwrap();
    let whole = computer.path("identity.txt");
    fs::write(&whole, identity.expose()).unwrap();
    let task = Task::Restore { file: computer.path("viruj.age"), identity: whole };
    let refused = computer.run(task).await.unwrap_err();
    assert!(matches!(refused, RecoveryError::AlreadyRunning), "{refused}");
    drop(running);
}

#[tokio::test]
async fn settings_of_backups_that_cannot_be_meant_are_named() {
    let computer = Computer::new();
    for (settings, named) in [
        (Settings { backup_at: Some("25:00".to_owned()), ..Settings::default() }, "backup_at"),
        (Settings { backup_recipients: vec!["age1wrong".to_owned()], ..Settings::default() }, "age1wrong"),
    ] {
        let refused = start::backups(&settings, &computer.data(), &computer.keychain()).await.unwrap_err();
        assert_eq!(refused.code, "settings_malformed");
        assert!(refused.detail.unwrap().contains(named));
    }
}
