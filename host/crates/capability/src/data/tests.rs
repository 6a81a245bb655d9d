use std::fs;

use outrider_model::VuId;
use tempfile::TempDir;

use super::*;

struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Files {
        Files { folder: tempfile::tempdir().unwrap() }
    }

    fn add(&self, file: &str, content: impl AsRef<[u8]>) -> (String, PathBuf) {
        let path = self.folder.path().join(file);
        fs::write(&path, content).unwrap();
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), path)
    }

    fn told(&self, faults: Vec<DataError>) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        faults.iter().map(|fault| fault.to_string().replace(&folder, "")).collect()
    }
}

fn rows(sets: &DataSets, name: &str) -> Vec<String> {
    let mut random = VuRandom::new(1, VuId(1));
    (0..sets.len(name).unwrap())
        .map(|index| {
            sets.row(name, RowPolicy::Unique, IterationIndex(index), &mut random).unwrap().to_owned()
        })
        .collect()
}

#[test]
fn the_three_formats_give_json_objects() {
    let files = Files::new();
    let sets = DataSets::load(&[
        files.add("users.csv", "\u{feff}name,city\n\"O\"\"Hara, Al\",Rome\nBo,\"two\nlines\"\n"),
        files.add("items.json", "[\n {\"sku\": 1.50, \"tags\": [1]},\n {\"sku\": 2}\n]"),
        files.add("events.jsonl", "{\"a\": 1}\n\n{\"a\": 2}\r\n"),
    ])
    .unwrap();
    assert_eq!(
        rows(&sets, "users"),
        [r#"{"name":"O\"Hara, Al","city":"Rome"}"#, r#"{"name":"Bo","city":"two\nlines"}"#]
    );
    assert_eq!(rows(&sets, "items"), [r#"{"sku": 1.50, "tags": [1]}"#, r#"{"sku": 2}"#]);
    assert_eq!(rows(&sets, "events"), [r#"{"a": 1}"#, r#"{"a": 2}"#]);
    assert_eq!(sets.names().collect::<Vec<_>>(), ["events", "items", "users"]);
}

#[test]
fn rows_follow_the_iteration_as_the_policy_says() {
    let files = Files::new();
    let sets = DataSets::load(&[files.add("u.csv", "n\n0\n1\n2\n")]).unwrap();
    let mut random = VuRandom::new(1, VuId(1));
    let mut row = |policy, index| {
        sets.row("u", policy, IterationIndex(index), &mut random)
            .map(str::to_owned)
            .map_err(|e| e.to_string())
    };
    assert_eq!(row(RowPolicy::Unique, 2).unwrap(), r#"{"n":"2"}"#);
    assert_eq!(
        row(RowPolicy::Unique, 3).unwrap_err(),
        "data set 'u' is exhausted: iteration 3 asks for a unique row, but there are 3"
    );
    assert_eq!(row(RowPolicy::Circular, 7).unwrap(), r#"{"n":"1"}"#);
    let drawn: std::collections::BTreeSet<String> =
        (0..100).map(|_| row(RowPolicy::Random, 0).unwrap()).collect();
    assert_eq!(drawn.len(), 3);
}

#[test]
fn an_unknown_set_is_named_with_the_known_ones() {
    let files = Files::new();
    let sets = DataSets::load(&[files.add("a.csv", "n\n0\n"), files.add("b.csv", "n\n0\n")]).unwrap();
    assert_eq!(sets.len("c").unwrap_err().to_string(), "no data set 'c'; there are: a, b");
    assert_eq!(DataSets::default().len("c").unwrap_err().to_string(), "no data set 'c'");
}

#[test]
fn faults_are_reported_all_at_once_with_their_lines() {
    let files = Files::new();
    let faults = DataSets::load(&[
        files.add("ragged.csv", "a,b\n1,2\n3\n\"x\ny\",2\n4,5,6\n"),
        files.add("header.csv", "a,,a\n1,2,3\n"),
        files.add("empty.csv", ""),
        files.add("only-header.csv", "a,b\n"),
        files.add("not-utf8.csv", b"a\nb\n\xff\n"),
        files.add("values.json", "[\n  {},\n  7,\n  \"x\"\n]"),
        files.add("object.json", "{}"),
        files.add("none.json", "[]"),
        files.add("broken.jsonl", "{}\n{\n[1]\n"),
        files.add("data.xlsx", ""),
        ("gone".to_owned(), files.folder.path().join("gone.csv")),
        files.add("fine.csv", "a\n1\n"),
        files.add("fine.csv", "a\n1\n"),
    ])
    .unwrap_err();
    assert_eq!(
        files.told(faults),
        [
            "ragged.csv:3: 1 columns, but the header has 2",
            "ragged.csv:6: 3 columns, but the header has 2",
            "header.csv:1: column 2 has no name",
            "header.csv:1: two columns are named 'a'",
            "data file empty.csv has no rows",
            "data file only-header.csv has no rows",
            "not-utf8.csv:3: not UTF-8 text",
            "values.json:3: not a JSON object",
            "values.json:4: not a JSON object",
            "object.json:1: not a JSON array of objects: invalid type: map, expected a sequence at line 1 column 0",
            "data file none.json has no rows",
            "broken.jsonl:2: not JSON: EOF while parsing an object at line 1 column 1",
            "broken.jsonl:3: not a JSON object",
            "data file data.xlsx is neither .csv nor .json nor .jsonl",
            "cannot read data file gone.csv",
            "data set 'fine' is given twice",
        ]
    );
}

#[test]
fn a_long_list_of_faults_is_cut() {
    let files = Files::new();
    let faults = DataSets::load(&[files.add("bad.jsonl", "7\n".repeat(50))]).unwrap_err();
    assert_eq!(faults.len(), 21);
    assert_eq!(files.told(faults)[20], "bad.jsonl: 30 more faults");
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let files = Files::new();
    let faults = DataSets::load_bounded(&[files.add("big.csv", "a\n1\n")], 3).unwrap_err();
    assert_eq!(files.told(faults), ["data file big.csv has 4 bytes, more than 3"]);
}
