//! Connections that only ever run one statement of their own and are lent to nobody.
//!
//! Nothing can be left over on such a connection: no transaction, no setting, no role. So it need not be cleaned when it
//! is given back, which saves a round trip for every statement; whoever needs a connection takes a [`Database::reader`].
//!
//! [`Database::reader`]: crate::Database::reader

use futures_util::{future::BoxFuture, stream::BoxStream};
use sqlx::{
    Describe, Either, Execute, Executor, PgPool, Postgres, SqlStr,
    postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};

/// Executes statements, each on its own; the pool behind it is out of reach.
#[derive(Clone, Debug)]
pub struct Statements(pub(crate) PgPool);

impl<'p> Executor<'p> for &'_ Statements {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        E: 'q + Execute<'q, Postgres>,
    {
        self.0.fetch_many(query)
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        E: 'q + Execute<'q, Postgres>,
    {
        self.0.fetch_optional(query)
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        self.0.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>> {
        self.0.describe(sql)
    }
}
