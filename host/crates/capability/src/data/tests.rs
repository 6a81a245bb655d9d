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

    fn add(&self, file: &str, content: impl AsRef<[u8]>) -> DataConfig {
        let path = self.folder.path().join(file);
        fs::write(&path, content).unwrap();
        DataConfig::new(path.file_stem().unwrap().to_str().unwrap(), &path)
    }

    fn told(&self, faults: Vec<DataError>) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        faults.iter().map(|fault| fault.to_string().replace(&folder, "")).collect()
    }
}

fn load(files: &[DataConfig]) -> Result<DataSets, Vec<DataError>> {
    DataSets::load(files, &["s"], 1, &[])
}

/// The row of an iteration of a scenario whose name is that of the plugin's too.
fn row(sets: &DataSets, name: &str, scenario: &str, index: u64) -> Result<String, String> {
    let scenario = Arc::from(scenario);
    let asks =
        RowFor::Iteration { scenario: &scenario, plugin_scenario: &scenario, index: IterationIndex(index) };
    sets.row(name, asks).map(str::to_owned).map_err(|error| error.to_string())
}

fn rows(sets: &DataSets, name: &str) -> Vec<String> {
    (0..sets.len(name).unwrap()).map(|index| row(sets, name, "s", index).unwrap()).collect()
}

/// `count` rows, each its own number.
fn numbers(count: u64) -> String {
    std::iter::once("n\n".to_owned()).chain((0..count).map(|n| format!("x{n}\n"))).collect()
}

