//! The two roles of the cluster, and who owns what.
//!
//! This cannot be a migration: roles belong to the cluster and not to one database, and parallel test databases would
//! race for them.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection};

use crate::error::StorageError;

/// Owns every object; nobody signs in as it.
pub const OWNER: &str = "viruj_owner";
/// Every serving connection works as it; owns nothing.
pub const RUNTIME: &str = "viruj_runtime";

const ATTEMPTS: u32 = 20;

/// Makes the roles, hands every object in `public` to `viruj_owner` and lets `serving_login` work as `viruj_runtime`.
///
/// A serving login other than the one that migrates becomes a plain member. Returns what could not be done and does not
/// hinder serving.
///
/// # Errors
/// [`StorageError::Forbidden`] when the migrating login may not make roles or does not own the legacy tables.
pub(crate) async fn bootstrap(connection: &mut PgConnection, serving_login: &str) -> Result<Vec<String>, StorageError> {
    retry_while_raced(connection, include_str!("bootstrap.sql").to_owned()).await?;
    let login: (String, bool) =
        sqlx::query_as("SELECT session_user::text, rolsuper FROM pg_roles WHERE rolname = session_user")
            .fetch_one(&mut *connection)
            .await?;
    let is_known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
        .bind(serving_login)
        .fetch_one(&mut *connection)
        .await?;
    if !is_known {
        return Ok(vec![format!("the cluster has no login {serving_login}; it cannot serve")]);
    }
    let is_member: bool = sqlx::query_scalar(
        "SELECT rolsuper OR pg_has_role(rolname, 'viruj_runtime', 'MEMBER') FROM pg_roles WHERE rolname = $1",
    )
    .bind(serving_login)
    .fetch_one(&mut *connection)
    .await?;
    let quoted = quote_identifier(serving_login);
    if !is_member || serving_login != login.0 {
        retry_while_raced(connection, format!("GRANT {RUNTIME} TO {quoted}")).await?;
    }
    if serving_login == login.0 {
        return Ok(Vec::new());
    }
    make_plain(connection, serving_login, &quoted).await
}

/// Takes from the serving login what would let it pass by the row policies and the trail.
async fn make_plain(
    connection: &mut PgConnection,
    serving_login: &str,
    quoted: &str,
) -> Result<Vec<String>, StorageError> {
    let mut statements = vec![
        format!("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}"),
        format!("REVOKE ALL ON SCHEMA public FROM {quoted}"),
    ];
    let is_strong: bool = sqlx::query_scalar(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
         FROM pg_roles WHERE rolname = $1",
    )
    .bind(serving_login)
    .fetch_one(&mut *connection)
    .await?;
    if is_strong {
        statements.push(format!("ALTER ROLE {quoted} NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS"));
    }
    // Whoever owns the database owns its schema `public`, and with it the right to drop what is in there.
    let owned_database: Option<String> = sqlx::query_scalar(
        "SELECT datname::text FROM pg_database WHERE datname = current_database() AND datdba = $1::regrole",
    )
    .bind(quoted)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(database) = owned_database {
        statements.push(format!("ALTER DATABASE {} OWNER TO {OWNER}", quote_identifier(&database)));
    }
    let joined: Vec<String> = sqlx::query_scalar(
        "SELECT granted.rolname::text FROM pg_auth_members AS m
         JOIN pg_roles AS granted ON granted.oid = m.roleid
         WHERE m.member = $1::regrole AND granted.rolname <> 'viruj_runtime'",
    )
    .bind(quoted)
    .fetch_all(&mut *connection)
    .await?;
    statements.extend(joined.iter().map(|role| format!("REVOKE {} FROM {quoted}", quote_identifier(role))));
    let mut undone = Vec::new();
    for statement in statements {
        if let Err(error) = retry_while_raced(connection, statement.clone()).await {
            undone.push(format!("{statement}: {error}"));
        }
    }
    Ok(undone)
}

/// Another program that changes the same role at the same moment makes PostgreSQL answer "tuple concurrently updated".
async fn retry_while_raced(connection: &mut PgConnection, statement: String) -> Result<(), StorageError> {
    let mut attempt = 1;
    loop {
        let raced = match sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut *connection).await {
            Ok(_) => return Ok(()),
            Err(sqlx::Error::Database(answer))
                if attempt < ATTEMPTS
                    && (matches!(answer.code().as_deref(), Some("XX000" | "40P01"))
                        || answer.is_unique_violation()) =>
            {
                answer
            }
            Err(error) => return Err(error.into()),
        };
        tracing::debug!(attempt, %raced, "another program changes the roles, trying again");
        tokio::time::sleep(Duration::from_millis(u64::from(attempt) * 20)).await;
        attempt += 1;
    }
}

pub(crate) fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
