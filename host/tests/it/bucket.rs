//! Runs in a bucket of S3: a real endpoint in this process, on a port of its own, that fails as it is told.
#![cfg(unix)]

mod faults;
mod profiles;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http::Method;
use outrider_test_util::{Behaviour, S3Server, TargetServer};

use crate::exchanges::journey;
use crate::harness::{Place, Said, shows};

pub(crate) struct Bucket {
    pub(crate) s3: S3Server,
    pub(crate) target: TargetServer,
    pub(crate) place: Place,
}

impl Bucket {
    pub(crate) fn new() -> Bucket {
        let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
        Bucket { s3: S3Server::start(), target, place: Place::new() }
    }

    pub(crate) fn out(&self) -> String {
        self.s3.place("load/tests")
    }

    /// The program, which finds the endpoint and nothing else of this machine's.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.place.command(args);
        for name in ["AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_MAX_ATTEMPTS", "AWS_ENDPOINT_URL_S3"] {
            command.env_remove(name);
        }
        command
            .envs(self.s3.env())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", self.place.path().join("aws-config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.place.path().join("aws-credentials"))
            .env("XDG_STATE_HOME", self.state());
        command
    }

    pub(crate) fn host(&self, args: &[&str]) -> Said {
        self.said(&mut self.command(args))
    }

    pub(crate) fn said(&self, command: &mut Command) -> Said {
        Said::of(command.output().unwrap(), self.place.path())
    }

    /// A run of one user who comes fifty times a second, for this long.
    pub(crate) fn run_command(&self, lasts: &str) -> Command {
        let (journey, url, out) = (journey(&self.place), self.target.url(""), self.out());
        let load = ["--scenario", "visits", "--target", &url, "-u", "1", "-d", lasts];
        let args = [&["run", &journey][..], &load, &["--out", &out]].concat();
        self.command(&args)
    }

    pub(crate) fn run(&self, lasts: &str) -> Said {
        self.said(&mut self.run_command(lasts))
    }

    /// Starts a long run, and waits until the target was asked so often.
    pub(crate) fn start(&self, mut command: Command, requests: u64) -> Child {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        self.wait_for(&mut child, || self.target.total_requests() >= requests);
        child
    }

    pub(crate) fn wait_for(&self, child: &mut Child, is_so: impl Fn() -> bool) {
        while !is_so() {
            assert!(child.try_wait().unwrap().is_none(), "the program ended by itself");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn report(&self) -> serde_json::Value {
        let said = self.host(&["report", "--out", &self.out(), "--format", "json"]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        serde_json::from_str(&said.stdout).unwrap()
    }

    /// The run is there, whole, and counts what the target saw.
    pub(crate) fn is_complete(&self) {
        let report = self.report();
        assert_eq!(report["completeness"]["complete"], true, "{report:#}");
        assert_eq!(report["all_requests"]["count"], self.target.total_requests(), "{report:#}");
        assert_eq!(self.spool(), Vec::<PathBuf>::new(), "nothing stays on this machine, no folder either");
    }

    fn state(&self) -> PathBuf {
        self.place.path().join("state")
    }

    /// Files that this machine keeps of runs.
    pub(crate) fn spooled(&self) -> Vec<PathBuf> {
        files_in(&self.state())
    }

    /// Everything in the spool, folders too.
    pub(crate) fn spool(&self) -> Vec<PathBuf> {
        all_in(&self.state().join("outrider/spool"))
    }

    /// The folder of the only run.
    pub(crate) fn run_folder(&self) -> Option<PathBuf> {
        let runs = std::fs::read_dir(self.s3.bucket().join("load/tests/runs")).ok()?;
        Some(runs.flatten().next()?.path())
    }
}

pub(crate) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

fn all_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| [vec![path.clone()], all_in(&path)].concat()).collect()
}

