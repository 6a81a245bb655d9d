//! Running `host` and showing what it said.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The target of runs that name none: guests that can make requests need one, and here none is answered.
const NOWHERE: &str = "http://127.0.0.1:1";

/// A place for one test: an empty folder to work in, and a cache that all tests share, so that each
/// guest is compiled once.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the place.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).expect("a file in the temporary folder");
        path
    }

    /// The program with its arguments, not started.
    pub(crate) fn command<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_host"));
        command
            .args(args)
            .current_dir(self.path())
            .env("NO_COLOR", "1")
            .env("XDG_CACHE_HOME", cache())
            .env_remove("OUTRIDER_OUT")
            .env("OUTRIDER_TARGET", NOWHERE)
            .env_remove("OUTRIDER_LOG")
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn host<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Said {
        Said::of(self.command(args).output().expect("the program starts"), self.path())
    }

    /// The report of the latest run, as JSON.
    pub(crate) fn report(&self) -> serde_json::Value {
        let said = self.host(["report", "--format", "json"]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        serde_json::from_str(&said.stdout).expect("the report is JSON")
    }
}

/// What the program said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    folder: PathBuf,
}

impl Said {
    pub(crate) fn of(output: Output, folder: &Path) -> Said {
        Said {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
            folder: folder.to_owned(),
        }
    }

    /// Exit code, standard output and standard error, as one text.
    pub(crate) fn show(&self) -> String {
        let code = self.code.map_or("by a signal".into(), |code| code.to_string());
        let streams = [("stdout", &self.stdout), ("stderr", &self.stderr)];
        let shown = streams.iter().filter(|(_, stream)| !stream.is_empty());
        let shown = shown.map(|(name, stream)| format!("--- {name}\n{}\n", stream.trim_end()));
        format!("exit {code}\n{}", shown.collect::<String>())
            .replace(&self.folder.display().to_string(), "[PLACE]")
            .replace(&workspace().display().to_string(), "[WORKSPACE]")
    }

    /// Exit code and errors with their causes and hints, without what was said before them and without
    /// stacks, which differ between compilers.
    pub(crate) fn errors(&self) -> String {
        let from_error = self.stderr.lines().skip_while(|line| !line.starts_with("error:"));
        let words =
            from_error.filter(|line| !line.starts_with("    ") && !line.ends_with("caused by: stack"));
        let text = format!("exit {}\n{}\n", self.code.unwrap_or(-1), words.collect::<Vec<_>>().join("\n"));
        text.replace(&self.folder.display().to_string(), "[PLACE]")
    }
}

/// The root of the checkout.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("host/ is in the checkout").to_owned()
}

/// Where tests keep what they compile: in the target folder, so that the next checkout that shares it has it too.
pub(crate) fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("test-cache")
}

/// A guest that the set-up built.
#[expect(clippy::disallowed_methods, reason = "tests read the environment themselves")]
pub(crate) fn plugin(name: &str) -> String {
    let folder = std::env::var_os("OUTRIDER_TEST_PLUGINS")
        .map_or_else(|| workspace().join("target/plugins"), PathBuf::from);
    let path = folder.join(format!("{name}.wasm"));
    assert!(path.is_file(), "{} is missing: run `cargo xtask setup`", path.display());
    path.display().to_string()
}

/// A snapshot of a text in which what differs between runs is replaced.
macro_rules! shows {
    ($text:expr, @$snapshot:literal) => {
        insta::with_settings!({filters => vec![
            (r"\d{8}T\d{6}Z-[0-9a-f]{6}", "[RUN]"),
            (r"127\.0\.0\.1:\d+", "127.0.0.1:[PORT]"),
            (r"seed \d+", "seed [SEED]"),
            (r"/tmp/\.tmp\w+", "[PLACE]"),
        ]}, {
            insta::assert_snapshot!($text, @$snapshot);
        });
    };
}
pub(crate) use shows;
