//! Says where the report's page is, so that the program carries it.

use std::path::Path;

fn main() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../web/dist/report.html");
    println!("cargo::rerun-if-changed={}", page.display());
    println!("cargo::rustc-env=OUTRIDER_REPORT_PAGE={}", page.display());
    if !page.is_file() {
        println!(
            "cargo::error=the report's page is not built: {} is missing. What to do: cargo xtask setup",
            page.display()
        );
    }
}
