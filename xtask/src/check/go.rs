//! The Go SDK and the Go example: their form, `go vet`, and their tests, with Go's own tools.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::tally::Tally;
use crate::command::{read, run, run_reading, succeeds};
use crate::setup::GO;
use crate::workspace::Workspace;

/// Go modules of the repository, and folders of sources that are in none.
const MODULES: [&str; 2] = ["sdk-go", "examples/checkout-go"];
const LOOSE: [&str; 2] = ["host/tests/it/journeys", "host/crates/toolchain/templates/go"];

pub(super) fn test(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    if !succeeds(Command::new("go").arg("version")) {
        bail!("the Go SDK's tests need Go, which cannot be called\n  what to do: {GO}");
    }
    formatted(workspace.root())?;
    for module in MODULES {
        let folder = workspace.root().join(module);
        vet(&folder)?;
        let mut tests = go(&folder);
        tests.args(["test", "-v", "./..."]);
        run_reading(&mut tests, "mend the tests that are listed as failures above", |line| tally.read(line))?;
    }
    Ok(())
}

fn formatted(root: &Path) -> Result<()> {
    let mut gofmt = Command::new("gofmt");
    gofmt.current_dir(root).arg("-l").args(MODULES).args(LOOSE);
    let unformatted = read(&mut gofmt, "mend the file that gofmt names")?;
    if unformatted.is_empty() {
        return Ok(());
    }
    let files: Vec<&str> = unformatted.lines().collect();
    bail!("not as gofmt writes it:\n  {}\n  what to do: gofmt -w {}", files.join("\n  "), files.join(" "))
}

/// For this machine, where unit tests run, and for WebAssembly, where journeys do.
fn vet(folder: &Path) -> Result<()> {
    let remedy = "mend what go vet names";
    run(go(folder).args(["vet", "./..."]), remedy)?;
    run(go(folder).args(["vet", "./..."]).env("GOOS", "wasip1").env("GOARCH", "wasm"), remedy)
}

fn go(folder: &Path) -> Command {
    let mut go = Command::new("go");
    go.current_dir(folder).env("GOWORK", "off").env("GOTOOLCHAIN", "local");
    go
}
