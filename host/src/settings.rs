//! Pairs of keys and values as flags take them.

use outrider_model::nearest;

/// `KEY=VALUE`.
pub(crate) fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("'{text}' is not KEY=VALUE")),
    }
}

/// `10%` or `0.5%`, as a share from 0 to 1.
pub(crate) fn parse_share(text: &str) -> Result<f64, String> {
    outrider_model::units::parse_share(text).map_err(|error| format!("'{text}' is no share: {}", error.why()))
}

/// A parameter of an assertion pack, as written: `assert-http.max_duration_ms=500`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackSetting {
    /// The pack's name in the plan, else its file without its ending.
    pub(crate) pack: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// `PACK.KEY=VALUE`. A pack's name may have dots, a parameter's has none.
pub(crate) fn parse_pack_setting(text: &str) -> Result<PackSetting, String> {
    let fault =
        || format!("'{text}' is not PACK.KEY=VALUE: write for example assert-http.max_duration_ms=500");
    let (place, value) = text.split_once('=').ok_or_else(fault)?;
    match place.rsplit_once('.') {
        Some((pack, key)) if !pack.is_empty() && !key.is_empty() => {
            Ok(PackSetting { pack: pack.to_owned(), key: key.to_owned(), value: value.to_owned() })
        }
        _ => Err(fault()),
    }
}

/// The kinds of export, as flags and plans name them.
const EXPORTS: [&str; 3] = ["prometheus", "otlp", "jsonl"];

/// Something that is exported, as written: `prometheus`, `jsonl=rows.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExportFlag {
    pub(crate) kind: &'static str,
    /// What stands behind the kind, which may be empty.
    pub(crate) place: Option<String>,
}

/// `KIND` or `KIND=WHERE`.
pub(crate) fn parse_export(text: &str) -> Result<ExportFlag, String> {
    let (name, place) = match text.split_once('=') {
        Some((name, place)) => (name, Some(place.to_owned())),
        None => (text, None),
    };
    match EXPORTS.into_iter().find(|kind| *kind == name) {
        Some(kind) => Ok(ExportFlag { kind, place }),
        None => {
            let all = format!("there is no '{name}': there are {}", EXPORTS.join(", "));
            Err(nearest(name, EXPORTS).map_or(all.clone(), |near| format!("{all}; did you mean {near}?")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_of_a_kind_that_there_is() {
        let flag = |kind, place: Option<&str>| Ok(ExportFlag { kind, place: place.map(str::to_owned) });
        assert_eq!(parse_export("prometheus"), flag("prometheus", None));
        assert_eq!(parse_export("otlp=http://a=b"), flag("otlp", Some("http://a=b")));
        assert_eq!(parse_export("jsonl="), flag("jsonl", Some("")));
        let why = |text| parse_export(text).unwrap_err();
        assert_eq!(why("statsd=x"), "there is no 'statsd': there are prometheus, otlp, jsonl");
        assert!(why("promethus").ends_with("; did you mean prometheus?"));
    }

    #[test]
    fn a_share_is_written_in_percent() {
        assert_eq!((parse_share("10%"), parse_share("0.5 %")), (Ok(0.1), Ok(0.005)));
        for bad in ["10", "%", "-1%", "101%", "nan%"] {
            assert!(parse_share(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_setting_names_its_pack_and_its_parameter() {
        let setting = parse_pack_setting("assert-http.v2.rules=[{\"is\": \"a.b=c\"}]").unwrap();
        assert_eq!((setting.pack.as_str(), setting.key.as_str()), ("assert-http.v2", "rules"));
        assert_eq!(setting.value, "[{\"is\": \"a.b=c\"}]");
        for bad in ["assert-http", "key=1", ".key=1", "assert-http.=1"] {
            assert!(parse_pack_setting(bad).is_err(), "{bad}");
        }
    }
}
