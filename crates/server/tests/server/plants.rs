//! Plants with their figures, and the roles.

use http::Method;
use viruj_api::plants::{BatchCount, ChangePlant, CreatePlant, Plant, PlantQuery};
use viruj_client::Client;
use viruj_domain::{capability::Capability, role::Role};
use viruj_sync::conformance::world::batch;
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    the_roles_are_those_of_the_rules,
    plants_are_listed_with_their_figures,
    a_plant_is_made_and_changed,
    sec_16_a_plant_of_others_is_not_there,
}

fn pune() -> CreatePlant {
    CreatePlant {
        id: Some("plant-p".into()),
        name: "Pune".into(),
        region: "APAC".into(),
        time_zone: "Asia/Kolkata".into(),
    }
}

fn change_of(plant: &Plant, reason: &str) -> ChangePlant {
    ChangePlant {
        name: plant.name.clone(),
        region: plant.region.clone(),
        time_zone: plant.time_zone.clone(),
        manager_id: plant.manager_id.clone(),
        reason: reason.to_owned(),
    }
}

async fn the_roles_are_those_of_the_rules(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    let roles = client.roles(&token).await.unwrap();
    assert_eq!(roles.items.len(), 17);
    assert_eq!(roles.capabilities, Capability::ALL);
    for row in roles.items {
        assert_eq!(row.capabilities, row.role.capabilities());
        assert_eq!(row.departments, row.role.departments());
        assert_eq!(row.sees_all_plants_by_default, row.role.sees_all_plants_by_default());
    }
}

async fn plants_are_listed_with_their_figures(app: TestApp, client: Client) {
    world::add_stations(app.storage()).await;
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    let plants = client.plants(&token, &PlantQuery::default()).await.unwrap().items;
    let names: Vec<_> = plants.iter().map(|plant| plant.name.as_str()).collect();
    assert_eq!(names, ["Dublin Plant", "Hyderabad Plant"]);
    let figures = &plants[1].figures;
    assert_eq!(figures.batches, [BatchCount { status: batch().status, count: 1 }]);
    assert_eq!(figures.stations, 2);
    // The operator, the three of the world who are active there, and the one with the legacy hash.
    assert_eq!(figures.people, 5);
    assert_eq!((plants[0].figures.people, plants[0].figures.stations, plants[0].figures.batches.len()), (1, 0, 0));
    let first = client.plants(&token, &PlantQuery { limit: Some(1), ..PlantQuery::default() }).await.unwrap();
    let rest = PlantQuery { cursor: first.next_cursor, ..PlantQuery::default() };
    assert_eq!(client.plants(&token, &rest).await.unwrap().items, plants[1..]);
    let searched = PlantQuery { search: Some("dublin".into()), ..PlantQuery::default() };
    assert_eq!(client.plants(&token, &searched).await.unwrap().items, plants[..1]);
    let sorted = raw::send(&app, Method::GET, "/api/v1/plants?sort=oee", Some(&token), "").await;
    assert_eq!((sorted.status.as_u16(), sorted.code()), (422, "invalid_query"));
}

async fn a_plant_is_made_and_changed(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    let made = client.create_plant(&token, "plant-0001", &pune()).await.unwrap();
    assert_eq!(made.value.figures, Default::default());
    assert_eq!(client.create_plant(&token, "plant-0001", &pune()).await.unwrap(), made);
    assert_eq!(problem(client.create_plant(&token, "plant-0002", &pune()).await).code, "id_taken");
    for (plant, code) in [
        (CreatePlant { time_zone: "Asia/Pune".into(), ..pune() }, "time_zone_unknown"),
        (CreatePlant { name: "".into(), ..pune() }, "name_invalid"),
        (CreatePlant { region: " ".into(), ..pune() }, "region_invalid"),
        (CreatePlant { id: Some("system".into()), ..pune() }, "id_invalid"),
        (CreatePlant { id: Some("a,b".into()), ..pune() }, "id_invalid"),
    ] {
        let refused = problem(client.create_plant(&token, "plant-0003", &plant).await);
        assert_eq!((refused.code.as_str(), refused.status), (code, 422));
    }
    let id = made.value.id.clone();
    let mut change = change_of(&made.value, "");
    change.manager_id = Some("warehouse".into());
    assert_eq!(problem(client.change_plant(&token, &id, &made.etag, &change).await).code, "change_reason_required");
    change.reason = "Wanda opens it".into();
    let changed = client.change_plant(&token, &id, &made.etag, &change).await.unwrap();
    assert_eq!(changed.value.manager_name.as_deref(), Some("Wanda Hall"));
    assert_eq!(problem(client.change_plant(&token, &id, &made.etag, &change).await).code, "changed_meanwhile");
    let wanda = app.sign_in(&client, &world::email("warehouse")).await.person;
    assert!(wanda.plant_ids.contains(&id), "a plant's manager sees it");
    for unfit in ["gone", "nobody"] {
        change.manager_id = Some(unfit.into());
        let refused = client.change_plant(&token, &id, &changed.etag, &change).await;
        assert_eq!(problem(refused).code, "manager_unknown", "{unfit}");
    }
    change.manager_id = None;
    change.time_zone = "Mars/Olympus".into();
    assert_eq!(problem(client.change_plant(&token, &id, &changed.etag, &change).await).code, "time_zone_unknown");
    let mut database = app.database.superuser().await;
    let told: Vec<(String, String)> = sqlx::query_as(
        "SELECT action, reason FROM audit_entries WHERE entity = 'plants' AND entity_id = 'plant-p' AND feed = 'plant-p' ORDER BY seq",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    let expected = [("created", "plant made"), ("changed", "Wanda opens it")];
    assert_eq!(told, expected.map(|(action, reason)| (action.to_owned(), reason.to_owned())));
}

async fn sec_16_a_plant_of_others_is_not_there(app: TestApp, client: Client) {
    let token = app.sign_in(&client, &world::email("admin")).await.access_token;
    let mut head = crate::users::newcomer("head@example.invalid");
    head.role = Role::PlantHead;
    let made = client.create_user(&token, "head-0001", &head).await.unwrap().value;
    let token = crate::users::begin_work(&client, &head.email, &made.one_time_secret).await;
    let seen = client.plants(&token, &PlantQuery::default()).await.unwrap().items;
    assert_eq!(seen.iter().map(|plant| plant.id.as_str()).collect::<Vec<_>>(), ["plant-a"]);
    for other in [world::OTHER_PLANT, "plant-z", "\0"] {
        assert_eq!(problem(client.plant(&token, &other.into()).await).code, "not_found", "{other:?}");
    }
    let own = client.plant(&token, &"plant-a".into()).await.unwrap();
    assert_eq!(own.value.figures.batches[0].status, batch().status);
    let refused = client.change_plant(&token, &own.value.id, &own.etag, &change_of(&own.value, "mine")).await;
    assert_eq!(problem(refused).code, "not_authorised");
    assert_eq!(problem(client.create_plant(&token, "head-0002", &pune()).await).code, "not_authorised");
}
