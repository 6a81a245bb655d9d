//! Notebooks are kept as they are before they run: what they print and draw is of one run on one machine.

use serde_json::Value;

use crate::repository::{root, text};

const FOLDER: &str = "examples/notebooks";

/// The notebooks' names and what they hold.
fn notebooks() -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(root().join(FOLDER)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let notebooks = names.filter(|name| name.ends_with(".ipynb"));
    notebooks
        .map(|name| {
            let notebook = serde_json::from_str(&text(&format!("{FOLDER}/{name}"))).unwrap();
            (name, notebook)
        })
        .collect()
}

#[test]
fn notebooks_are_kept_without_outputs() {
    let notebooks = notebooks();
    assert!(notebooks.len() >= 3, "{FOLDER} has only {} notebooks", notebooks.len());
    for (name, notebook) in notebooks {
        for cell in notebook["cells"].as_array().unwrap() {
            if let Some(what) = left_over(cell) {
                panic!("{name}, cell {}: has {what}; clear all outputs before you save it", cell["id"]);
            }
        }
    }
}

/// What a cell has that only running it, or an editor, puts there.
fn left_over(cell: &Value) -> Option<&'static str> {
    let is_code = cell["cell_type"] == "code";
    if is_code && cell["outputs"] != Value::Array(Vec::new()) {
        return Some("outputs");
    }
    if is_code && !cell["execution_count"].is_null() {
        return Some("an execution count");
    }
    (cell["metadata"] != Value::Object(serde_json::Map::new())).then_some("metadata")
}

#[test]
fn all_notebooks_are_executed_by_the_checks() {
    let checks = text("xtask/src/notebooks.rs");
    for (name, _) in notebooks() {
        assert!(
            checks.contains(&format!("\"{name}\"")),
            "{name} is not in NOTEBOOKS of xtask/src/notebooks.rs"
        );
    }
}

#[test]
fn what_running_leaves_in_a_cell_is_seen() {
    let cell = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let clean = r#"{"cell_type": "code", "outputs": [], "execution_count": null, "metadata": {}}"#;
    assert_eq!(left_over(&cell(clean)), None);
    assert_eq!(left_over(&cell(&clean.replace("[]", "[{}]"))), Some("outputs"));
    assert_eq!(left_over(&cell(&clean.replace("null", "3"))), Some("an execution count"));
    assert_eq!(left_over(&cell(r#"{"cell_type": "markdown", "metadata": {"tags": []}}"#)), Some("metadata"));
}
