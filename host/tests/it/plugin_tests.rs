//! `host test`: plugins with scripted answers, by a clock that is fixed.

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::Value;

use crate::harness::{Place, Said, plugin, shows, workspace};

/// Buys a thing, with a token, after some thought.
const SHOP: &str = r#"import { check, data, elapsed, expect, fail, http, journey, log, metrics, now, random, step, think, vars } from "@outrider/sdk";
const value = metrics.trend("cart value");
const orders = metrics.counter("orders");
export default journey({
  name: "shop",
  parameters: { type: "object", properties: { plan: { type: "string", default: "free" } }, additionalProperties: false },
  scenarios: {
    buy() {
      const { plan } = vars.parameters();
      const page = step("home", () => http.get(`/api/products/${plan === "premium" ? 2 : 1}`));
      if (page.status === 404) fail("sold out");
      think(3000);
      const cart = step("cart", () => http.post("/api/cart", { json: { id: page.jsonPath("$.id") }, headers: { authorization: `Bearer ${vars.secret("token")}` } }));
      expect(cart.status, "the cart is filled").toBe(201);
      value.add(19.5);
      orders.add();
      orders.add(2);
      log.info(`bought at ${new Date(now()).toISOString()} by ${data.row("users").name}`);
      console.log(Date.now() - now(), random.int(1, 1000000));
    },
    wait() {
      think(3600000);
      check("an hour later", elapsed() === 3600000);
    },
    breaks() {
      JSON.parse("{");
    },
    spins() {
      for (;;);
    },
  },
});
"#;

const TESTS: &str = r#"now = 2026-03-01T12:00:00Z
seed = 7
secrets = { token = "s3cret-token" }
[data]
users = [{ name = "ada" }, { name = "bob" }]

[[answer]]
request = "GET /api/products/*"
json = { id = 1, name = "Lamp" }
duration = "80ms"

[[answer]]
request = "POST /api/cart"
when = { headers = { authorization = "Bearer s3cret-token" }, json = { id = 1 } }
status = 201
duration = "20ms"

"#;

fn test(place: &Place, tests: &str, flags: &[&str]) -> Said {
    place.file("shop.ts", SHOP);
    place.file("shop.test.toml", format!("{TESTS}{tests}"));
    place.host([&["test", "shop.ts"], flags].concat())
}

const TRANSFORM_TESTS: &str = r#"
[[test]]
name = "each record becomes what it says"
[[test.record]]
text = "row a b"
[[test.record]]
text = "skip"
[[test.record]]
text = "what"
[[test.record]]
text = "rows x"
[[test.record]]
text = "panic oh"
[test.expect]
records = [
  { rows = [{ text = "a b" }] },
  "skipped",
  { rejected = "'what' says nothing" },
  { rows = [{ text = "x" }, {}] },
  { broke = "as told: oh" },
]

[[test]]
name = "nothing is rejected without a word of it"
[[test.record]]
text = "what"
[[test.record]]
file = "lines.log"

[[test]]
name = "another row"
[[test.record]]
text = "row a"
[[test.record]]
text = "row b"
[test.expect]
records = [{ rows = [{ text = "b" }] }, "skipped", "skipped"]
"#;

/// Without what is said of the compiler.
fn shown(said: &Said) -> String {
    let show = said.show();
    let lines = show.lines().filter(|line| !line.starts_with("compil"));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim_end_matches("--- stderr").to_owned()
}

fn json(said: &Said) -> Value {
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.show()))
}

