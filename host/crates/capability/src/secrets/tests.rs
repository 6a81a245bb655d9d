use std::sync::Mutex;

use outrider_model::{
    CheckSample, IterationIndex, IterationSample, IterationStatus, LogLevel, LogSample, Origin, Sample,
    SampleSink, StepSample, Tags, Timestamp, VuId,
};

use super::*;

const PASSWORD: &str = "p4ss w0rd/&+\"ü";

fn redactor() -> Redactor {
    Redactor::new([("password", PASSWORD), ("token", "abcdefghijklmnop")])
}

fn redacted(text: &str) -> String {
    redactor().redact(text).into_owned()
}

#[test]
fn values_become_names_wherever_they_stand() {
    assert_eq!(redacted("nothing here"), "nothing here");
    assert_eq!(redacted(PASSWORD), "[secret password]");
    assert_eq!(redacted("a abcdefghijklmnop, abcdefghijklmnop!"), "a [secret token], [secret token]!");
    assert_eq!(redacted("abcdefghijklmnopabcdefghijklmnop"), "[secret token][secret token]");
}

#[test]
fn percent_encoding_of_any_kind_is_seen_through() {
    for url in [
        "/x?p=p4ss%20w0rd%2F%26%2B%22%C3%BC&q=1",
        "/x?p=p4ss%20w0rd/%26%2b%22%c3%bc&q=1",
        "/x?p=p4ss+w0rd%2F%26%2B%22%C3%BC&q=1",
        "/x?p=p4ss%2520w0rd%252F%2526%252B%2522%25C3%25BC&q=1",
        "/x?p=%704ss%20w0rd%2F%26%2B%22%C3%BC&q=1",
    ] {
        assert_eq!(redacted(url), "/x?p=[secret password]&q=1", "{url}");
    }
    assert_eq!(redacted("100% sure, 5%zz, %C3%BC"), "100% sure, 5%zz, %C3%BC");
}

