use viruj_api::leases::LeaseRow;
use viruj_domain::lease::{LeaseClaim, OperationName};

use super::*;

/// The batch is leased at `second`; entries are recorded at second 62 and received at second 120.
fn leased(plant: &mut MemoryPlant, second: u32, station: StationId) -> LeaseClaim {
    plant.now = world::time(second);
    claim(&plant.lease(&world::batch_id(), None, (station, "Granulation 2")))
}

fn claim(row: &LeaseRow) -> LeaseClaim {
    LeaseClaim { id: row.id, fence: row.fence }
}

fn under(station: StationId, lease: Option<LeaseClaim>) -> Writer {
    Writer { lease, ..Writer::new(station) }
}

#[test]
fn whoever_has_no_lease_is_recorded_beside_the_one_who_has() {
    let mut plant = world::memory_plant();
    let own = leased(&mut plant, 10, STATION);
    let mut other = under(OTHER_STATION, None);
    let strange =
        [other.unsigned(&statement(11, 1, PhaseEntry::Confirmed)), other.unsigned(&statement(12, 2, rpm("112")))];
    let received = push(&mut plant, OTHER_STATION, &strange);
    assert_eq!(words(&received), ["accepted_with_deviation duplicate"; 2]);
    assert_eq!(phase_status(&plant, 1), PhaseStatus::Pending);
    let told = &plant.deviations[0].description;
    assert!(told.contains("while Granulation 2 had the lease"), "{told}");
    let mut holder = under(STATION, Some(own));
    let received = push(&mut plant, STATION, &[holder.unsigned(&statement(1, 1, PhaseEntry::Confirmed))]);
    assert_eq!(words(&received), ["accepted"], "whoever had the lease goes on");
    assert_eq!(phase_status(&plant, 1), PhaseStatus::Completed);
}

#[test]
fn a_lease_of_an_operation_leaves_the_others_to_everybody() {
    let mut plant = world::memory_plant();
    plant.now = world::time(10);
    let elsewhere = OperationName { unit_procedure: "Granulation".to_owned(), operation: "Drying".to_owned() };
    plant.lease(&world::batch_id(), Some(elsewhere), (STATION, "Granulation 2"));
    let first = under(OTHER_STATION, None).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    assert_eq!(words(&push(&mut plant, OTHER_STATION, &[first])), ["accepted"]);
}

#[test]
fn what_was_done_before_a_lease_was_handed_over_counts_and_what_came_later_does_not() {
    for (handed_over_at, expected) in [(61, "accepted_with_deviation duplicate"), (63, "accepted")] {
        let mut plant = world::memory_plant();
        let before = leased(&mut plant, 10, STATION);
        leased(&mut plant, handed_over_at, OTHER_STATION);
        let entry = under(STATION, Some(before)).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
        assert_eq!(words(&push(&mut plant, STATION, &[entry])), [expected], "handed over at {handed_over_at}");
    }
}

#[test]
fn a_station_whose_clock_is_behind_has_what_was_handed_over_to_it() {
    let mut plant = world::memory_plant();
    leased(&mut plant, 10, STATION);
    let own = leased(&mut plant, 100, OTHER_STATION);
    let entry = statement(1, 1, PhaseEntry::Confirmed);
    let mut before = plant.clone();
    let unclaimed = under(OTHER_STATION, None).unsigned(&entry);
    assert_eq!(words(&push(&mut before, OTHER_STATION, &[unclaimed])), ["accepted_with_deviation duplicate"]);
    let claimed = under(OTHER_STATION, Some(own)).unsigned(&entry);
    assert_eq!(words(&push(&mut plant, OTHER_STATION, &[claimed])), ["accepted"]);
}

#[test]
fn a_lease_that_is_not_the_stations_own_gives_it_nothing() {
    let mut plant = world::memory_plant();
    let own = leased(&mut plant, 10, STATION);
    for (operation, invented) in [own, LeaseClaim { fence: 7, ..own }].into_iter().enumerate() {
        let mut plant = plant.clone();
        let said = statement(operation as u64 + 1, 1, PhaseEntry::Confirmed);
        let entry = under(OTHER_STATION, Some(invented)).unsigned(&said);
        assert_eq!(words(&push(&mut plant, OTHER_STATION, &[entry])), ["accepted_with_deviation duplicate"]);
    }
}
