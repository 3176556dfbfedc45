//! What the tests of several crates share: a running server, builders, a fixed clock, faults.

#![expect(clippy::expect_used, reason = "a test that cannot be set up must fail where it stands")]

pub mod app;
pub mod clock;
pub mod database;
mod deciding;
pub mod legacy;
pub mod mail_sink;
pub mod release;
pub mod station;
pub mod world;

pub use app::{Reach, TestApp};
pub use clock::TestClock;
pub use deciding::close_deviations;
pub use mail_sink::MailSink;
pub use station::TestStation;

/// Writes each test once and runs it over HTTP and in process.
///
/// A test is an `async fn name(app: TestApp, client: Client)`; it gets an application of its own.
#[macro_export]
macro_rules! over_both_transports {
    ($($name:ident,)*) => {
        mod over_http {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let app = $crate::TestApp::start().await;
                let client = app.client($crate::Reach::Http);
                super::$name(app, client).await;
            })*
        }

        mod in_process {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let app = $crate::TestApp::start().await;
                let client = app.client($crate::Reach::InProcess);
                super::$name(app, client).await;
            })*
        }
    };
}
