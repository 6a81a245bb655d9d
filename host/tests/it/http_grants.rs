//! Ways out of the grants, through the real program: each is refused before a connection is opened.

use outrider_test_util::{Behaviour, TargetServer};

use crate::exchanges::{exchange, journey};
use crate::harness::{Place, Said, plugin};
use crate::tables::rows;

#[test]
fn a_redirect_out_of_the_grants_is_refused_before_a_connection_is_opened() {
    let other = TargetServer::builder().route("/", Behaviour::text("not for you")).start();
    let port = other.addr().port();
    let ways = [
        ("/metadata", "http://169.254.169.254/latest/meta-data/".to_owned()),
        ("/metadata-of-containers", "http://169.254.170.2/v2/credentials".to_owned()),
        ("/as-one-number", "http://2852039166/".to_owned()),
        ("/in-hexadecimal", "http://0xa9.0xfe.0xa9.0xfe/".to_owned()),
        ("/mapped", "http://[::ffff:169.254.169.254]/".to_owned()),
        ("/another-port", other.url("/")),
        ("/another-name", format!("http://localhost:{port}/")),
        ("/another-address", format!("http://127.0.0.2:{port}/")),
        ("/without-scheme", format!("//127.0.0.1:{port}/")),
    ];
    let target = ways
        .iter()
        .fold(TargetServer::builder(), |target, (path, to)| target.route(path, Behaviour::redirect(302, to)));
    let target = target.route("/ok", Behaviour::text("ok")).start();
    let paths = serde_json::to_string(&ways.each_ref().map(|(path, _)| *path)).unwrap();
    let run = exchange("refusals", &target, &["--set", &format!("paths={paths}")]);
    run.assert_well();
    assert_eq!(run.request_errors(), [("not granted".to_owned(), ways.len() as u64)]);
    assert_eq!(other.connections(), 0);
    let refused = rows(&run.place, "requests");
    let refused = refused.iter().filter(|row| row.text("error_kind") == "not granted");
    let seen: Vec<_> = refused.map(|row| (row.text("remote_address"), row.number("connect_ns"))).collect();
    assert_eq!(seen, vec![(String::new(), 0); ways.len()]);
    assert!(run.said.stdout.contains("--allow-net"), "{}", run.said.show());
}

#[test]
fn a_grant_for_another_port_lets_a_redirect_pass() {
    let other = TargetServer::builder().route("/", Behaviour::text("welcome")).start();
    let target = TargetServer::builder().route("/", Behaviour::redirect(302, &other.url("/"))).start();
    let place = Place::new();
    let (url, grant) = (target.url(""), other.addr().to_string());
    let said = place.host(["run", &plugin("bench-http"), "--target", &url, "--allow-net", &grant]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!((target.total_requests(), other.total_requests()), (1, 1), "{}", said.show());
}

/// The system's resolver believes its file of hosts, so that a granted name can be made to lead anywhere:
/// in a mount namespace of its own, another file lies over `/etc/hosts`.
#[cfg(target_os = "linux")]
#[test]
fn a_granted_name_that_leads_to_a_metadata_address_is_refused() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let port = target.addr().port();
    let place = Place::new();
    place.file(
        "hosts",
        "127.0.0.1 good.test\n169.254.169.254 rebound.test\n127.0.0.1 both.test\n169.254.169.254 both.test\n",
    );
    if !namespaces_are_allowed() {
        eprintln!(
            "this system allows no mount namespaces: outrider-capability's tests of grants stand alone"
        );
        return;
    }
    let journey = journey(&place);
    let run = |name: &str| {
        let target = format!("http://{name}:{port}");
        let flags = ["--scenario", "visits", "--target", &target];
        let said = with_hosts(&place, &[&["run", &journey], &flags[..]].concat());
        let report = place.report();
        (
            report["errors"][0]["kind"].as_str().unwrap_or("none").to_owned(),
            format!("{}\n{report:#}", said.show()),
        )
    };
    let (kind, shown) = run("good.test");
    assert_eq!((kind.as_str(), target.connections()), ("none", 1), "the name is resolved: {shown}");
    for name in ["rebound.test", "both.test"] {
        let (kind, shown) = run(name);
        assert_eq!((kind.as_str(), target.connections()), ("not granted", 1), "{shown}");
        assert!(shown.contains("169.254.169.254 is a cloud's metadata address"), "{shown}");
    }
}

/// Runs the program with the place's file `hosts` instead of the system's.
fn with_hosts(place: &Place, args: &[&str]) -> Said {
    let host = place.command(args);
    let mut command = std::process::Command::new("unshare");
    command.args([
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        "mount --bind hosts /etc/hosts && exec \"$0\" \"$@\"",
    ]);
    command.arg(host.get_program()).args(host.get_args()).current_dir(place.path());
    for (name, value) in host.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Said::of(command.output().unwrap(), place.path())
}

fn namespaces_are_allowed() -> bool {
    let tried = std::process::Command::new("unshare").args(["--map-root-user", "--mount", "true"]).output();
    tried.is_ok_and(|output| output.status.success())
}
