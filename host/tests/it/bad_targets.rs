//! Targets that cannot be reached: a result with a reason, never a panic.

use outrider_test_util::{Behaviour, Certificate, Protocols, TargetServer};

use crate::harness::{Place, plugin};

/// Runs the one-request journey; returns the error of its request.
fn request_error(flags: &[&str]) -> (Option<i32>, String, String) {
    let place = Place::new();
    let bench = plugin("bench-http");
    let said = place.host([&["run", &bench, "-i", "2"], flags].concat());
    let report = place.report();
    let error = &report["errors"][0];
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    (said.code, text("kind"), format!("{}\n{:#}", said.show(), report["errors"]))
}

#[test]
fn nothing_listens() {
    let refused = outrider_test_util::refused_addr();
    let address = refused.addr();
    let (code, kind, all) = request_error(&["--target", &format!("http://{address}")]);
    assert_eq!((code, kind.as_str()), (Some(111), "connection refused"), "{all}");
    assert!(all.contains("FAIL: the target answered none of 2 requests: connection refused"), "{all}");
    assert!(all.contains("error: no request was answered\n  caused by: the target answered none"), "{all}");
}

#[test]
fn a_target_that_answers_nothing_is_no_success_whatever_the_journey_makes_of_it() {
    let refused = outrider_test_util::refused_addr();
    let place = Place::new();
    let source = "import { check, http } from \"@outrider/sdk\";\n\nexport default function () {\n  \
                  try {\n    http.get(\"/\");\n  } catch (error) {\n    check(\"is up\", false);\n  }\n}\n";
    place.file("calm.ts", source);
    let said = place.host(["run", "calm.ts", "-i", "3", "--target", &format!("http://{}", refused.addr())]);
    assert_eq!(said.code, Some(111), "{}", said.show());
    let report = place.report();
    assert_eq!((&report["verdict"], &report["run"]["status"]), (&"fail".into(), &"finished".into()));
    assert_eq!(report["iterations"]["completed"], 3, "the journey took it well: {report:#}");
    let reason = report["run"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("the target answered none of 3 requests: connection refused"), "{reason}");
}

#[test]
fn a_target_that_answers_some_requests_has_been_measured() {
    let target = TargetServer::builder()
        .route("/ok", Behaviour::text("ok"))
        .route("/closes", Behaviour::closes_before_answer())
        .start();
    let place = Place::new();
    let source = "import { http } from \"@outrider/sdk\";\n\nexport default function (user, iteration) {\n  \
                  http.get(iteration.index === 0 ? \"/ok\" : \"/closes\");\n}\n";
    place.file("some.ts", source);
    let said = place.host(["run", "some.ts", "-i", "5", "--target", &target.url("")]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(
        (&report["verdict"], &report["iterations"]["failed"]),
        (&"pass".into(), &4.into()),
        "{report:#}"
    );
}

#[test]
fn requests_that_the_journey_may_not_make_measure_nothing_either() {
    let place = Place::new();
    let source = "import { http } from \"@outrider/sdk\";\n\nexport default function () {\n  \
                  try {\n    http.get(\"http://elsewhere.test/\");\n  } catch (error) {}\n}\n";
    place.file("astray.ts", source);
    let said = place.host(["run", "astray.ts", "-i", "3", "--target", "http://127.0.0.1:1"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(
        said.stderr.contains("none of 3 requests of the journey could be sent: not granted"),
        "{}",
        said.show()
    );
}

#[test]
fn the_name_does_not_resolve() {
    let (code, kind, all) = request_error(&["--target", "http://no-such-name.invalid"]);
    assert_eq!((code, kind.as_str()), (Some(111), "dns"), "{all}");
}

#[test]
fn tls_where_none_is_spoken() {
    let shop = Shop::start();
    let (code, kind, all) = request_error(&["--target", &format!("https://{}", shop.address)]);
    assert_eq!((code, kind.as_str()), (Some(111), "tls"), "{all}");
}

#[test]
fn another_host_than_the_target_needs_a_grant() {
    let place = Place::new();
    let said = place.host([
        "run",
        &plugin("bench-http"),
        "--target",
        "http://127.0.0.1:1",
        "--set",
        "path=http://elsewhere.test:81/",
    ]);
    let report = place.report();
    let shown = format!("{}\n{report:#}", said.show());
    assert_eq!(report["errors"][0]["kind"], "not granted", "{shown}");
    assert!(shown.contains("--allow-net elsewhere.test:81"), "{shown}");
}

struct Shop {
    address: std::net::SocketAddr,
    _shop: outrider_shop::RunningShop,
    _runtime: tokio::runtime::Runtime,
}

impl Shop {
    fn start() -> Shop {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let shop =
            runtime.block_on(outrider_shop::Shop::start(outrider_shop::ShopConfig::default())).unwrap();
        Shop { address: shop.addr(), _shop: shop, _runtime: runtime }
    }
}

#[test]
fn an_unknown_certificate_is_refused_until_insecure_says_otherwise() {
    let server =
        TargetServer::builder().route("/", Behaviour::text("hello")).tls(Certificate::SelfSigned).start();
    let target = server.url("");
    let (code, kind, all) = request_error(&["--target", &target]);
    assert_eq!((code, kind.as_str()), (Some(111), "tls"), "{all}");
    let place = Place::new();
    let said = place.host(["run", &plugin("bench-http"), "-i", "2", "--target", &target, "--insecure"]);
    let report = place.report();
    assert_eq!(report["all_requests"]["failed"], 0, "{}\n{report:#}", said.show());
    assert_eq!(server.requests("/"), 2);
}

#[test]
fn http_2_carries_a_journey_too() {
    let server = TargetServer::builder()
        .route("/", Behaviour::text("hello"))
        .tls(Certificate::SelfSigned)
        .protocols(Protocols::Http2)
        .start();
    let place = Place::new();
    let target = server.url("");
    let said = place.host([
        "run",
        &plugin("bench-http"),
        "-i",
        "3",
        "--target",
        &target,
        "--insecure",
        "--http",
        "2",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(server.requests("/"), 3);
    assert_eq!(place.report()["all_requests"]["failed"], 0, "{}", said.show());
}
