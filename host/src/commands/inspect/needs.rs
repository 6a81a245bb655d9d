//! What a plugin needs that a run must grant or give, by the host's functions that it imports.

use outrider_engine::Inspection;
use schemars::JsonSchema;
use serde::Serialize;

/// Something that a run must grant or give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Need {
    /// What it does with it.
    pub(crate) what: &'static str,
    /// The flags that grant or give it.
    pub(crate) flags: &'static str,
}

const NETWORK: Need = Need { what: "it makes requests", flags: "--target URL, or --allow-net HOST:PORT" };
const DATA: Need = Need { what: "it reads rows of test data", flags: "--data NAME=FILE" };
const SECRETS: Need = Need { what: "it reads secrets", flags: "--secret NAME" };

/// What it needs. A component whose toolchain imports all of the contract says only whether it makes requests.
pub(super) fn needs(inspection: &Inspection, functions: &[String]) -> Vec<Need> {
    let uses = |interface: &str, names: &[&str]| {
        functions.iter().any(|function| {
            let function = function.strip_prefix("outrider:plugin/").and_then(|name| name.split_once('#'));
            function.is_some_and(|(of, name)| of == interface && names.contains(&name))
        })
    };
    let all = [
        (NETWORK, inspection.makes_requests),
        (DATA, !inspection.imports_all && uses("data", &["row", "count"])),
        (SECRETS, !inspection.imports_all && uses("vars", &["secret"])),
    ];
    all.into_iter().filter(|(_, needed)| *needed).map(|(need, _)| need).collect()
}

#[cfg(test)]
mod tests {
    use outrider_engine::World;

    use super::*;

    fn inspection(makes_requests: bool, imports_all: bool) -> Inspection {
        let (imports, exports) = (Vec::new(), vec!["outrider:plugin/user-journey@0.1.0".to_owned()]);
        Inspection { world: World::Journey, imports, exports, makes_requests, imports_all, source_root: None }
    }

    #[test]
    fn functions_say_what_is_needed() {
        let functions = ["outrider:plugin/vars#parameters", "outrider:plugin/data#row"].map(str::to_owned);
        assert_eq!(needs(&inspection(false, false), &functions), [DATA]);
        let functions = ["outrider:plugin/vars#secret", "outrider:plugin/http#send"].map(str::to_owned);
        assert_eq!(needs(&inspection(true, false), &functions), [NETWORK, SECRETS]);
        assert_eq!(needs(&inspection(false, true), &functions), []);
    }
}