#[test]
fn what_goes_as_expected_passes_with_clock_seed_data_and_secrets() {
    let place = Place::new();
    let tests = r#"
[[test]]
name = "a customer buys"
scenario = "buy"
index = 1
[test.expect]
requests = ["GET /api/products/1", { request = "POST /api/cart", json = { id = 1 }, headers = { content-type = "application/json*" } }]
steps = ["home", "cart"]
checks = { "the cart is filled" = true }
metrics = { "cart value" = 19.5, orders = 3 }
logs = ["bought at 2026-03-01T12:00:03.100Z by bob", "0 "]
duration = "3100ms"

[[test]]
name = "a premium customer sees another product"
scenario = "buy"
parameters = { plan = "premium" }
[test.expect]
requests = ["GET /api/products/2", "POST /api/cart"]

[[test]]
name = "an hour goes by in no time"
scenario = "wait"
[test.expect]
outcome = "broke"
message = "longer than 600s"

[[test]]
name = "two iterations of one user"
scenario = "buy"
iterations = 2
[test.expect]
metrics = { orders = [1, 2, 1, 2] }
logs = ["by ada", "by bob"]
duration = "6200ms"

[[test]]
name = "sold out"
scenario = "buy"
[[test.answer]]
request = "/api/products/1"
status = 404
[test.expect]
outcome = "failed"
message = "sold out"
steps = ["home"]

[[test]]
name = "what breaks is expected to"
scenario = "breaks"
[test.expect]
outcome = "broke"
message = "SyntaxError"
"#;
    let said = test(&place, tests, &[]);
    shows!(shown(&said), @r"
    exit 0
    --- stdout
    ok      a customer buys (3.1 s)
    ok      a premium customer sees another product (3.1 s)
    ok      an hour goes by in no time (10 min)
    ok      two iterations of one user (6.2 s)
    ok      sold out (0 ms)
    ok      what breaks is expected to (0 ms)

    6 passed, 0 failed
    ");
}

#[test]
fn an_hour_of_think_time_takes_no_time() {
    let place = Place::new();
    place.file("shop.ts", SHOP);
    let tests = "iteration_timeout = \"2h\"\n[[test]]\nname = \"an hour\"\nscenario = \"wait\"\n[test.expect]\n\
                 duration = \"1h\"\nchecks = { \"an hour later\" = true }\n";
    let file = place.file("hour.toml", tests).display().to_string();
    let said = place.host(["test", "shop.ts", "--file", &file]);
    shows!(shown(&said), @r"
    exit 0
    --- stdout
    ok      an hour (60 min)

    1 passed, 0 failed
    ");
}

#[test]
fn what_is_not_as_expected_is_said_in_the_authors_terms_and_without_secrets() {
    let place = Place::new();
    let tests = r#"
[[test]]
name = "everything is wrong"
scenario = "buy"
[[test.answer]]
request = "POST /api/cart"
status = 500
[test.expect]
outcome = "failed"
requests = ["GET /api/products/1", { request = "POST /api/cart", headers = { authorization = "Bearer other" } }]
steps = ["home"]
checks = { "the cart is full" = true }
metrics = { "cart values" = 1, orders = 4 }
logs = ["never"]
duration = "1s"

[[test]]
name = "an unexpected request"
scenario = "buy"
[[test.answer]]
request = "POST /api/cart"
when = { json = { id = 2 } }
times = 1
[[test.answer]]
request = "GET /api/products/*"
json = { id = 5 }

[[test]]
name = "a fault of the journey"
scenario = "breaks"

[[test]]
name = "a scripted error"
scenario = "buy"
[[test.answer]]
request = "GET /api/products/1"
error = "timeout"
[test.expect]
duration = "60s"
outcome = "broke"
"#;
    let said = test(&place, tests, &[]);
    assert!(!said.show().contains("s3cret-token"), "{}", said.show());
    shows!(shown(&said), @r#"
    exit 107
    --- stdout
    FAILED  everything is wrong (3.08 s)
            shop.test.toml:19
              outcome: expected failed
                           was  completed
              check: expected 'the cart is full'
                         was  it was not made
                  did you mean 'the cart is filled'?
              check: expected 'the cart is filled' passes
                         was  expected 201, was 500
                  at shop.ts:14:49
              request 2: expected POST /api/cart with the header authorization: Bearer other
                             was  authorization: Bearer [secret token]
                    1  GET /api/products/1
                    2  POST /api/cart
              steps: expected home
                         was  home, cart
              metric 'cart values': expected 1
                                        was  it was not recorded
                  did you mean 'cart value'?
              metric 'orders': expected 4
                                   was  3
              logs: expected a line with 'never'
                        was  no such line, or not in this order
                  logged: bought at 2026-03-01T12:00:03.080Z by ada
                  logged: 0 91963
              duration: expected 1000 ms
                            was  3080 ms
    FAILED  an unexpected request (3 s)
            shop.test.toml:34
              request without an answer: expected none
                                             was  POST /api/cart
                  nearest is test[2].answer[1] (shop.test.toml:37) 'POST /api/cart': it wants the JSON body {"id":2}; the request has a body in which id is 5
              outcome: expected completed
                           was  failed: POST /api/cart: cannot connect to test.invalid:80: no answer of the test is for POST /api/cart
                  at shop.ts:13:142
                  at buy (shop.ts:13:20)
    FAILED  a fault of the journey (0 ms)
            shop.test.toml:45
              outcome: expected completed
                           was  broke: SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)
                  at <input>:1:2
                  at breaks (shop.ts:26:12)
    FAILED  a scripted error (60 s)
            shop.test.toml:49
              outcome: expected broke
                           was  failed: GET /api/products/1: no whole answer within the limit
                  at shop.ts:10:74
                  at buy (shop.ts:10:20)

    0 passed, 4 failed
    "#);
}

#[test]
fn a_guest_that_never_ends_is_ended_by_its_cpu_time() {
    let place = Place::new();
    let said = test(&place, "[[test]]\nname = \"spins\"\nscenario = \"spins\"\n", &["--format", "json"]);
    let report = json(&said);
    assert_eq!((said.code, &report["exit_code"]), (Some(107), &107.into()), "{}", said.show());
    assert_eq!(report["tests"][0]["outcome"], "broke");
    assert_eq!(report["tests"][0]["message"], "used more than 2s of CPU time");
}

#[test]
fn everything_that_is_wrong_with_files_is_said_at_once() {
    let place = Place::new();
    let tests = r#"
[[answer]]
request = "GET /x"
file = "missing.json"
[[test]]
name = "a"
scenario = "bye"
parameters = { plam = 1 }
sede = 1
[[test]]
name = "b"
scenario = "wait"
[[test.exchange]]
request = "GET /"
"#;
    let said = test(&place, tests, &[]);
    shows!(said.errors(), @r"
    exit 104
    error: shop.test.toml:26:1: [test[1]] has no key 'sede'
    hint: did you mean seed?
    error: shop.test.toml:30:8: [test[2]] exchange: the plugin is a journey
    hint: it runs a scenario with [[test.answer]]
    error: shop.test.toml:21:1: cannot read 'missing.json'
      caused by: No such file or directory (os error 2)
    error: shop.test.toml:24:1: [test[1]] scenario: the journey has no 'bye'
    hint: it has buy, wait, breaks, spins
    error: shop.test.toml:25:16: the journey has no parameter 'plam'
    hint: did you mean plan?
    ");
    let tests = "[[answer]]\nrequest = \"GET /x\"\nfile = \"missing.json\"\n[[test]]\nname = \"a\"\nscenario = \"bye\"\n\
                 [[test]]\nname = \"b\"\n[[test]]\nname = \"c\"\nscenario = \"wait\"\nparameters = { plam = 1 }\n";
    let said = test(&place, tests, &[]);
    shows!(said.errors(), @r"
    exit 104
    error: shop.test.toml:20:1: cannot read 'missing.json'
      caused by: No such file or directory (os error 2)
    error: shop.test.toml:23:1: [test[1]] scenario: the journey has no 'bye'
    hint: it has buy, wait, breaks, spins
    error: shop.test.toml:24:1: [test[2]] has no scenario, and the journey has several
    hint: name one of buy, wait, breaks, spins
    error: shop.test.toml:29:16: the journey has no parameter 'plam'
    hint: did you mean plan?
    ");
    shows!(place.host(["test", "shop.ts", "--file", "none.toml"]).errors(), @r"
    exit 104
    error: cannot read tests 'none.toml'
      caused by: No such file or directory (os error 2)
    ");
    place.file("alone.ts", "export default () => {};\n");
    shows!(place.host(["test", "alone.ts"]).errors(), @r"
    exit 104
    error: 'alone.ts' has no tests: there is no alone.test.toml
    hint: write one, name one with --file, or record one: host test alone.ts --record --target URL
    ");
    let filtered = test(&place, "[[test]]\nname = \"one\"\nscenario = \"wait\"\n", &["--filter", "two"]);
    shows!(filtered.errors(), @r"
    exit 104
    error: no test has 'two' in its name
    hint: there is 'one'
    ");
}

#[test]
fn the_report_is_what_its_schema_says() {
    let place = Place::new();
    let tests = "[[test]]\nname = \"buys\"\nscenario = \"buy\"\n[test.expect]\nsteps = []\n\
                 [[test]]\nname = \"left out\"\nscenario = \"wait\"\n";
    let said = test(&place, tests, &["--format", "json", "--filter", "buy"]);
    let report = json(&said);
    assert_eq!((said.code, &report["verdict"], &report["failed"]), (Some(110), &"fail".into(), &1.into()));
    let entry = &report["tests"][0];
    assert_eq!(entry["requests"], serde_json::json!(["GET /api/products/1", "POST /api/cart"]));
    assert_eq!((&entry["duration_ms"], &entry["steps"][1]), (&3100.0.into(), &"cart".into()));
    let schema = std::fs::read(workspace().join("docs/reference/test-report.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_pack_judges_what_is_staged() {
    let place = Place::new();
    let tests = r#"
[parameters]
max_duration_ms = 100

[[test]]
name = "a quick answer passes"
[[test.exchange]]
request = "GET /"
duration = "20ms"

[[test]]
name = "a slow answer is found"
[[test.exchange]]
request = "GET https://elsewhere.test/slow?x=1"
status = 404
duration = "120ms"
[test.expect]
checks = { "answer is in time" = false, "status is below 500" = true }

[[test]]
name = "no answer at all"
[[test.exchange]]
request = "GET /gone"
error = "connection-refused"
"#;
    let file = place.file("pack.toml", tests).display().to_string();
    let said = place.host(["test", &plugin("assert-http"), "--file", &file]);
    shows!(shown(&said), @r"
    exit 110
    --- stdout
    ok      a quick answer passes (20 ms)
    ok      a slow answer is found (120 ms)
    FAILED  no answer at all (0 ms)
            [PLACE]/pack.toml:20
              check: expected 'request is answered' passes
                         was  expected an answer, was connection refused

    2 passed, 1 failed
    ");
}

#[test]
fn what_a_transform_makes_of_records_is_as_expected() {
    let place = Place::new();
    place.file("lines.log", "row 1\r\nskip\n");
    let transform = plugin("test-transform");
    let file = place.file("transform.toml", TRANSFORM_TESTS).display().to_string();
    let said = place.host(["test", &transform, "--file", &file]);
    shows!(shown(&said), @r#"
    exit 110
    --- stdout
    ok      each record becomes what it says (0 ms)
    FAILED  nothing is rejected without a word of it (0 ms)
            [PLACE]/transform.toml:23
              record 1: expected rows
                            was  rejected: 'what' says nothing
    FAILED  another row (0 ms)
            [PLACE]/transform.toml:30
              records: expected 3 records
                           was  2 records
              record 1: expected the rows [{"text":"b"}]
                            was  [{"text":"a","seen":1}]: [0].text is "a"
              record 2: expected skipped
                            was  the rows [{"text":"b","seen":2}]

    1 passed, 2 failed
    "#);
    let wrong = place.file(
        "wrong.toml",
        "[[test]]\nname = \"a\"\nscenario = \"x\"\n[test.expect]\ndelivery = \"refused\"\n",
    );
    let said = place.host(["test", &transform, "--file", &wrong.display().to_string()]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    for words in ["scenario: the plugin is a transform", "expect.delivery: the plugin is a transform"] {
        assert!(said.stderr.contains(words), "{}", said.show());
    }
}

#[test]
fn what_a_target_answers_is_recorded_and_passes_without_it() {
    let place = Place::new();
    let target = TargetServer::builder()
        .route("/", Behaviour::redirect(302, "/home"))
        .route("/home", Behaviour::html("<title>Home</title>"))
        .route("/api", Behaviour::json(&serde_json::json!({"id": 5, "none": null, "key": "hush-hush"})))
        .start();
    place.file(
        "tour.ts",
        "import { check, http, journey, step, vars } from \"@outrider/sdk\";\nexport default journey({\n  name: \"tour\",\n  \
         scenarios: {\n    tour() {\n      step(\"home\", () => check(\"it is home\", http.get(\"/\").text().includes(\"Home\")));\n      \
         check(\"five\", http.get(\"/api?a=1\", { headers: { key: vars.secret(\"key\") } }).jsonPath(\"$.id\") === 5);\n      http.get(\"/api?a=1\");\n    },\n  },\n});\n",
    );
    place.file("key.txt", "hush-hush");
    let url = target.url("");
    let record = ["test", "tour.ts", "--record", "--target", &url, "--secret", "key=file:key.txt"];
    let said = place.host(record);
    assert_eq!((said.code, said.stdout.trim()), (Some(0), "tour.test.toml"), "{}", said.show());
    drop(target);
    let text = std::fs::read_to_string(place.path().join("tour.test.toml")).unwrap();
    assert!(!text.contains("hush-hush"), "{text}");
    for part in [
        "seed = 1\ntarget = \"http://127.0.0.1:",
        "[secrets]\nkey = \"secret-key\"\n",
        "[[test]]\nname = \"tour\"\nscenario = \"tour\"\n",
        "[[test.answer]]\nrequest = \"GET /\"\nstatus = 302\n",
        "[[test.answer]]\nrequest = \"GET /api?a=1\"\ntimes = 1\n",
        "text = '''\n{\n  \"id\": 5,\n  \"none\": null,\n  \"key\": \"[secret key]\"\n}'''",
        "checks = { \"five\" = true, \"it is home\" = true }\nrequests = [\n  \"GET /\",\n  \"GET /home\",\n  \"GET /api?a=1\",\n  \"GET /api?a=1\",\n]\nsteps = [\n  \"home\",\n]\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let tested = place.host(["test", "tour.ts"]);
    assert_eq!(tested.code, Some(0), "{}", tested.show());
    let again = place.host(record);
    assert_eq!(again.code, Some(104), "{}", again.show());
    assert!(
        again.stderr.contains("hint: --file FILE names another, --force writes over it"),
        "{}",
        again.show()
    );
}

#[test]
fn a_journey_that_fails_is_recorded_with_its_failure_and_says_so() {
    let place = Place::new();
    let target = TargetServer::builder()
        .route("/", Behaviour::text("hello"))
        .route("/cart", Behaviour::status(503))
        .start();
    place.file(
        "tour.ts",
        "import { check, fail, http, journey } from \"@outrider/sdk\";\nexport default journey({\n  name: \"tour\",\n  \
         scenarios: {\n    looks() {\n      check(\"it is big\", http.get(\"/\").text().length > 100);\n    },\n    \
         buys() {\n      if (http.get(\"/cart\").status !== 200) fail(\"the cart is closed\");\n    },\n    \
         breaks() {\n      JSON.parse(http.get(\"/\").text());\n    },\n  },\n});\n",
    );
    let url = target.url("");
    let said = place.host(["test", "tour.ts", "--record", "--target", &url]);
    assert_eq!(said.stdout, "tour.test.toml\n", "{}", said.show());
    shows!(said.errors(), @"
    exit 107
    error: the only check failed in scenario 'looks'
      caused by: it is big
    error: the target failed the journey in scenario 'buys'
      caused by: the cart is closed
    error: the journey broke in scenario 'breaks'
      caused by: SyntaxError: unexpected token: 'hello'
    tour.test.toml holds the failure: its tests pass when it happens again. Mend what failed and record with --force, or keep it
    ");
    let text = std::fs::read_to_string(place.path().join("tour.test.toml")).unwrap();
    assert_eq!(text.matches("# It failed when it was recorded").count(), 3, "{text}");
    drop(target);
    let tested = place.host(["test", "tour.ts"]);
    assert_eq!(tested.code, Some(0), "it holds the failure: {}", tested.show());
}

#[test]
fn the_tests_of_the_examples_pass_in_all_languages() {
    let place = Place::new();
    let file = workspace().join("examples/checkout-ts/checkout.test.toml").display().to_string();
    let source = workspace().join("examples/checkout-ts/checkout.ts").display().to_string();
    let go = workspace().join("examples/checkout-go").display().to_string();
    for checkout in [source, plugin("checkout"), go] {
        let said = place.host(["test", &checkout, "--file", &file]);
        assert_eq!(said.code, Some(0), "{checkout}: {}", said.show());
        assert!(said.stdout.ends_with("5 passed, 0 failed\n"), "{checkout}: {}", said.show());
    }
}
