//! Files that are on the disk when a function returns, under their names.

use std::path::Path;

/// Puts a file that is written to its end in the place of another: whoever reads meets the one or the other, whole.
pub(crate) fn take_place(from: &Path, of: &Path) -> std::io::Result<()> {
    std::fs::File::open(from)?.sync_all()?;
    std::fs::rename(from, of)?;
    of.parent().map_or(Ok(()), sync_folder)
}

/// What was renamed in the folder stays renamed when the power goes.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
