//! The router on the network, until it is told to stop.

use std::{future::Future, io, net::SocketAddr};

use axum::{
    extract::connect_info::IntoMakeServiceWithConnectInfo,
    serve::{Listener, ListenerExt},
};

use crate::Application;

/// Serves until `stop` is ready, then takes no new request and finishes those in flight.
///
/// The listener is one of the network or a [`crate::tls::TlsListener`] over one.
///
/// # Errors
/// When the listener fails.
pub async fn serve<L: Listener<Addr = SocketAddr>>(
    application: &Application,
    listener: L,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service: IntoMakeServiceWithConnectInfo<_, SocketAddr> =
        application.router().into_make_service_with_connect_info::<SocketAddr>();
    // Only a tapped listener of any kind tells the address of the other end.
    let state = application.state().clone();
    let stop = async move {
        stop.await;
        state.heads.part();
    };
    axum::serve(listener.tap_io(|_| {}), service).with_graceful_shutdown(stop).await
}

/// Ready when the operating system asks the program to end.
pub async fn asked_to_stop() {
    let interrupted = async {
        // Without a handler the signal ends the program at once, which is the next best thing.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
