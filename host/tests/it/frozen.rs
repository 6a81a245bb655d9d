//! Plugins that earlier versions built, as `cargo xtask freeze` kept them: they run.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said, plugin, workspace};

/// All fixtures of all versions: each with its world.
fn fixtures() -> Vec<(PathBuf, String)> {
    let versions = fs::read_dir(workspace().join("host/tests/frozen")).unwrap();
    let folders = versions.map(|version| version.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path());
    let mut fixtures: Vec<_> =
        files.map(|file| (world(&file), file)).map(|(world, file)| (file, world)).collect();
    fixtures.sort();
    fixtures
}

/// `rust-assertion-pack.wasm.gz` is an assertion pack.
fn world(file: &Path) -> String {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    name.strip_suffix(".wasm.gz").unwrap().split_once('-').unwrap().1.to_owned()
}

fn thaw(place: &Place, fixture: &Path) {
    let mut component = Vec::new();
    GzDecoder::new(File::open(fixture).unwrap()).read_to_end(&mut component).unwrap();
    place.file("frozen.wasm", component);
}

#[test]
fn plugins_of_all_versions_and_languages_run() {
    let target = TargetServer::builder().route("/", Behaviour::text("welcome")).start();
    let fixtures = fixtures();
    assert!(fixtures.len() >= 6, "{fixtures:?}");
    for (fixture, world) in fixtures {
        let place = Place::new();
        thaw(&place, &fixture);
        let said = match world.as_str() {
            "journey" => run(&place, &target, &["frozen.wasm", "-u", "2", "-i", "2"]),
            "assertion-pack" => {
                let guest = plugin("bench-http");
                run(&place, &target, &[&guest, "-i", "2", "--assert", "frozen.wasm"])
            }
            other => panic!("{} is of no known world: {other}", fixture.display()),
        };
        assert_eq!(said.code, Some(0), "{}: {}", fixture.display(), said.show());
        let report = place.report();
        let checks = report["checks"].as_array().unwrap();
        assert!(!checks.is_empty() && checks.iter().all(|check| check["failed"] == 0), "{report:#}");
    }
}

fn run(place: &Place, target: &TargetServer, args: &[&str]) -> Said {
    let url = target.url("");
    place.host(["run", "--target", &url].iter().chain(args))
}
