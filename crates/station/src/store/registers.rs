//! The copy of the plant's registers: lots, equipment, qualifications, and what the rules look up in them.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde::de::DeserializeOwned;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};
use viruj_api::{equipment::EquipmentRow, lots::LotRow, qualifications::QualificationRow};
use viruj_domain::{
    execution::{Registers, Wanted},
    ids::PlantId,
};

use super::{Store, StoreFault};

impl Store {
    /// What the copy of the plant's registers holds of what is wanted.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub(crate) async fn registers(&self, plant: &PlantId, wanted: &Wanted) -> Result<Registers, StoreFault> {
        let zone = self.plant(plant).await?.and_then(|plant| viruj_domain::plant::time_zone(&plant.time_zone));
        let mut found = Registers { zone: zone.unwrap_or(Tz::UTC), ..Registers::default() };
        if wanted.is_empty() {
            return Ok(found);
        }
        let mut reading = self.pool.begin().await.map_err(self.fault())?;
        found.materials = self.words_in_register(&mut reading, KEPT_MATERIALS, plant, &wanted.materials).await?;
        found.kinds = self.words_in_register(&mut reading, KEPT_KINDS, plant, &wanted.kinds).await?;
        found.procedures = self.words_in_register(&mut reading, KEPT_PROCEDURES, plant, &wanted.procedures).await?;

        let mut query = QueryBuilder::<Sqlite>::new("SELECT row FROM copy_lots WHERE feed = ");
        query.push_bind(plant.0.clone()).push(" AND (number = ").push_bind(wanted.lot.clone());
        query.push(" OR (status = 'Approved' AND material_code IN (");
        push_list(&mut query, &wanted.materials);
        query.push(")))");
        let lots: Vec<LotRow> = self.read(&mut reading, query).await?;
        found.lots = lots.iter().map(LotRow::lot).collect();

        let mut query = QueryBuilder::<Sqlite>::new("SELECT row FROM copy_equipment WHERE feed = ");
        query.push_bind(plant.0.clone()).push(" AND (code = ").push_bind(wanted.equipment.clone());
        query.push(" OR kind IN (");
        push_list(&mut query, &wanted.kinds);
        query.push(")) ORDER BY code");
        let equipment: Vec<EquipmentRow> = self.read(&mut reading, query).await?;
        found.equipment = equipment.iter().map(EquipmentRow::equipment).collect();

        let mut query = QueryBuilder::<Sqlite>::new("SELECT row FROM copy_qualifications WHERE feed = ");
        query.push_bind(plant.0.clone()).push(" AND person_id = ");
        query.push_bind(wanted.person.as_ref().map(|person| person.0.clone())).push(" AND procedure_code IN (");
        push_list(&mut query, &wanted.procedures);
        query.push(")");
        let qualifications: Vec<QualificationRow> = self.read(&mut reading, query).await?;
        found.qualifications = qualifications.iter().map(QualificationRow::qualification).collect();
        Ok(found)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        connection: &mut SqliteConnection,
        mut query: QueryBuilder<Sqlite>,
    ) -> Result<Vec<T>, StoreFault> {
        let rows = query.build().fetch_all(connection).await.map_err(self.fault())?;
        let read = |row: &SqliteRow| {
            let json: String = row.try_get("row").map_err(StoreFault::Database)?;
            Ok(serde_json::from_str(&json)?)
        };
        rows.iter().map(read).collect()
    }

    /// Those of the wanted words of which the register holds anything.
    async fn words_in_register(
        &self,
        connection: &mut SqliteConnection,
        register: &'static str,
        plant: &PlantId,
        wanted: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, StoreFault> {
        let mut query = QueryBuilder::<Sqlite>::new(register);
        push_list(&mut query, wanted);
        query.push(") AND feed = ").push_bind(plant.0.clone());
        let kept: Vec<String> = query.build_query_scalar().fetch_all(connection).await.map_err(self.fault())?;
        Ok(kept.into_iter().collect())
    }
}

const KEPT_MATERIALS: &str = "SELECT DISTINCT material_code FROM copy_lots WHERE material_code IN (";
const KEPT_KINDS: &str = "SELECT DISTINCT kind FROM copy_equipment WHERE kind IN (";
const KEPT_PROCEDURES: &str = "SELECT DISTINCT procedure_code FROM copy_qualifications WHERE procedure_code IN (";

fn push_list(query: &mut QueryBuilder<Sqlite>, words: &BTreeSet<String>) {
    let mut list = query.separated(", ");
    for word in words {
        list.push_bind(word.clone());
    }
}
