use std::net::IpAddr;

use super::*;

fn grants(target: Option<&str>, entries: &[&str]) -> Grants {
    let target = target.map(|text| parse_target(text).unwrap());
    Grants::new(target.as_ref(), entries).unwrap()
}

fn permits(grants: &Grants, url: &str) -> bool {
    grants.check_url(&Url::parse(url).unwrap()).is_ok()
}

#[test]
fn nothing_is_granted_without_target_and_entries() {
    assert!(!permits(&grants(None, &[]), "http://127.0.0.1/"));
}

#[test]
fn the_target_grants_exactly_its_host_and_port() {
    let grants = grants(Some("http://Shop.Test:8080/base"), &[]);
    assert!(permits(&grants, "http://shop.test:8080/other"));
    assert!(permits(&grants, "http://shop.test.:8080/"));
    for refused in ["http://shop.test/", "http://shop.test:8081/", "http://www.shop.test:8080/"] {
        assert!(!permits(&grants, refused), "{refused}");
    }
    let default_port = super::tests::grants(Some("https://shop.test"), &[]);
    assert!(permits(&default_port, "https://shop.test:443/"));
    assert!(!permits(&default_port, "http://shop.test/"));
}

#[test]
fn entries_match_as_the_grammar_says() {
    let cases: &[(&str, &str, bool)] = &[
        ("shop.test:81", "http://shop.test:81/", true),
        ("SHOP.test:81", "http://shop.TEST:81/", true),
        ("shop.test:81", "http://shop.test:82/", false),
        ("shop.test:*", "http://shop.test:82/", true),
        ("*.example.com:443", "https://a.example.com/", true),
        ("*.example.com:443", "https://a.b.example.com/", true),
        ("*.example.com:443", "https://example.com/", false),
        ("*.example.com:443", "https://badexample.com/", false),
        ("*.example.com:443", "http://a.example.com/", false),
        ("*.example.com:*", "http://a.example.com/", true),
        ("bücher.test:80", "http://xn--bcher-kva.test/", true),
        ("127.0.0.1:80", "http://127.0.0.1/", true),
        ("127.0.0.1:80", "http://localhost/", false),
        ("127.0.0.1:80", "http://127.1/", true),
        ("127.0.0.1:80", "http://0x7f000001/", true),
        ("127.0.0.1:80", "http://2130706433/", true),
        ("127.0.0.1:80", "http://[::ffff:127.0.0.1]/", true),
        ("127.0.0.1:80", "http://[::1]/", false),
        ("[::1]:8080", "http://[::1]:8080/", true),
        ("[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080/", true),
        ("[::ffff:127.0.0.1]:80", "http://127.0.0.1/", true),
        ("[::1]:8080", "http://[::2]:8080/", false),
        ("*.test:80", "http://127.0.0.1/", false),
    ];
    for (entry, url, expected) in cases {
        assert_eq!(permits(&grants(None, &[entry]), url), *expected, "{entry} and {url}");
    }
}

#[test]
fn malformed_entries_are_reported_all_at_once_with_what_to_write() {
    let entries = [
        "https://example.com/x",
        "example.com",
        "example.com:0",
        "example.com:70000",
        "example.com:http",
        "*:80",
        "*example.com:80",
        "a.*.com:80",
        "*.10.0.0.1:80",
        "::1:80",
        "[::1:80",
        "[::1]",
        ":80",
        "exa mple.com:80",
        "example.com/path:80",
        "user@example.com:80",
        "a..b:80",
        "",
    ];
    let faults = Grants::new(None, &entries).unwrap_err();
    let told: Vec<String> = faults.iter().map(|f| format!("{f} ({})", f.hint())).collect();
    assert_eq!(told.len(), entries.len(), "{told:#?}");
    assert_eq!(
        told[0],
        "grant 'https://example.com/x' is a URL, not a host and a port (write example.com:443)"
    );
    assert_eq!(
        told[1],
        "grant 'example.com' has no port (write example.com:443, or example.com:* for every port)"
    );
    for port in &told[2..5] {
        assert!(port.contains("neither a number from 1 to 65535 nor '*'"), "{port}");
    }
    for wildcard in &told[5..9] {
        assert!(wildcard.contains("wildcard"), "{wildcard}");
    }
    for brackets in &told[9..11] {
        assert!(brackets.contains("without brackets"), "{brackets}");
    }
    assert!(told[11].contains("has no port"), "{}", told[11]);
    for host in &told[12..17] {
        assert!(host.contains("no valid host"), "{host}");
    }
    assert!(told[17].contains("has no port"), "{}", told[17]);
}

