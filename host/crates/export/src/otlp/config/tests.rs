use super::*;

fn config(asked: OtlpAsked<'_>, variables: &[(&str, &str)]) -> Result<OtlpConfig, Vec<ExportError>> {
    OtlpConfig::new(asked, &|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

fn endpoints(config: &OtlpConfig) -> [Option<String>; 2] {
    [&config.metrics, &config.traces].map(|signal| signal.as_ref().map(|one| one.endpoint.to_string()))
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_a_plan() {
    let plan = Some(("http://plan:4318", "plan.toml:3:1"));
    let environment = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://env:4318/base/")];
    let url = |asked, variables: &[(&str, &str)]| config(asked, variables).unwrap().url;
    let of_plan = OtlpAsked { plan, ..OtlpAsked::default() };
    assert_eq!(url(OtlpAsked { flag: Some("http://flag:1"), ..of_plan }, &environment), "http://flag:1");
    assert_eq!(url(of_plan, &environment), "http://env:4318/base");
    assert_eq!(url(of_plan, &[]), "http://plan:4318");
    assert_eq!(url(OtlpAsked::default(), &[]), DEFAULT_OTLP_URL);
    let found = config(of_plan, &environment).unwrap();
    assert_eq!(endpoints(&found)[0].as_deref(), Some("http://env:4318/base/v1/metrics"));
}

#[test]
fn what_is_said_of_one_signal_is_taken_as_it_is() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.test/otlp"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20b,y=2"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team=shop,service.name=load"),
    ];
    let found = config(OtlpAsked::default(), &variables).unwrap();
    assert_eq!(endpoints(&found)[1].as_deref(), Some("https://traces.test/otlp"));
    let (metrics, traces) = (found.metrics.unwrap(), found.traces.unwrap());
    assert_eq!((metrics.protocol, traces.protocol), (OtlpProtocol::Protobuf, OtlpProtocol::Json));
    assert_eq!((metrics.headers["x-key"].to_str().unwrap(), metrics.gzip), ("a b", true));
    assert_eq!(traces.timeout, Duration::from_millis(2500));
    assert!(found.attributes.contains(&("service.name".into(), "load".into())));
}

#[test]
fn a_share_has_a_default_and_a_signal_can_be_left_out() {
    let share = |asked, variables: &[(&str, &str)]| config(asked, variables).unwrap().trace_share();
    assert_eq!(share(OtlpAsked::default(), &[]), DEFAULT_TRACE_SHARE);
    assert_eq!(share(OtlpAsked::default(), &[("OTEL_TRACES_SAMPLER_ARG", "0.5")]), 0.5);
    assert_eq!(share(OtlpAsked::default(), &[("OTEL_TRACES_SAMPLER", "parentbased_always_on")]), 1.0);
    assert_eq!(
        share(OtlpAsked { share: Some(0.2), ..OtlpAsked::default() }, &[("OTEL_TRACES_SAMPLER_ARG", "0.5")]),
        0.2
    );
    assert_eq!(share(OtlpAsked { share_of_plan: Some(0.3), ..OtlpAsked::default() }, &[]), 0.3);
    let none = config(OtlpAsked::default(), &[("OTEL_TRACES_EXPORTER", "none")]).unwrap();
    assert!(none.has_metrics() && none.trace_share() == 0.0);
    assert!(!config(OtlpAsked::default(), &[("OTEL_METRICS_EXPORTER", "none")]).unwrap().has_metrics());
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_no_password() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "secret"),
        ("OTEL_TRACES_SAMPLER_ARG", "2"),
    ];
    let asked = OtlpAsked { flag: Some("htp://me:geheim@collector:4318"), ..OtlpAsked::default() };
    let faults = config(asked, &variables).unwrap_err();
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for part in [
        "--export otlp 'htp://collector:4318' is no URL of a collector: did you mean http://?",
        "OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc', which is not spoken here",
        "OTEL_EXPORTER_OTLP_TIMEOUT is not a number of milliseconds",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS is not a list of key=value, separated by commas",
        "OTEL_TRACES_SAMPLER_ARG is not a share from 0 to 1",
    ] {
        assert!(words.iter().any(|word| word == part), "{part}\n{words:#?}");
    }
    assert!(!words.concat().contains("geheim"));
}