#[test]
fn a_run_is_written_to_a_bucket_listed_reported_and_removed_there() {
    let bucket = Bucket::new();
    let said = bucket.run("1s");
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(
        said.stderr.contains(&format!("{}/runs/2", bucket.out())),
        "where it goes is said: {}",
        said.show()
    );
    bucket.is_complete();
    let out = bucket.out();
    let ids = bucket.host(&["runs", "--out", &out, "--format", "ids"]);
    let id = ids.stdout.trim();
    let folder = bucket.s3.bucket().join("load/tests/runs").join(id);
    assert!(folder.join("data/requests/worker=0/part-000000.parquet").is_file(), "{}", ids.show());
    for named in [&format!("{out}/runs/{id}"), &out, &format!("{out}/runs/")] {
        let by_url = bucket.host(&["report", named]);
        assert!(by_url.stdout.contains("match the manifest"), "{}", by_url.show());
    }
    let by_id = bucket.command(&["report", id]).env("OUTRIDER_OUT", &out).output().unwrap();
    assert!(String::from_utf8_lossy(&by_id.stdout).contains("match the manifest"));

    let told = bucket.host(&["annotate", "deployed v2.1", "--at", "0s", "--run", id, "--out", &out]);
    assert_eq!(told.code, Some(0), "{}", told.show());
    let report = bucket.report();
    assert!(report.to_string().contains("deployed v2.1"), "{report:#}");
    let shown = bucket.host(&["runs", "show", id, "--out", &out]);
    assert!(shown.code == Some(0) && shown.stdout.contains(id), "{}", shown.show());

    let removed = bucket.host(&["runs", "rm", id, "--out", &out]);
    assert_eq!(removed.stdout, format!("{id}\n"), "{}", removed.show());
    assert!(!folder.join("run.json").exists());
    assert_eq!(bucket.spooled(), Vec::<PathBuf>::new());
    let none = bucket.host(&["runs", "--out", &out]);
    assert!(none.stderr.starts_with("there is no run in"), "{}", none.show());
}

#[test]
fn two_runs_in_a_bucket_are_compared_and_a_plan_may_name_it() {
    let bucket = Bucket::new();
    let (journey, url, out) = (journey(&bucket.place), bucket.target.url(""), bucket.out());
    let plan = format!(
        "[run]\nout = \"{out}\"\n[scenario.visits]\nplugin = \"{journey}\"\nscenario = \"visits\"\nvus = 1\n\
         duration = \"1s\"\n"
    );
    bucket.place.file("plan.toml", plan);
    for _ in 0..2 {
        let said = bucket.host(&["run", "plan.toml", "--target", &url]);
        assert_eq!(said.code, Some(0), "{}", said.show());
    }
    let ids = bucket.host(&["runs", "--out", &out, "--format", "ids"]);
    let first = ids.stdout.lines().next().unwrap();
    let compared = bucket.host(&["report", "compare", first, "--out", &out, "--format", "json"]);
    assert_eq!(compared.code, Some(0), "{}", compared.show());
    let open = bucket.command(&["report", "--out", &out, "--open"]).env("PATH", "/nowhere").output().unwrap();
    let page = String::from_utf8(open.stdout).unwrap();
    assert!(
        page.trim().ends_with(".html") && std::fs::read(page.trim()).unwrap().starts_with(b"<!"),
        "{page}"
    );
    std::fs::remove_file(page.trim()).unwrap();
}

#[test]
fn no_credential_is_written_or_said_anywhere() {
    let bucket = Bucket::new();
    let mut command = bucket.run_command("1s");
    let said = bucket.said(command.arg("-vv").env("AWS_SESSION_TOKEN", "a-token-of-a-session-hunter22"));
    let written = [bucket.s3.bucket(), bucket.place.path().to_owned()];
    let files: Vec<PathBuf> = written.iter().flat_map(|folder| files_in(folder)).collect();
    assert!(files.len() > 5, "{files:?}");
    let texts = files.iter().map(|file| std::fs::read(file).unwrap());
    for text in texts.chain([said.stdout.clone().into_bytes(), said.stderr.clone().into_bytes()]) {
        for secret in ["test-secret-key", "hunter22"] {
            let found = text.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{}", String::from_utf8_lossy(&text));
        }
    }
}

#[test]
fn a_run_into_a_bucket_that_is_killed_is_recovered_from_this_machine() {
    let bucket = Bucket::new();
    let mut child = bucket.start(bucket.run_command("10m"), 150);
    let running = bucket.host(&["report", "--out", &bucket.out()]);
    assert!(running.stdout.starts_with("RUNNING"), "{}", running.show());
    let spared = bucket.host(&["runs", "rm", "2", "--out", &bucket.out()]);
    assert!(spared.errors().contains("goes on"), "{}", spared.show());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!bucket.spooled().is_empty());

    let said = bucket.host(&["recover", "--out", &bucket.out()]);
    assert!(said.stdout.contains(" rows of worker 0, which was killed"), "{}", said.show());
    let report = bucket.report();
    assert_eq!(report["run"]["status"], "incomplete", "{report:#}");
    // A second of rows may be lost, and one request was under way.
    let requests = report["all_requests"]["count"].as_u64().unwrap();
    assert!((90..=bucket.target.total_requests()).contains(&requests), "{requests}");
    assert_eq!(bucket.spooled(), Vec::<PathBuf>::new());
    let again = bucket.host(&["recover", "--out", &bucket.out()]);
    assert_eq!(again.stderr, "there is nothing to recover\n", "{}", again.show());
}

