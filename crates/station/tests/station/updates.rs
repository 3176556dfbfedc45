//! When the program may be replaced, and by which versions.

use viruj_api::station::{EntryInput, UpdateHindrance};

use crate::support::{Floor, record};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_waits_until_everything_is_sent() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    core.sync_now().await.unwrap();
    assert_eq!(core.update_hindrance().await.unwrap(), None);
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    assert_eq!(core.update_hindrance().await.unwrap(), Some(UpdateHindrance::Unsent));
    floor.served.come_back(&floor.app.application).await;
    core.sync_now().await.unwrap();
    assert_eq!(core.update_hindrance().await.unwrap(), None);
}

/// CVE-2026-95625: what was proved once is not gone back behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_37_a_version_below_one_that_was_proved_is_refused_also_after_a_restart() {
    let floor = Floor::new().await;
    let core = floor.open().await;
    assert!(core.see_version([1, 10, 0]).await.unwrap());
    assert!(!core.see_version([1, 9, 0]).await.unwrap(), "numbers, not words");
    core.close().await;
    drop(core);
    let core = floor.open().await;
    assert!(!core.see_version([1, 9, 9]).await.unwrap());
    assert!(core.see_version([1, 10, 0]).await.unwrap());
    assert!(core.see_version([2, 0, 0]).await.unwrap());
}
