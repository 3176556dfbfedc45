//! The one window; it shows the station's own pages and nothing else.

#[cfg(target_os = "linux")]
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use tauri::{AppHandle, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

#[cfg(target_os = "linux")]
const JUST_LOADED: Duration = Duration::from_secs(10);

/// There is no screen to open a window on.
#[derive(Debug, thiserror::Error)]
#[error("no screen: the display {display} does not answer; run this in a desktop session, or under `xvfb-run -a`")]
pub struct NoScreen {
    display: String,
}

/// Asks for the screen before the window library does, which would end the program in a panic.
///
/// # Errors
/// [`NoScreen`] when the display that the environment names does not answer, or it names none.
pub fn check_screen() -> Result<(), NoScreen> {
    #[cfg(target_os = "linux")]
    if gtk::init().is_err() {
        let named = |variable| std::env::var(variable).ok().filter(|display| !display.is_empty());
        let display = named("WAYLAND_DISPLAY").or_else(|| named("DISPLAY"));
        return Err(NoScreen {
            display: display.map_or_else(|| "(none is named)".to_owned(), |name| format!("{name:?}")),
        });
    }
    Ok(())
}

/// Opens the window at the size of the smallest panel that the screens are drawn for, or as a kiosk that fills the screen.
///
/// # Errors
/// When the system gives no window, for example without a display.
pub fn open<R: Runtime>(app: &AppHandle<R>, is_kiosk: bool) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Viruj Station")
        .inner_size(1366.0, 768.0)
        .min_inner_size(1024.0, 640.0)
        .fullscreen(is_kiosk)
        .decorations(!is_kiosk)
        .devtools(!is_kiosk)
        .zoom_hotkeys_enabled(false)
        .on_navigation(is_own_page)
        .build()?;
    if is_kiosk {
        keep_inside(&window)?;
    }
    show_again_when_lost(&window)
}

/// A station on the floor is left by ending the session of the computer, and by nothing that a glove meets.
fn keep_inside<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    window.on_window_event(|event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            tracing::info!("the window of a kiosk stays open");
        }
    });
    without_menu(window)
}

/// The web view's own menu would reload the page and go back in it.
#[cfg(target_os = "linux")]
fn without_menu<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt;
    window.with_webview(|webview| {
        webview.inner().connect_context_menu(|_, _, _, _| true);
    })
}

/// Never run: on Windows and macOS the menu stays.
#[cfg(not(target_os = "linux"))]
fn without_menu<R: Runtime>(_window: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

/// The page runs in a process of its own. When that ends, for want of memory or by a fault of its own, the window would
/// stay empty; the page is loaded again, and the session, the store and the outbox, which live here, are as they were.
#[cfg(target_os = "linux")]
fn show_again_when_lost<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use webkit2gtk::{WebProcessTerminationReason, WebViewExt};
    window.with_webview(|webview| {
        let last_loss = Cell::new(None::<Instant>);
        webview.inner().connect_web_process_terminated(move |view, reason| {
            if reason == WebProcessTerminationReason::TerminatedByApi {
                return;
            }
            tracing::error!(?reason, "the process of the page ended; the page is loaded again");
            let was_just_loaded = last_loss.replace(Some(Instant::now())).is_some_and(|at| at.elapsed() < JUST_LOADED);
            if was_just_loaded {
                // A page that ends as soon as it is loaded must not keep the station's processor busy.
                let view = view.clone();
                gtk::glib::timeout_add_local_once(JUST_LOADED, move || view.reload());
            } else {
                view.reload();
            }
        });
    })
}

/// The other systems' web views load such a page again themselves.
#[cfg(not(target_os = "linux"))]
fn show_again_when_lost<R: Runtime>(_window: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

/// A link to anywhere else is not followed: nothing of the station loads from a network.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" if url.host_str() == Some("tauri.localhost") => true,
        "http" => cfg!(debug_assertions) && url.host_str() == Some("localhost") && url.port() == Some(1420),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_33_the_window_goes_nowhere_else() {
        for (url, is_own) in [
            ("tauri://localhost/", true),
            ("http://tauri.localhost/index.html", true),
            ("https://plant.example/", false),
            ("http://localhost:8000/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_own_page(&url.parse().unwrap()), is_own, "{url}");
        }
    }
}
