//! The shell of the station: one window, its commands, and the start and end of what runs behind it.

mod bindings;
mod commands;
mod events;
mod launch;
mod logging;
mod recovery;
mod settings;
mod shell;
mod start;
mod updates;
mod window;

use std::{io, path::Path, process::ExitCode, time::Instant};

use tauri::{Manager, RunEvent, async_runtime};

pub use crate::launch::LaunchOptions;
use crate::{launch::Task, shell::Shell};

/// Runs the station until its window is closed.
pub fn run(launch: LaunchOptions) -> ExitCode {
    let started = Instant::now();
    let data_folder = match launch.data_folder() {
        Ok(folder) => folder,
        Err(error) => {
            report(&error);
            return ExitCode::FAILURE;
        }
    };
    if let Some(task) = launch.task.clone() {
        return without_window(&task, &launch, &data_folder);
    }
    if let Err(error) = window::check_screen() {
        report(&error);
        return ExitCode::FAILURE;
    }
    logging::start(&data_folder);
    let bindings = bindings::builder();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_updater::Builder::new().build())
        .invoke_handler(bindings.invoke_handler())
        .setup(move |app| {
            bindings.mount_events(app);
            let (is_kiosk, pace) = (launch.kiosk, launch.update_pace());
            let shell = Shell::new(launch, data_folder, started, app.handle().clone());
            app.manage(shell.clone());
            window::open(app.handle(), is_kiosk)?;
            shell.start();
            updates::follow(&shell, app.handle(), pace);
            stop_on_signal(app.handle().clone());
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event {
                    let shell = app.state::<Shell>().inner().clone();
                    async_runtime::block_on(shell.stop());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

fn without_window(task: &Task, launch: &LaunchOptions, data_folder: &Path) -> ExitCode {
    match async_runtime::block_on(recovery::run(task, launch, data_folder, &mut io::stdout())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// A session that ends sends SIGTERM; the embedded database then stops as it does when the window is closed.
fn stop_on_signal(app: tauri::AppHandle) {
    #[cfg(unix)]
    async_runtime::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
                app.exit(0);
            }
            Err(error) => tracing::warn!(%error, "a termination signal will not be noticed"),
        }
    });
    #[cfg(not(unix))]
    drop(app);
}

#[expect(clippy::print_stderr, reason = "without a window there is nowhere else to say why the program ends")]
fn report(error: &dyn std::error::Error) {
    eprintln!("viruj-station: {error}");
}
