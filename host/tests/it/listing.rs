//! The runs of a folder: their table, what names one of them, and one that goes on.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::harness::{Place, plugin, shows, workspace};

/// A place with one run that has ended.
fn with_a_run() -> (Place, String) {
    let place = Place::new();
    let said = place.host(["run", &plugin("test-guest"), "-i", "3", "--target", "http://127.0.0.1:1"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let ids = place.host(["runs", "--format", "ids"]).stdout;
    (place, ids.trim().to_owned())
}

#[test]
fn runs_are_a_table_a_document_or_ids() {
    let (place, id) = with_a_run();
    assert_eq!(id.len(), "20260131T120000Z-4f2a9c".len());
    let table = place.host(["runs"]).show();
    let table = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let table = table.collect::<Vec<_>>().join("\n");
    let (head, rest) = table.split_once(&id).expect("the run is in the table");
    shows!(head, @r#"
    exit 0
    --- stdout
    run journey target load verdict started (UTC) duration
    "#);
    assert!(rest.contains("test-guest http://127.0.0.1:1/ 3 iterations by one VU pass "), "{table}");

    let json = place.host(["runs", "--format", "json"]).stdout;
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    let schema = std::fs::read(workspace().join("docs/reference/runs.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&schema).unwrap();
    let faults: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&list)
        .map(|fault| fault.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!((&list["runs"][0]["id"], &list["runs"][0]["verdict"]), (&id.as_str().into(), &"pass".into()));
}

#[test]
fn a_run_is_named_by_its_id_by_its_folder_or_by_a_folder_above() {
    let (place, id) = with_a_run();
    let absolute = place.path().display().to_string();
    let names = [
        id.clone(),
        id[..12].to_owned(),
        format!("runs/{id}"),
        format!("./runs/{id}/"),
        "runs".to_owned(),
        "./runs/".to_owned(),
        ".".to_owned(),
        absolute.clone(),
        format!("{absolute}/runs/{id}"),
    ];
    for name in &names {
        let said = place.host(["report", name]);
        assert_eq!(said.code, Some(0), "{name}: {}", said.show());
        assert!(said.stdout.contains(&id), "{name}: {}", said.show());
    }
    for out in ["runs", &format!("runs/{id}"), &absolute] {
        for command in [&["report", "--out", out][..], &["runs", "--out", out]] {
            let said = place.host(command);
            assert_eq!(said.code, Some(0), "{command:?}: {}", said.show());
            assert!(said.stdout.contains(&id), "{command:?}: {}", said.show());
        }
    }
    // From another folder than the runs': the path alone says where they are.
    let elsewhere = Place::new();
    let said = elsewhere.host(["report", &format!("{absolute}/runs")]);
    assert!(said.stdout.contains(&id), "{}", said.show());
    let mut inside = place.command(["report", "."]);
    let inside = inside.current_dir(place.path().join("runs").join(&id)).output().unwrap();
    assert!(String::from_utf8(inside.stdout).unwrap().contains(&id));
}

#[test]
fn a_run_that_goes_on_is_shown_as_such_and_is_not_the_latest() {
    let (place, ended) = with_a_run();
    let guest = plugin("test-guest");
    let sleeps = ["--set", "behaviour=sleeps", "--set", "sleep_ms=600000"];
    let mut command =
        place.command([&["run", &guest, "--scenario", "main", "-d", "10m"], &sleeps[..]].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("rows to")), "the plan is said once the run is claimed");

    let ids = place.host(["runs", "--format", "ids"]).stdout;
    let running = ids.lines().last().unwrap().to_owned();
    let listed = place.host(["runs"]);
    assert!(listed.stdout.lines().last().unwrap().contains("  running  "), "{}", listed.show());
    let latest = place.host(["report"]);
    assert!(latest.stdout.contains(&ended) && !latest.stdout.contains(&running), "{}", latest.show());
    let note = format!("note: this is {ended}, the latest run that has ended; {running} goes on: ");
    assert!(latest.stderr.starts_with(&note), "{}", latest.show());
    assert_eq!(latest.stderr.lines().count(), 1, "{}", latest.show());

    let shown = place.host(["report", &running]);
    assert!(shown.stdout.starts_with("RUNNING, no verdict yet: "), "{}", shown.show());
    for wrong in ["FAIL", "PASS", "kept its promise", "INCOMPLETE"] {
        assert!(!shown.stdout.contains(wrong), "{wrong}: {}", shown.show());
    }
    let json = place.host(["report", &running, "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["verdict"], &json["run"]["status"]), (&serde_json::Value::Null, &"running".into()));

    child.kill().unwrap();
    child.wait().unwrap();
    let killed = place.host(["report"]);
    assert!(killed.stdout.starts_with("FAIL: the run is incomplete"), "{}", killed.show());
    assert_eq!(killed.stderr, "", "nothing goes on any more");
}

#[test]
fn a_document_that_cannot_be_read_is_named_as_it_can_be_opened_from_here() {
    let (place, id) = with_a_run();
    std::fs::create_dir(place.path().join("elsewhere")).unwrap();
    std::fs::rename(place.path().join("runs"), place.path().join("elsewhere/runs")).unwrap();
    place.file(&format!("elsewhere/runs/{id}/run.json"), "no document");
    let document = format!("cannot understand 'elsewhere/runs/{id}/run.json'");
    for command in [
        &["report", &id][..],
        &["runs", "show", &id],
        &["report", "sql", "select 1", "--run", &id],
        &["annotate", "deployed", "--run", &id],
    ] {
        let said = place.host([command, &["--out", "elsewhere"]].concat());
        assert_eq!(said.code, Some(104), "{}", said.show());
        assert!(said.errors().contains(&document), "{}", said.show());
    }
}

#[test]
fn the_latest_run_is_not_passed_over_when_its_record_is_lost() {
    let (place, _) = with_a_run();
    let said = place.host(["run", &plugin("test-guest"), "-i", "1", "--target", "http://127.0.0.1:1"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let ids = place.host(["runs", "--format", "ids"]).stdout;
    let latest = ids.lines().last().unwrap();
    std::fs::remove_file(place.path().join(format!("runs/{latest}/run.json"))).unwrap();
    let table = place.host(["runs"]).stdout;
    assert!(table.contains("unreadable"), "{table}");
    shows!(place.host(["report"]).errors(), @r"
    exit 104
    error: cannot read the run
      caused by: the run '[RUN]' in '.' has no run.json, which says what it was to do
    hint: copy the file again from where the run was made, or name another run: `host runs` lists them
    ");
}

#[test]
fn runs_are_removed_by_name_number_or_age() {
    let (place, first) = with_a_run();
    for _ in 0..2 {
        let said = place.host(["run", &plugin("test-guest"), "-i", "1", "--target", "http://127.0.0.1:1"]);
        assert_eq!(said.code, Some(0), "{}", said.show());
    }
    let ids = || -> Vec<String> {
        place.host(["runs", "ls", "--format", "ids"]).stdout.lines().map(str::to_owned).collect()
    };
    assert_eq!(ids().len(), 3);

    let wrong = place.host(["runs", "rm", "nothing", &first, "2"]).errors();
    let starts = "exit 104\nerror: there is no run 'nothing' in './runs'\nhint: see `host runs` for the runs there are\n\
                  error: '2' is the start of several runs\nhint: 2";
    assert!(wrong.starts_with(starts), "{wrong}");
    assert_eq!(ids().len(), 3, "nothing is removed where a name is wrong");
    for nothing in [&["runs", "rm"][..], &["runs", "rm", "--out", "."], &["runs", "rm", "--dry-run"]] {
        let said = place.host(nothing);
        assert_eq!((said.code, ids().len()), (Some(2), 3), "{}", said.show());
    }
    shows!(place.host(["runs", "rm", "--dry-run"]).show(), @r"
    exit 2
    --- stderr
    error: nothing says which runs to remove
    hint: name some, as `host runs` lists them, or give --keep N (all but the latest N), --older-than 30d, or both
    ");
    shows!(place.host(["runs", "rm", ""]).show(), @r"
    exit 104
    --- stderr
    error: the name of the run is empty
    hint: `host runs` lists the runs; where a script names it by a variable, that one is not set
    ");
    assert_eq!(ids().len(), 3, "no name is the start of every id");
    let said = place.command(["runs", "rm"]).env("OUTRIDER_OUT", ".").output().unwrap();
    assert_eq!((said.status.code(), ids().len()), (Some(2), 3), "a variable asks for no removal");

    let dry = place.host(["runs", "rm", "--keep", "1", "--dry-run"]);
    assert_eq!(
        (dry.stdout.lines().count(), dry.stdout.lines().next(), ids().len()),
        (2, Some(first.as_str()), 3),
        "{}",
        dry.show()
    );
    let young = place.host(["runs", "rm", "--older-than", "1d"]);
    assert!(young.stdout.is_empty() && young.stderr.contains("removed 0 runs"), "{}", young.show());

    let said = place.host(["runs", "rm", &first]);
    assert_eq!((said.code, said.stdout.trim()), (Some(0), first.as_str()), "{}", said.show());
    let said = place.host(["runs", "rm", "--keep", "1", "--older-than", "0s"]);
    assert!(said.stderr.contains("removed 1 run, "), "{}", said.show());
    assert_eq!(ids().len(), 1);
}
