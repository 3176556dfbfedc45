//! The one transaction of a change, with its author.

use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use viruj_domain::{
    ids::{OperationId, StationId},
    plant::PlantScope,
};

use crate::{database::plants_setting, error::StorageError};

/// Who changes what, where and why; the audit trail takes it from here.
#[derive(Clone, Debug)]
pub struct ChangeContext {
    /// The plants whose rows can be read and written.
    pub scope: PlantScope,
    /// A person's id, or `system:<what>`.
    pub actor: String,
    pub station: Option<StationId>,
    pub operation: Option<OperationId>,
    /// A change of a row that was there before needs a reason or an operation (PIC/S PI 041).
    pub reason: Option<String>,
}

impl ChangeContext {
    /// A change by the program itself; `what` is one word, for example `migrate`.
    #[must_use]
    pub fn system(scope: PlantScope, what: &str, reason: Option<&str>) -> Self {
        Self {
            scope,
            actor: format!("system:{what}"),
            station: None,
            operation: None,
            reason: reason.map(str::to_owned),
        }
    }

    /// A change by a person, at no station.
    #[must_use]
    pub fn person(scope: PlantScope, person: &str, reason: Option<&str>) -> Self {
        Self { scope, actor: person.to_owned(), station: None, operation: None, reason: reason.map(str::to_owned) }
    }
}

/// An open transaction; dropped without [`UnitOfWork::commit`], it is rolled back.
///
/// Every changed row becomes one audit entry when the transaction commits, in the order of the changes.
pub struct UnitOfWork {
    transaction: Transaction<'static, Postgres>,
    /// Who is named just now, where that is known: naming the same again costs a push a round trip for each operation.
    named: Option<[String; 4]>,
}

impl UnitOfWork {
    pub(crate) async fn begin(pool: &PgPool, context: ChangeContext) -> Result<Self, StorageError> {
        let mut transaction = pool.begin().await?;
        // One round trip: it is part of every change.
        sqlx::query(
            "SELECT set_config('viruj.plants', $1, true), set_config('viruj.actor', $2, true),
                    set_config('viruj.station', $3, true), set_config('viruj.operation', $4, true),
                    set_config('viruj.reason', $5, true)",
        )
        .bind(plants_setting(&context.scope))
        .bind(&context.actor)
        .bind(context.station.map(|id| id.to_string()).unwrap_or_default())
        .bind(context.operation.map(|id| id.to_string()).unwrap_or_default())
        .bind(context.reason.as_deref().map(str::trim).unwrap_or_default())
        .execute(&mut *transaction)
        .await?;
        Ok(Self { transaction, named: None })
    }

    /// For the repositories of this crate and for reading what is about to be changed.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Names another author for the changes that follow, as for each operation of a push.
    ///
    /// A [`Self::rollback_to_savepoint`] returns to the author of the savepoint.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn set_author(
        &mut self,
        actor: &str,
        station: Option<StationId>,
        operation: Option<OperationId>,
        reason: Option<&str>,
    ) -> Result<(), StorageError> {
        let naming = [
            actor.to_owned(),
            station.map(|id| id.to_string()).unwrap_or_default(),
            operation.map(|id| id.to_string()).unwrap_or_default(),
            reason.map(str::trim).unwrap_or_default().to_owned(),
        ];
        if self.named.as_ref() == Some(&naming) {
            return Ok(());
        }
        self.named = None;
        let [actor, station, operation, reason] = &naming;
        sqlx::query(
            "SELECT set_config('viruj.actor', $1, true), set_config('viruj.station', $2, true),
                    set_config('viruj.operation', $3, true), set_config('viruj.reason', $4, true)",
        )
        .bind(actor)
        .bind(station)
        .bind(operation)
        .bind(reason)
        .execute(&mut *self.transaction)
        .await?;
        self.named = Some(naming);
        Ok(())
    }

    /// Puts an event without a changed row into the system's feed, for example a failed sign-in.
    ///
    /// # Errors
    /// Failures of the database; `created`, `changed`, `deleted` and `adopted` are kept for rows.
    pub async fn audit_event(
        &mut self,
        entity: &str,
        entity_id: &str,
        action: &str,
        detail: &str,
    ) -> Result<(), StorageError> {
        sqlx::query("SELECT viruj_audit_event($1, $2, $3, $4)")
            .bind(entity)
            .bind(entity_id)
            .bind(action)
            .bind(detail)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// # Errors
    /// Failures of the database.
    pub async fn savepoint(&mut self) -> Result<(), StorageError> {
        sqlx::raw_sql("SAVEPOINT viruj_step").execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// Undoes everything since the last [`Self::savepoint`], which stays; also after an error inside it.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn rollback_to_savepoint(&mut self) -> Result<(), StorageError> {
        self.named = None;
        sqlx::raw_sql("ROLLBACK TO SAVEPOINT viruj_step").execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// # Errors
    /// Failures of the database.
    pub async fn release_savepoint(&mut self) -> Result<(), StorageError> {
        sqlx::raw_sql("RELEASE SAVEPOINT viruj_step").execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// Writes the audit entries and makes everything durable.
    ///
    /// # Errors
    /// Failures of the database; nothing is written then, unless the connection broke while it answered.
    pub async fn commit(self) -> Result<(), StorageError> {
        self.transaction.commit().await?;
        Ok(())
    }

    /// # Errors
    /// Failures of the database; the transaction is over all the same.
    pub async fn rollback(self) -> Result<(), StorageError> {
        self.transaction.rollback().await?;
        Ok(())
    }
}
