//! Assertion packs that broke: no row of `checks` says what they did not judge, so the outcome does.

use outrider_model::FailureCause;
use outrider_storage::PackCalls;

use super::errors::ErrorGroups;
use super::messages::Said;
use crate::summary::ErrorSource;
use crate::words::thousands;

/// Counts the calls in which packs broke, with the first fault of each, and what was not judged.
pub(super) fn add_faults(packs: &[PackCalls], errors: &mut ErrorGroups) {
    for pack in packs.iter().filter(|pack| pack.broke > 0) {
        let unjudged = pack.broke.saturating_add(pack.skipped);
        let message = format!(
            "{}; {} of {} not judged",
            pack.fault.as_deref().unwrap_or("it broke"),
            thousands(unjudged),
            thousands(pack.asked)
        );
        let said = Said { message: &message, stack: pack.fault_stack.as_deref() };
        let kind = pack.fault_kind.as_deref().unwrap_or("fault");
        errors.add_many(pack.broke, FailureCause::Plugin, ErrorSource::Pack, kind, &pack.name, said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(name: &str, asked: u64, broke: u64) -> PackCalls {
        let has_broken = |text: &str| (broke > 0).then(|| text.to_owned());
        PackCalls {
            name: name.to_owned(),
            asked,
            broke,
            skipped: broke / 2,
            fault_kind: has_broken("trap"),
            fault: has_broken("divided by zero"),
            fault_stack: has_broken("at share (rules.ts:7:3)\nat rules.ts:2:1"),
        }
    }

    #[test]
    fn a_pack_that_broke_is_said_with_what_it_did_not_judge() {
        let mut errors = ErrorGroups::default();
        add_faults(&[calls("sound", 7, 0), calls("broken", 1_500, 4)], &mut errors);
        let [error] = &errors.finish()[..] else { panic!("one pack broke") };
        assert_eq!((error.name.as_str(), error.kind.as_str(), error.count), ("broken", "trap", 4));
        let [message] = &error.messages[..] else { panic!("{error:?}") };
        assert_eq!(message.example, "divided by zero; 6 of 1,500 not judged");
        assert_eq!(message.at.as_deref(), Some("rules.ts:7:3"));
        assert_eq!((message.same, message.count), (false, 4), "what the other three said is not known");
    }
}
