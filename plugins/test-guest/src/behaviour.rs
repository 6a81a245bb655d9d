//! What the guest does, by its parameter `behaviour`.

mod allocates;
mod calls;
mod fails;
mod floods;
mod panics;
mod prints;
mod recurses;
mod remembers;
mod requests;
mod says;
mod sleeps;
mod spins;
mod traps;

use outrider_sdk::Result;

use crate::parameters::{Behaviour, Parameters};

pub(crate) fn behave(parameters: &Parameters) -> Result<()> {
    match parameters.behaviour {
        Behaviour::Passes => Ok(()),
        Behaviour::Traps => traps::trap(),
        Behaviour::Panics => panics::panic(parameters.message_bytes),
        Behaviour::Recurses => recurses::recurse(),
        Behaviour::Spins => spins::spin(),
        Behaviour::Allocates => allocates::allocate(),
        Behaviour::Prints => prints::print(parameters.stream, parameters.amount),
        Behaviour::Sleeps => sleeps::sleep(parameters.sleep_ms),
        Behaviour::Fails => fails::fail(parameters.kind, parameters.message_bytes),
        Behaviour::Floods => floods::flood(parameters.flood, parameters.amount),
        Behaviour::Says => says::say(parameters.kind),
        Behaviour::Requests => requests::request(&parameters.url),
        Behaviour::Calls => calls::call_all(parameters),
        Behaviour::Remembers => remembers::remember(&parameters.mark),
    }
}

/// A text of at least `bytes` bytes that begins with `text`.
fn padded(text: &str, bytes: usize) -> String {
    format!("{text:.<bytes$}")
}

/// The numbers below `amount`, or without end if it is 0.
fn up_to(amount: u64) -> impl Iterator<Item = u64> {
    0..if amount == 0 { u64::MAX } else { amount }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_padded_to_the_length_asked_for() {
        assert_eq!(padded("ab", 4), "ab..");
        assert_eq!(padded("ab", 0), "ab");
    }

    #[test]
    fn an_amount_of_zero_has_no_end() {
        assert_eq!(up_to(3).count(), 3);
        assert_eq!(up_to(0).take(2_000).count(), 2_000);
    }
}