#[test]
fn base64_json_and_html_are_seen_through() {
    use base64::Engine;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("user:{PASSWORD}"));
    let shown = redacted(&format!("Basic {basic}"));
    assert!(shown.contains("[secret password]"), "{shown}");
    assert!(!shown.contains(&basic[12..20]), "{shown}");
    assert_eq!(redacted(&serde_json::json!({ "p": PASSWORD }).to_string()), r#"{"p":"[secret password]"}"#);
    assert_eq!(redacted("<b>p4ss w0rd/&amp;+&quot;ü</b>"), "<b>[secret password]</b>");
    assert_eq!(redacted(&format!("{PASSWORD:?}")), r#""[secret password]""#);
}

#[test]
fn what_is_left_of_a_secret_that_was_cut_goes_too() {
    assert_eq!(redacted("token abcdefghijk, then"), "token [secret token], then", "more than half");
    assert_eq!(redacted("token abcdefg, then"), "token abcdefg, then", "another word may begin like it");
    assert_eq!(redacted("token abcde…"), "token [secret token]…");
    let cut = |text| redactor().redact_cut(text).into_owned();
    assert_eq!(cut("token abcd"), "token [secret token]");
    assert_eq!(cut("token ab"), "token ab");
    // A cut may go through a letter.
    assert_eq!(redacted("p4ss w0rd/&+\"é"), "[secret password]");
}

#[test]
fn a_text_may_be_all_secrets_and_overlaps_are_one() {
    let both = Redactor::new([("long", "xxabcdefghxx"), ("short", "abcdefgh")]);
    assert_eq!(both.redact("-xxabcdefghxx-"), "-[secret long]-");
    assert_eq!(both.redact("-abcdefgh-"), "-[secret short]-");
    assert_eq!(both.redact("xxabcdefgh"), "[secret long]");
}

#[test]
fn json_values_are_cleaned_with_their_keys() {
    let mut value = serde_json::json!({"a": ["abcdefghijklmnop", 1, null], "abcdefghijklmnop": {"b": true}});
    redactor().clean_json(&mut value);
    assert_eq!(value, serde_json::json!({"a": ["[secret token]", 1, null], "[secret token]": {"b": true}}));
    let mut number = serde_json::json!(12345678);
    Redactor::new([("pin", "12345678")]).clean_json(&mut number);
    assert_eq!(number, serde_json::json!("[secret pin]"));
}

#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Sample>>);

impl SampleSink for Kept {
    fn record(&self, sample: Sample) {
        self.0.lock().unwrap().push(sample);
    }
}

fn origin() -> Origin {
    let secret: Arc<str> = "abcdefghijklmnop".into();
    Origin {
        scenario: "s".into(),
        vu: VuId(1),
        iteration: IterationIndex(0),
        step: Some(format!("step {secret}").into()),
        tags: [(Arc::from("plan"), secret)].into(),
    }
}

#[test]
fn every_text_of_a_row_is_redacted() {
    let kept = Arc::new(Kept::default());
    let sink = RedactingSink::wrap(Arc::clone(&kept) as _, &redactor());
    let secret: Arc<str> = "is abcdefghijklmnop".into();
    sink.record(Sample::Check(CheckSample {
        origin: origin(),
        pack: Arc::clone(&secret),
        name: Arc::clone(&secret),
        at: Timestamp(0),
        passed: true,
        expected: Some(Arc::clone(&secret)),
        actual: Some(Arc::clone(&secret)),
        message: Some(Arc::clone(&secret)),
        source_location: Some(Arc::clone(&secret)),
    }));
    sink.record(Sample::Iteration(IterationSample {
        scenario: Arc::clone(&secret),
        tags: Tags::from([(Arc::from("tag"), Arc::clone(&secret))]),
        vu: None,
        iteration: IterationIndex(0),
        scheduled_at: Timestamp(0),
        started_at: Timestamp(0),
        waited: std::time::Duration::ZERO,
        duration: std::time::Duration::ZERO,
        status: IterationStatus::Failed,
        cause: None,
        error_kind: Some(Arc::clone(&secret)),
        error: Some(Arc::clone(&secret)),
        stack: Some(Arc::clone(&secret)),
    }));
    sink.record(Sample::Step(StepSample {
        origin: origin(),
        name: Arc::clone(&secret),
        started_at: Timestamp(0),
        duration: std::time::Duration::ZERO,
        ok: false,
        interrupted: false,
        error: Some(Arc::clone(&secret)),
    }));
    sink.record(Sample::Log(LogSample {
        origin: Some(origin()),
        source: "log",
        level: LogLevel::Info,
        at: Timestamp(0),
        message: secret,
    }));
    let shown = format!("{:?}", kept.0.lock().unwrap());
    assert!(!shown.contains("abcdefgh"), "{shown}");
    assert_eq!(shown.matches("[secret token]").count(), 3 * 2 + 6 + 5 + 2 + 1, "{shown}");
}

#[test]
fn without_secrets_the_sink_is_the_one_that_it_was() {
    let kept: Arc<dyn SampleSink> = Arc::new(Kept::default());
    let same = RedactingSink::wrap(Arc::clone(&kept), &Redactor::default());
    assert!(Arc::ptr_eq(&kept, &same));
}

fn parse(text: &str) -> Result<SecretConfig, SecretFault> {
    SecretConfig::parse(text, |name| {
        (name == "OUTRIDER_SECRET_API_TOKEN").then(|| SecretText::new("s3cr3t-1"))
    })
}

#[test]
fn a_secret_comes_from_the_environment_or_a_file() {
    let secrets = Secrets::load(&[parse("api-token").unwrap()]).unwrap();
    assert_eq!(secrets.get("api-token").unwrap().reveal(), "s3cr3t-1");
    assert!(secrets.get("other").is_none());
    assert_eq!(secrets.names().collect::<Vec<_>>(), ["api-token"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "from a file\r\n").unwrap();
    let config = parse(&format!("key=file:{}", path.display())).unwrap();
    assert_eq!(Secrets::load(&[config]).unwrap().get("key").unwrap().reveal(), "from a file");
    assert_eq!(
        parse("key=env:HOME").unwrap().source,
        SecretSource::Variable { variable: "HOME".into(), value: None }
    );
}

#[test]
fn faults_come_at_once_and_hold_no_value() {
    let variable = |name: &str, value: Option<&str>| SecretConfig {
        name: name.into(),
        source: SecretSource::Variable { variable: "V".into(), value: value.map(SecretText::new) },
    };
    let faults = Secrets::load(&[
        variable("gone", None),
        variable("pin", Some("1234")),
        variable("fine", Some("long enough")),
        variable("fine", Some("long enough")),
        variable("huge", Some(&"x".repeat(MAX_SECRET_BYTES + 1))),
        SecretConfig { name: "file".into(), source: SecretSource::File("/no/such/file".into()) },
    ])
    .unwrap_err();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "secret 'gone' is missing: the environment has no text in V",
            "secret 'pin' has 4 bytes; at least 6 are needed to keep it out of what is recorded",
            "secret 'fine' is given twice",
            "secret 'huge' has 65537 bytes, more than 65536",
            "secret 'file' cannot be read from /no/such/file",
        ]
    );
    let configs = [variable("gone", None), variable("fine", Some("long enough"))];
    let (sound, faults) = Secrets::load_sound(&configs);
    assert_eq!((sound.names().collect::<Vec<_>>(), faults.len()), (vec!["fine"], 1));
    assert_eq!(sound.redactor().redact("it was long enough"), "it was [secret fine]");
    for text in ["token=hunter2-hunter2", "token=env:", "token=", "hunter2 hunter2", "", "ä"] {
        let fault = parse(text).unwrap_err();
        let words = format!("{fault} {:?} {fault:?}", fault.hint());
        assert!(!words.contains("hunter2"), "{words}");
    }
    assert_eq!(format!("{:?}", SecretText::new("hunter2")), "[secret]");
    assert_eq!(format!("{:?}", redactor().redact("").len()), "0");
    assert!(!format!("{:?}", redactor()).contains("abc"));
}
