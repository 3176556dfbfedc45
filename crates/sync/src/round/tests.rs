use futures_util::FutureExt;
use proptest::prelude::*;
use uuid::Uuid;
use viruj_domain::{batch::BatchStatus, phase::PhaseEntry};

use super::*;
use crate::{
    conformance::world::{self, STATION, Writer, known_station, rpm, server_key, statement},
    memory::{MemoryLog, MemoryReplica, MemoryServer, ServerFault},
};

fn server() -> MemoryServer {
    MemoryServer::new(world::memory_plant(), known_station(STATION), server_key(), world::time(200))
}

fn push(log: &mut MemoryLog, server: &MemoryServer) -> Result<PushRound, RoundError> {
    push_round(log, server, STATION).now_or_never().unwrap()
}

fn pull(replica: &mut MemoryReplica, server: &MemoryServer, feed: &str) -> Result<PullRound, RoundError> {
    pull_round(replica, server, feed).now_or_never().unwrap()
}

fn copy(replica: &mut MemoryReplica, server: &MemoryServer, feed: &str) -> Result<SnapshotRound, RoundError> {
    begin_snapshot(replica, server, feed).now_or_never().unwrap()?;
    snapshot_round(replica, server, feed, |_| {}).now_or_never().unwrap()
}

fn outbox(count: u64) -> MemoryLog {
    let mut log = MemoryLog::default();
    let mut writer = Writer::new(STATION);
    for number in 1..=count {
        let (phase, entry) = if number == 1 { (1, PhaseEntry::Confirmed) } else { (2, rpm("100")) };
        let operation = writer.unsigned(&statement(number, phase, entry));
        log.append(operation).now_or_never().unwrap().unwrap();
    }
    log
}

fn unsent(log: &mut MemoryLog) -> usize {
    log.without_verdict(STATION, usize::MAX).now_or_never().unwrap().unwrap().len()
}

#[test]
fn hard_case_01_a_lost_answer_is_made_up_by_the_next_round() {
    let (server, mut log) = (server(), outbox(3));
    server.set_fault(ServerFault::AnswerLost);
    assert_eq!(push(&mut log, &server).unwrap_err().code(), "server_unreachable");
    assert_eq!(unsent(&mut log), 3);
    let committed = server.plant(|plant| plant.entries.clone());
    assert_eq!(committed.len(), 3);
    server.set_fault(ServerFault::None);
    let round = push(&mut log, &server).unwrap();
    assert_eq!((round.verdicts.len(), round.stopped, unsent(&mut log)), (3, None, 0));
    assert_eq!(server.plant(|plant| plant.entries.clone()), committed);
    assert_eq!(server.alarms(), []);
}

#[test]
fn hard_case_03_a_pull_while_unsent_work_exists_leaves_it_alone() {
    let (server, mut log, mut replica) = (server(), outbox(2), MemoryReplica::default());
    let before = log.clone();
    server.plant(|plant| {
        let mut held = plant.batches[&world::batch_id()].clone();
        held.status = BatchStatus::OnHold;
        held.version += 1;
        plant.put_batch(held);
    });
    copy(&mut replica, &server, "plant-a").unwrap();
    assert_eq!(replica.batches[&world::batch_id()].status, BatchStatus::OnHold);
    assert_eq!(log, before);
    let round = push(&mut log, &server).unwrap();
    assert!(round.verdicts.iter().all(|verdict| verdict.verdict.code() == Some("after_hold")));
}

#[test]
fn a_copy_is_pulled_to_the_head_and_equals_the_plant() {
    let (server, mut log, mut replica) = (server(), outbox(4), MemoryReplica::default());
    push(&mut log, &server).unwrap();
    for feed in ["plant-a", "system"] {
        assert!(pull(&mut replica, &server, feed).unwrap().needs_snapshot);
        copy(&mut replica, &server, feed).unwrap();
    }
    server.plant(|plant| {
        assert_eq!(replica.batches, plant.batches);
        assert_eq!(replica.phases, plant.phases);
        assert_eq!(replica.people, plant.people);
        assert!(replica.entries.values().cloned().collect::<Vec<_>>().iter().all(|row| plant.entries.contains(row)));
        assert_eq!(replica.deviations.len(), plant.deviations.len());
    });
    assert_eq!(pull(&mut replica, &server, "plant-a").unwrap().entries, 0);
}

