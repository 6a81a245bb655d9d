//! Python with the packages of a lock file, in a folder of its own below the target folder.
//!
//! The system's Python makes the folder and is not changed: packages are those of the lock file, by version and hash.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::FOLDER;
use crate::command::{run_bounded, succeeds};
use crate::setup;
use crate::workspace::Workspace;

/// Python with pip and venv, where it is missing; the distribution's own.
const PACKAGES: [&str; 2] = ["python3", "python3-venv"];
/// The oldest Python that the lock files' packages are for, as `python3 -c` asks it.
const NEW_ENOUGH: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
/// The packages are 150 MB, ClickHouse's 200 MB more: four minutes on a machine that was busy with much else.
const INSTALL_LIMIT: Duration = Duration::from_secs(15 * 60);

/// A Python with its packages.
#[derive(Debug)]
pub(crate) struct Python {
    folder: PathBuf,
    scripts: PathBuf,
}

impl Python {
    /// Installs a lock file's packages, unless they are what was installed last.
    pub(crate) fn ensure(workspace: &Workspace, name: &str, lock: &str) -> Result<Self> {
        let scripts = workspace.root().join(FOLDER);
        let folder = workspace.tools().join(format!("python-{name}"));
        let python = Self { folder, scripts };
        python.install(&python.scripts.join(lock))?;
        Ok(python)
    }

    fn install(&self, lock: &Path) -> Result<()> {
        let wanted = fs::read(lock).with_context(|| format!("cannot read {}", lock.display()))?;
        let note = self.folder.join("installed.txt");
        // A Python that was renewed or removed leaves the folder's own without what it needs.
        let works = succeeds(Command::new(self.program()).args(["-c", "import sys"]));
        if works && fs::read(&note).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        ensure_system_python()?;
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&self.folder);
        run_bounded(&mut make, INSTALL_LIMIT, "see whether python3-venv is installed")?;
        let mut pip = Command::new(self.program());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]);
        pip.args(["--require-hashes", "--requirement"]).arg(lock);
        run_bounded(
            &mut pip,
            INSTALL_LIMIT,
            "see that pip reaches PyPI, or a mirror that is set in its configuration",
        )?;
        fs::write(&note, wanted).with_context(|| format!("cannot write {}", note.display()))
    }

    /// A script of the notebooks' folder, to be given its arguments.
    pub(super) fn script(&self, name: &str) -> Command {
        let mut script = Command::new(self.program());
        script.arg("-B").arg(self.scripts.join(name));
        // What matplotlib finds out about fonts takes seconds, and is kept.
        script.env("MPLCONFIGDIR", self.folder.join("matplotlib"));
        script
    }

    /// A program that is given as text.
    pub(crate) fn text(&self, program: &str) -> Command {
        let mut python = Command::new(self.program());
        python.args(["-B", "-c", program]);
        python
    }

    fn program(&self) -> PathBuf {
        self.folder.join("bin/python")
    }
}

fn ensure_system_python() -> Result<()> {
    if is_new_enough() {
        return Ok(());
    }
    setup::install(&PACKAGES).context("the notebooks need Python 3.11 or newer with venv")?;
    if !is_new_enough() {
        bail!(
            "the notebooks need Python 3.11 or newer with venv, and `python3` is not that\n  what to do: put one first on the PATH"
        );
    }
    Ok(())
}

fn is_new_enough() -> bool {
    succeeds(Command::new("python3").args(["-c", NEW_ENOUGH]))
}