/// The numbers of the rows of some iterations.
fn drawn(sets: &DataSets, scenario: &str, iterations: std::ops::Range<u64>) -> Vec<u64> {
    let number = |row: String| row[r#"{"n":"x"#.len()..].trim_end_matches("\"}").parse().unwrap();
    iterations.map(|index| number(row(sets, "u", scenario, index).unwrap())).collect()
}

fn unique(when_exhausted: Exhaustion) -> RowPolicy {
    RowPolicy::Unique(when_exhausted)
}

#[test]
fn the_three_formats_give_json_objects() {
    let files = Files::new();
    let sets = load(&[
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
fn unique_rows_are_used_once_and_then_the_policy_decides() {
    let files = Files::new();
    let set = files.add("u.csv", numbers(3));
    for (exhaustion, stops) in [(Exhaustion::Stop, true), (Exhaustion::Drop, false)] {
        let sets = load(&[set.clone().policy(unique(exhaustion))]).unwrap();
        assert_eq!(drawn(&sets, "s", 0..3), [0, 1, 2]);
        assert_eq!(
            row(&sets, "u", "s", 3).unwrap_err(),
            "data set 'u' is exhausted: iteration 3 asks for a unique row, but there are 3"
        );
        assert_eq!(sets.admit("s", || "s", IterationIndex(2)), Ok(()));
        let refused = sets.admit("s", || "s", IterationIndex(3)).unwrap_err();
        assert_eq!(refused.reason, "data 'u' is exhausted: all its rows were used (3 in all)");
        assert_eq!(refused.stops, stops);
        assert!(sets.has_rows("s", IterationIndex(2)) && !sets.has_rows("s", IterationIndex(3)));
    }
    let sets = load(&[set.policy(unique(Exhaustion::Loop))]).unwrap();
    assert!(sets.has_rows("s", IterationIndex(3)));
    assert!(sets.remarks().is_empty());
    assert_eq!(drawn(&sets, "s", 0..7), [0, 1, 2, 0, 1, 2, 0]);
    assert_eq!(sets.admit("s", || "s", IterationIndex(3)), Ok(()));
    assert_eq!(
        sets.remarks(),
        ["data 'u' was exhausted and used again: it has 3 rows, and 7 were asked for"]
    );
}

#[test]
fn only_iterations_that_use_a_set_are_refused() {
    let files = Files::new();
    let sets = load(&[files.add("u.csv", numbers(1)).policy(unique(Exhaustion::Drop))]).unwrap();
    assert_eq!(sets.admit("s", || "buy", IterationIndex(5)), Ok(()), "nobody has asked yet");
    let (scenario, buy) = (Arc::from("s"), Arc::from("buy"));
    let asks = RowFor::Iteration { scenario: &scenario, plugin_scenario: &buy, index: IterationIndex(0) };
    assert!(sets.row("u", asks).is_ok());
    assert!(sets.admit("s", || "buy", IterationIndex(5)).is_err());
    assert_eq!(sets.admit("s", || "browse", IterationIndex(5)), Ok(()));
    assert_eq!(sets.remarks(), ["data 'u' was exhausted after 1 rows: 1 iterations were dropped"]);
}

#[test]
fn scenarios_share_unique_rows_without_using_one_twice() {
    let files = Files::new();
    let set = files.add("u.csv", numbers(60));
    for policy in [unique(Exhaustion::Stop), RowPolicy::Shuffled] {
        let sets = DataSets::load(&[set.clone().policy(policy)], &["a", "b", "c"], 1, &[]).unwrap();
        let mut all: Vec<u64> =
            ["a", "b", "c"].iter().flat_map(|scenario| drawn(&sets, scenario, 0..20)).collect();
        all.sort_unstable();
        assert_eq!(all, (0..60).collect::<Vec<_>>(), "{policy}");
        if policy != RowPolicy::Shuffled {
            assert!(
                sets.admit("a", || "a", IterationIndex(20)).unwrap_err().reason.ends_with("shared by 3)")
            );
        }
    }
    let mut own = set;
    own.scenarios = vec!["b".into()];
    let sets = DataSets::load(&[own.clone()], &["a", "b"], 1, &[]).unwrap();
    assert_eq!(drawn(&sets, "b", 0..3), [0, 1, 2]);
    assert_eq!(row(&sets, "u", "a", 0).unwrap_err(), "data set 'u' is not for scenario 'a'");
    let faults = DataSets::load(&[own], &["a"], 1, &[]).unwrap_err();
    assert_eq!(files.told(faults), ["data set 'u' is for scenario 'b', which the run does not have"]);
}

#[test]
fn circular_rows_begin_again_in_every_scenario() {
    let files = Files::new();
    let sets = DataSets::load(&[files.add("u.csv", numbers(2))], &["a", "b"], 1, &[]).unwrap();
    assert_eq!(drawn(&sets, "a", 0..4), [0, 1, 0, 1]);
    assert_eq!(drawn(&sets, "b", 0..4), [0, 1, 0, 1]);
    assert!(sets.remarks().is_empty());
}

#[test]
fn shuffled_rows_come_once_a_round_each_round_in_its_own_order() {
    let files = Files::new();
    let set = files.add("u.csv", numbers(10)).policy(RowPolicy::Shuffled);
    let of_seed = |seed| DataSets::load(std::slice::from_ref(&set), &["s"], seed, &[]).unwrap();
    let rounds: Vec<Vec<u64>> =
        (0..3).map(|round| drawn(&of_seed(7), "s", round * 10..round * 10 + 10)).collect();
    for round in &rounds {
        let mut sorted = round.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..10).collect::<Vec<_>>());
    }
    assert_ne!(rounds[0], rounds[1]);
    assert_eq!(rounds[0], drawn(&of_seed(7), "s", 0..10), "the seed decides");
    assert_ne!(rounds[0], drawn(&of_seed(8), "s", 0..10));
}

#[test]
fn random_rows_are_drawn_evenly_and_stay_the_same_within_an_iteration() {
    let files = Files::new();
    let set = files.add("u.csv", numbers(4)).policy(RowPolicy::Random);
    let mut other = files.add("v.csv", numbers(4)).policy(RowPolicy::Random);
    other.name = "v".into();
    let sets = load(&[set, other]).unwrap();
    let mut counts = [0; 4];
    for row in drawn(&sets, "s", 0..4_000) {
        counts[usize::try_from(row).unwrap()] += 1;
    }
    assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
    assert_eq!(row(&sets, "u", "s", 9), row(&sets, "u", "s", 9));
    let differ = (0..100).filter(|index| row(&sets, "u", "s", *index) != row(&sets, "v", "s", *index));
    assert!(differ.count() > 50, "two sets are drawn independently");
}

#[test]
fn users_outside_of_iterations_have_a_row_each() {
    let files = Files::new();
    let sets = load(&[files.add("u.csv", numbers(2)).policy(unique(Exhaustion::Stop))]).unwrap();
    let of = |vu| sets.row("u", RowFor::User(VuId(vu))).map(str::to_owned);
    assert_eq!((of(1).unwrap(), of(2).unwrap()), (r#"{"n":"x0"}"#.into(), r#"{"n":"x1"}"#.into()));
    assert!(matches!(of(3), Err(DataError::Exhausted { rows: 2, .. })));
    assert_eq!(sets.row("u", RowFor::Run).unwrap(), r#"{"n":"x0"}"#);
    assert_eq!(sets.admit("s", || "s", IterationIndex(2)), Ok(()), "no iteration has asked");
}

#[test]
fn foreign_formats_are_read_by_others() {
    let files = Files::new();
    let format = |read| ForeignFormat { ending: "parquet", read };
    let two = format(|_, _| Ok(vec!["{}".into(), "{}".into()]));
    let set = files.add("u.PARQUET", "PAR1");
    assert_eq!(DataSets::load(std::slice::from_ref(&set), &["s"], 1, &[two]).unwrap().len("u").unwrap(), 2);
    let faults = DataSets::load(std::slice::from_ref(&set), &["s"], 1, &[format(|_, _| Err("odd".into()))])
        .unwrap_err();
    assert_eq!(files.told(faults), ["cannot read data file u.PARQUET"]);
    let faults = DataSets::load(&[set], &["s"], 1, &[format(|_, _| Ok(Vec::new()))]).unwrap_err();
    assert_eq!(files.told(faults), ["data file u.PARQUET has no rows"]);
    let faults = DataSets::load(&[files.add("u.xlsx", "")], &["s"], 1, &[two]).unwrap_err();
    assert_eq!(files.told(faults), ["data file u.xlsx is neither .csv nor .json nor .jsonl nor .parquet"]);
}

#[test]
fn an_unknown_set_is_named_with_the_known_ones() {
    let files = Files::new();
    let sets = load(&[files.add("a.csv", "n\nx\n"), files.add("b.csv", "n\nx\n")]).unwrap();
    assert_eq!(
        sets.len("c").unwrap_err().to_string(),
        "the run has no data 'c', only a, b (hint: --data c=FILE)"
    );
    assert_eq!(
        DataSets::default().len("c").unwrap_err().to_string(),
        "the run has no data 'c' (hint: --data c=FILE)"
    );
}

#[test]
fn faults_are_reported_all_at_once_with_their_lines() {
    let files = Files::new();
    let faults = load(&[
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
        DataConfig::new("gone", files.folder.path().join("gone.csv")),
        files.add("no-header.csv", "1,2.5\n3,4\n"),
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
            "no-header.csv:1: the first line has to name the columns, but holds numbers alone",
            "data set 'fine' is given twice",
        ]
    );
}

#[test]
fn a_long_list_of_faults_is_cut() {
    let files = Files::new();
    let faults = load(&[files.add("bad.jsonl", "7\n".repeat(50))]).unwrap_err();
    assert_eq!(faults.len(), 21);
    assert_eq!(files.told(faults)[20], "bad.jsonl: 30 more faults");
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let files = Files::new();
    let faults = DataSets::load_bounded(&[files.add("big.csv", "a\n1\n")], &["s"], 1, &[], 3).unwrap_err();
    assert_eq!(files.told(faults), ["data file big.csv has 4 bytes, more than 3"]);
}

#[test]
fn how_many_rows_a_scenario_needs_is_known_once_it_has_asked_for_one() {
    let files = Files::new();
    let config = files.add("u.csv", numbers(3)).policy(unique(Exhaustion::Loop));
    let sets = DataSets::load(&[config], &["a", "b"], 1, &[]).unwrap();
    assert!(sets.is_unique("u").unwrap());
    assert_eq!(sets.rows_for("u", "a", 10).unwrap(), 0);
    row(&sets, "u", "a", 0).unwrap();
    assert_eq!(sets.rows_for("u", "a", 10).unwrap(), 19, "two scenarios take turns");
    assert_eq!(sets.rows_for("u", "a", 0).unwrap(), 0);
    assert_eq!(sets.rows_for("u", "b", 10).unwrap(), 0);
}
