//! The one window; it shows the station's own pages and nothing else.

use tauri::{AppHandle, Runtime, Url, WebviewUrl, WebviewWindowBuilder};

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

/// Opens the window at the size of the smallest panel that the screens are drawn for.
///
/// # Errors
/// When the system gives no window, for example without a display.
pub fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Viruj Station")
        .inner_size(1366.0, 768.0)
        .min_inner_size(1024.0, 640.0)
        .on_navigation(is_own_page)
        .build()?;
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