#[test]
fn hard_case_12_a_restored_server_is_given_again_what_it_lost() {
    let (server, mut log, mut replica) = (server(), outbox(5), MemoryReplica::default());
    let backup = server.plant(|plant| plant.clone());
    push(&mut log, &server).unwrap();
    copy(&mut replica, &server, "plant-a").unwrap();
    let (before, copied) = (server.plant(|plant| std::mem::replace(plant, backup)), replica.clone());
    server.set_epoch(Uuid::from_u128(2));
    let round = pull(&mut replica, &server, "plant-a").unwrap();
    assert!(round.needs_snapshot);
    // What is shown stays until the new copy is whole.
    assert_eq!((unsent(&mut log), &replica), (0, &copied));
    begin_snapshot(&mut replica, &server, "plant-a").now_or_never().unwrap().unwrap();
    push_after_restore(&mut log, &server, STATION).now_or_never().unwrap().unwrap();
    assert_eq!(server.plant(|plant| plant.entries.clone()), before.entries);
    copy(&mut replica, &server, "plant-a").unwrap();
    assert_eq!(server.plant(|plant| plant.phases.clone()), replica.phases);
    // New work goes on from there.
    let last = log.last(STATION).now_or_never().unwrap().unwrap().unwrap();
    let mut writer = Writer { next_seq: last.station_seq + 1, last_hash: last.envelope_hash, ..Writer::new(STATION) };
    log.append(writer.unsigned(&statement(6, 2, rpm("101")))).now_or_never().unwrap().unwrap();
    assert_eq!(push(&mut log, &server).unwrap().stopped, None);
    assert_eq!(server.alarms(), []);
}

#[test]
fn more_than_one_push_drains_a_long_outbox() {
    let (server, mut log) = (server(), outbox(450));
    assert_eq!(push(&mut log, &server).unwrap().verdicts.len(), 450);
    assert_eq!((server.pushes(), unsent(&mut log)), (3, 0));
}

#[test]
fn a_server_out_of_reach_or_out_of_its_senses_means_later() {
    let (server, mut log, mut replica) = (server(), outbox(1), MemoryReplica::default());
    server.set_fault(ServerFault::Unreachable);
    assert_eq!(push(&mut log, &server).unwrap_err().code(), "server_unreachable");
    assert_eq!(copy(&mut replica, &server, "system").unwrap_err().code(), "server_unreachable");
    let unknown = RoundError::from(ExchangeError::Refused { code: "moon_is_full".to_owned(), status: 599 });
    assert_eq!(unknown.code(), "moon_is_full");
    assert_eq!(unsent(&mut log), 1);
}

#[test]
fn a_page_with_a_gap_is_not_applied() {
    let (server, mut replica) = (server(), MemoryReplica::default());
    copy(&mut replica, &server, "plant-a").unwrap();
    let before = replica.clone();
    server.plant(|plant| {
        let row = plant.batches[&world::batch_id()].clone();
        (0..3).for_each(|_| plant.put_batch(row.clone()));
        let feed = plant.feeds.get_mut("plant-a").unwrap();
        feed.remove(feed.len() - 2);
    });
    assert!(matches!(pull(&mut replica, &server, "plant-a"), Err(RoundError::Protocol(_))));
    assert_eq!(replica, before);
}

#[test]
fn hard_case_11_a_cursor_before_the_kept_feed_leads_to_a_new_copy_and_keeps_the_outbox() {
    let (server, mut log, mut replica) = (server(), outbox(2), MemoryReplica::default());
    copy(&mut replica, &server, "plant-a").unwrap();
    push(&mut log, &server).unwrap();
    let mut writer = Writer::new(STATION);
    let last = log.last(STATION).now_or_never().unwrap().unwrap().unwrap();
    (writer.next_seq, writer.last_hash) = (last.station_seq + 1, last.envelope_hash);
    log.append(writer.unsigned(&statement(3, 2, rpm("101")))).now_or_never().unwrap().unwrap();
    let head = server.plant(|plant| plant.feeds["plant-a"].len() as u64);
    server.keep_from(head);
    let kept = log.clone();
    assert!(pull(&mut replica, &server, "plant-a").unwrap().needs_snapshot);
    let round = copy(&mut replica, &server, "plant-a").unwrap();
    assert!(!round.is_stale);
    assert_eq!((replica.cursors["plant-a"].seq, &log), (head, &kept));
    server.plant(|plant| assert_eq!((&replica.phases, replica.entries.len()), (&plant.phases, plant.entries.len())));
    assert!(!pull(&mut replica, &server, "plant-a").unwrap().needs_snapshot);
    assert_eq!(push(&mut log, &server).unwrap().verdicts.len(), 1);
}