/// What this machine keeps of a run that another one removed.
#[test]
fn a_run_that_was_removed_elsewhere_is_said_and_goes_from_this_machine_when_it_is_removed() {
    let bucket = Bucket::new();
    let mut child = bucket.start(bucket.run_command("10m"), 100);
    child.kill().unwrap();
    child.wait().unwrap();
    let folder = bucket.run_folder().unwrap();
    let id = folder.file_name().unwrap().to_str().unwrap().to_owned();
    std::fs::remove_dir_all(folder).unwrap();

    let out = bucket.out();
    let said = bucket.host(&["recover", "--out", &out, "--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let document: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(document, serde_json::json!({ "runs": [], "ended": [], "gone": [id] }));
    shows!(said.stderr, @r"
    note: the last rows of the run '[RUN]' cannot be recovered: it is no longer in 's3://bucket/load/tests'
    hint: `host runs rm [RUN] --out s3://bucket/load/tests` removes what this machine still keeps of it
    ");
    assert!(!bucket.spooled().is_empty(), "nothing but a removal removes rows");
    let named = bucket.host(&["recover", &id, "--out", &out]);
    assert_eq!(named.code, Some(1), "{}", named.show());

    let removed = bucket.host(&["runs", "rm", &id, "--out", &out]);
    assert_eq!((removed.code, removed.stdout.trim()), (Some(0), id.as_str()), "{}", removed.show());
    let words =
        "was no longer in 's3://bucket/load/tests': what this machine kept of it is removed\nremoved 1 run, ";
    assert!(removed.stderr.contains(words), "{}", removed.show());
    assert_eq!(bucket.spool(), Vec::<PathBuf>::new());
    let again = bucket.host(&["runs", "rm", &id, "--out", &out]);
    assert!(again.errors().contains("there is no run"), "{}", again.show());
}

#[test]
fn another_machine_spares_a_run_that_may_go_on() {
    let bucket = Bucket::new();
    let mut child = bucket.start(bucket.run_command("10m"), 20);
    let elsewhere = bucket.place.path().join("another-machine");
    let rm = ["runs", "rm", "2", "--out", &bucket.out()].map(str::to_owned);
    let rm: Vec<&str> = rm.iter().map(String::as_str).collect();
    let said = bucket.said(bucket.command(&rm).env("XDG_STATE_HOME", &elsewhere));
    assert!(said.errors().contains("it was written to less than a minute ago\nhint: "), "{}", said.show());
    assert!(bucket.run_folder().unwrap().join("run.json").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    // This machine knows that it was killed.
    let here = bucket.host(&rm);
    assert_eq!(here.code, Some(0), "{}", here.show());
}

/// What a report costs is requests: one for each part, however many, and a handful for the documents.
#[test]
fn a_report_asks_for_each_part_once() {
    let bucket = Bucket::new();
    assert_eq!(bucket.run("1s").code, Some(0));
    let parts = multiply(&bucket.run_folder().unwrap(), 40);
    let (gets, heads) = (bucket.s3.requests(&Method::GET), bucket.s3.requests(&Method::HEAD));
    bucket.s3.fail(
        Method::GET,
        "/data/",
        outrider_test_util::S3Fault::Late(Duration::from_millis(50)),
        u64::MAX,
    );
    let report = bucket.report();
    assert!(
        report["completeness"]["missing"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| { !line.as_str().unwrap().contains("cannot be read") })
    );
    let (gets, heads) = (bucket.s3.requests(&Method::GET) - gets, bucket.s3.requests(&Method::HEAD) - heads);
    assert!(parts >= 100, "{parts}");
    // Examples of failed checks are looked for in parts that have some; there are none here.
    assert!((parts..parts + 10).contains(&gets), "{gets} requests for {parts} parts");
    assert_eq!(heads, 0);
}

/// Copies each part so often, and says so in the manifest. How many parts there are then.
fn multiply(run: &Path, times: u64) -> u64 {
    let manifest = run.join("manifest/worker-0000.json");
    let mut document: serde_json::Value = serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    let parts = document["parts"].as_array().unwrap().clone();
    let copies = parts.iter().flat_map(|part| {
        (0..times).map(|number| {
            let path = part["path"].as_str().unwrap();
            let copy = path.replace("part-000000", &format!("part-{number:06}"));
            if number > 0 {
                std::fs::copy(run.join(path), run.join(&copy)).unwrap();
            }
            let mut part = part.clone();
            part["path"] = copy.into();
            part
        })
    });
    let copies: Vec<serde_json::Value> = copies.collect();
    document["parts"] = copies.clone().into();
    std::fs::write(&manifest, serde_json::to_vec(&document).unwrap()).unwrap();
    copies.len() as u64
}
