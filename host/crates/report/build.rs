//! Says where the pages of reports are, so that the program carries them.

use std::path::Path;

/// Each page as `web` is built, with the variable that says where it is.
const PAGES: [(&str, &str); 3] = [
    ("report.html", "OUTRIDER_REPORT_PAGE"),
    ("comparison.html", "OUTRIDER_COMPARISON_PAGE"),
    ("trend.html", "OUTRIDER_TREND_PAGE"),
];

fn main() {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../web/dist");
    for (file, variable) in PAGES {
        let page = built.join(file);
        println!("cargo::rerun-if-changed={}", page.display());
        println!("cargo::rustc-env={variable}={}", page.display());
        if !page.is_file() {
            println!(
                "cargo::error=a page of the report is not built: {} is missing. What to do: cargo xtask setup",
                page.display()
            );
        }
    }
}