/// A snapshot that was broken off goes on where it ended, and what changed meanwhile comes with it.
#[test]
fn a_snapshot_goes_on_where_it_was_broken_off() {
    let (server, mut log, mut replica) = (server(), outbox(4), MemoryReplica::default());
    push(&mut log, &server).unwrap();
    begin_snapshot(&mut replica, &server, "plant-a").now_or_never().unwrap().unwrap();
    let begun = replica.snapshot("plant-a").now_or_never().unwrap().unwrap().unwrap();
    assert!(begun.resume.is_some() && begun.sent < begun.expected);
    server.set_fault(ServerFault::Unreachable);
    assert_eq!(copy(&mut replica, &server, "plant-a").unwrap_err().code(), "server_unreachable");
    server.set_fault(ServerFault::None);
    // The first row has been read; it changes now.
    server.plant(|plant| {
        let mut row = plant.batches[&world::batch_id()].clone();
        row.version += 1;
        plant.put_batch(row);
    });
    let mut told = Vec::new();
    begin_snapshot(&mut replica, &server, "plant-a").now_or_never().unwrap().unwrap();
    let going_on = snapshot_round(&mut replica, &server, "plant-a", |progress| told.push(progress.sent));
    assert!(!going_on.now_or_never().unwrap().unwrap().is_stale);
    assert_eq!(told.first(), Some(&begun.sent));
    server.plant(|plant| assert_eq!((&replica.batches, &replica.phases), (&plant.batches, &plant.phases)));
}

#[test]
fn a_snapshot_that_a_restored_server_began_is_begun_again() {
    let (server, mut replica) = (server(), MemoryReplica::default());
    begin_snapshot(&mut replica, &server, "plant-a").now_or_never().unwrap().unwrap();
    server.set_epoch(Uuid::from_u128(2));
    assert!(copy(&mut replica, &server, "plant-a").unwrap().is_stale);
    assert_eq!(replica, MemoryReplica::default());
    assert!(!copy(&mut replica, &server, "plant-a").unwrap().is_stale);
    assert_eq!(replica.cursors["plant-a"].feed_epoch, Uuid::from_u128(2));
}

#[test]
fn memory_passes_the_conformance_suites() {
    use crate::conformance::{operation_log, plant_store, replica};
    operation_log(async || MemoryLog::default()).now_or_never().unwrap().unwrap();
    operation_log(async || world::memory_plant()).now_or_never().unwrap().unwrap();
    plant_store(async || world::memory_plant()).now_or_never().unwrap().unwrap();
    replica(async || MemoryReplica::default()).now_or_never().unwrap().unwrap();
}

impl crate::conformance::ReadBack for MemoryReplica {
    async fn batch_version(&mut self, id: &viruj_domain::ids::BatchId) -> Option<i64> {
        self.batches.get(id).map(|row| row.version)
    }

    async fn phase_count(&mut self, id: &viruj_domain::ids::BatchId) -> usize {
        self.phases.values().filter(|row| row.batch_id == *id).count()
    }

    async fn has_person(&mut self, id: &viruj_domain::ids::UserId) -> bool {
        self.people.contains_key(id)
    }
}

proptest! {
    #[test]
    fn waiting_grows_to_a_minute_and_never_beyond(attempt in 0u32..1000, random in any::<u64>()) {
        let wait = backoff(attempt, random);
        prop_assert!(wait >= Duration::from_millis(500) && wait <= Duration::from_secs(60));
        if attempt >= 8 {
            prop_assert!(wait >= Duration::from_secs(30));
        }
    }
}
