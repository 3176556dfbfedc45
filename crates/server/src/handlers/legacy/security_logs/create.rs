use axum::{Json, extract::State};
use http::StatusCode;
use uuid::Uuid;
use viruj_api::legacy::receiving::{SecurityLog, SecurityLogCreate};
use viruj_domain::{
    ids::PlantId,
    plant::PlantScope,
    receiving::{gate_counter, gate_month, local_date, vehicle_number},
    role::Role,
};
use viruj_storage::gate_entries::{self, Delivery, NewGateEntry, Telling};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    handlers::{
        legacy::{
            begin,
            body::{Fields, Range},
            not_found,
        },
        sessions::now,
    },
};

/// Write down a delivery
///
/// The vehicle's number is kept in capitals; the code is month, year and number. Warehouse Managers are told.
#[utoipa::path(post, path = "/api/security/logs", operation_id = "legacy_security_logs_create", tag = "legacy",
    request_body = SecurityLogCreate,
    responses((status = 201, description = "The gate entry", body = SecurityLog)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<(StatusCode, Json<SecurityLog>), ApiError> {
    let now = now(&app);
    let delivery = read(&mut fields);
    let plant = fields.optional_text("plant_id", 50);
    fields.check()?;
    let plant = plant_of(&caller, plant)?;
    let mut unit = begin(&app, &caller, "create gate entry").await?;
    let gate = gate_entries::gate(&mut unit, &plant, Role::WarehouseManager).await?;
    let gate = gate.ok_or_else(|| not_found("Plant"))?;
    let today = local_date(now, gate.time_zone);
    let entry = NewGateEntry {
        id: Uuid::now_v7(),
        counter: &gate_counter(today),
        month: &gate_month(today),
        plant_id: &plant,
        delivery: &delivery,
        created_by: &caller.person.id,
        created_by_name: &caller.person.name,
        created_at: now,
    };
    let beginning = format!(
        "{} from {} arrived via {}. Create GRN referencing security log ",
        delivery.material_name,
        delivery.supplier_name.as_deref().unwrap_or("an unknown supplier"),
        delivery.vehicle_number,
    );
    let telling = Telling { people: &gate.people, title: "Gate entry awaiting GRN", beginning: &beginning };
    let entry = gate_entries::create(&app.database, unit, &entry, &telling).await?;
    Ok((StatusCode::CREATED, Json(entry)))
}

fn read(fields: &mut Fields) -> Delivery {
    Delivery {
        material_name: fields.text("material_name", 2, 150),
        material_category: fields.optional_text("material_category", 100),
        po_number: fields.optional_text("po_number", 60),
        vehicle_name: fields.optional_text("vehicle_name", 80),
        vehicle_number: vehicle_number(&fields.text("vehicle_number", 4, 40)),
        driver_name: fields.optional_text("driver_name", 100),
        driver_contact: fields.optional_text("driver_contact", 30),
        supplier_name: fields.optional_text("supplier_name", 150),
        document_number: fields.optional_text("document_number", 80),
        quantity: fields.optional_number("quantity", Range::QUANTITY),
        uom: fields.optional_text("uom", 20),
        remarks: fields.optional_text("remarks", 500),
        seal_intact: fields.flag("seal_intact", Some(true)),
    }
}

/// The plant that was named, or the person's own; a plant that the person does not see is not there.
fn plant_of(caller: &Caller, named: Option<String>) -> Result<PlantId, ApiError> {
    if let Some(named) = named {
        let plant = PlantId(named);
        return if caller.scope.sees(&plant) { Ok(plant) } else { Err(not_found("Plant")) };
    }
    let own = caller.account.plant_id.clone();
    let only = match &caller.scope {
        PlantScope::Only(plants) if plants.len() == 1 => plants.first().cloned(),
        _ => None,
    };
    own.map(PlantId).or(only).ok_or_else(|| {
        ApiError::new(ProblemCode::StepNotAllowed).with_detail("You belong to no plant; name one as plant_id")
    })
}
