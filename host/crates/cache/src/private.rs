//! Folders that are their owner's alone.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Makes a folder, and those above it that are missing, for its owner alone (mode 0700). One that is there stays as it is.
///
/// # Errors
///
/// If it cannot be made.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Fails where a folder is not this user's alone.
#[cfg(unix)]
pub(crate) fn check_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(folder)?;
    let is_own = found.uid() == rustix::process::geteuid().as_raw();
    if is_own && found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(io::Error::other("the folder belongs to somebody else or is open to others"))
}

/// There a folder has no mode.
#[cfg(not(unix))]
pub(crate) fn check_private(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_is_its_owners_alone_and_so_are_those_above_it() {
        let base = tempfile::tempdir().unwrap();
        let (above, folder) = (base.path().join("deep"), base.path().join("deep/components"));
        make_private_folder(&folder).unwrap();
        check_private(&folder).unwrap();
        for made in [above, folder] {
            assert_eq!(fs::metadata(made).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn a_folder_open_to_others_is_not_private() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o777, 0o755, 0o710] {
            fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            make_private_folder(folder.path()).unwrap();
            assert!(check_private(folder.path()).is_err(), "{mode:o}");
        }
    }
}