#[test]
fn metadata_addresses_are_recognised_in_every_spelling() {
    for address in [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fe80::a9fe:a9fe",
        "::ffff:169.254.169.254",
        "::ffff:a9fe:a9fe",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ] {
        assert!(is_metadata_address(address.parse().unwrap()), "{address}");
    }
    for address in ["127.0.0.1", "10.0.0.1", "192.168.1.1", "8.8.8.8", "::1", "::", "fe80::1", "fd00::1"] {
        assert!(!is_metadata_address(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn metadata_addresses_are_reached_only_if_a_grant_names_them() {
    let rebound: SocketAddr = "169.254.169.254:80".parse().unwrap();
    let mapped = SocketAddr::new("::ffff:169.254.169.254".parse::<IpAddr>().unwrap(), 80);
    for entry in ["evil.test:80", "*.evil.test:*", "169.254.169.254:81", "169.254.169.253:80"] {
        let grants = grants(None, &[entry]);
        assert!(!grants.permits_address(rebound), "{entry}");
        assert!(!grants.permits_address(mapped), "{entry}");
    }
    for entry in ["169.254.169.254:80", "169.254.169.254:*", "[::ffff:169.254.169.254]:80"] {
        let grants = grants(None, &["evil.test:80", entry]);
        assert!(grants.permits_address(rebound), "{entry}");
        assert!(grants.permits_address(mapped), "{entry}");
    }
    assert!(grants(Some("http://169.254.169.254"), &[]).permits_address(rebound));
    assert!(grants(None, &[]).permits_address("127.0.0.1:80".parse().unwrap()), "others pass");
}

#[test]
fn a_refusal_names_the_flag_that_would_allow_it() {
    let refusal = grants(None, &[]).check_url(&Url::parse("http://other.test:81/").unwrap()).unwrap_err();
    assert_eq!(refusal.to_string(), "request to http://other.test:81/ is not granted");
    assert_eq!(refusal.hint(), "--allow-net other.test:81");

    let v6 = grants(None, &[]).check_url(&Url::parse("https://[::1]/").unwrap()).unwrap_err();
    assert_eq!(v6.hint(), "--allow-net [::1]:443");

    let rebound = grants(None, &["evil.test:80"])
        .check_address("evil.test", "169.254.169.254:80".parse().unwrap())
        .unwrap_err();
    assert_eq!(
        rebound.to_string(),
        "request to evil.test is not granted: 169.254.169.254 is a cloud's metadata address"
    );
    assert_eq!(rebound.hint(), "--allow-net 169.254.169.254:80");
}

#[test]
fn a_target_is_an_absolute_http_url() {
    assert_eq!(parse_target("http://h:8080").unwrap().as_str(), "http://h:8080/");
    for (text, hint) in [
        ("localhost:8080", "write http://localhost:8080"),
        ("127.0.0.1:8080", "write http://127.0.0.1:8080"),
        ("shop.test", "write http://shop.test"),
    ] {
        let error = parse_target(text).unwrap_err();
        assert_eq!(error.hint(), hint, "{error}");
    }
    assert!(matches!(parse_target("ftp://shop.test"), Err(TargetError::Scheme { .. })));
    assert!(matches!(parse_target("http://"), Err(TargetError::Invalid { .. })));
}
