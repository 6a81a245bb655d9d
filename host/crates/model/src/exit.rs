//! Exit codes: one list, part of what users rely on. Where the meaning is k6's, so is the number.

/// How the program ends. The first reason wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// All went well.
    Ok = 0,
    /// A fault of this program or of this machine.
    Unexpected = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// A threshold was crossed.
    ThresholdCrossed = 99,
    /// The plan, the plugin or a grant is not valid.
    Invalid = 104,
    /// Ended from outside (Ctrl-C).
    Interrupted = 105,
    /// The plugin trapped or threw in its set-up or in every iteration, lost all users of a scenario, or made
    /// only requests that it cannot or may not send; or an assertion pack broke in every call.
    PluginBroken = 107,
    /// The plugin asked for the run to end.
    AbortedByPlugin = 108,
    /// A check failed, where checks decide, or a test of a plugin.
    CheckFailed = 110,
    /// The target failed in the plugin's set-up, so that there was no load, or none any more; or it answered
    /// no request at all.
    TargetFailed = 111,
}

impl Exit {
    /// All of them, in the order of their numbers.
    pub const ALL: [Exit; 10] = [
        Exit::Ok,
        Exit::Unexpected,
        Exit::Usage,
        Exit::ThresholdCrossed,
        Exit::Invalid,
        Exit::Interrupted,
        Exit::PluginBroken,
        Exit::AbortedByPlugin,
        Exit::CheckFailed,
        Exit::TargetFailed,
    ];

    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What it means, for the reference.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Ok => {
                "all went well; failed requests and checks are results, not errors, unless not one request of the \
                 run was answered"
            }
            Exit::Unexpected => {
                "a fault of this program or of this machine, also where standard output cannot be written"
            }
            Exit::Usage => "the command line cannot be understood",
            Exit::ThresholdCrossed => {
                "a threshold was crossed; or `host report compare` found what `--fail-on` names"
            }
            Exit::Invalid => "the plan, the plugin or a grant is not valid",
            Exit::Interrupted => "ended from outside (Ctrl-C, SIGTERM)",
            Exit::PluginBroken => {
                "the plugin trapped or threw in its set-up (`describe`, `setup`, `start` of the first users) or in \
                 every iteration, or all users of a scenario broke and the plugin did not let them be made anew, or none \
                 of its requests could be sent (not granted, not valid); or an assertion pack broke in every call; or either broke in \
                 a test that did not expect it"
            }
            Exit::AbortedByPlugin => "the plugin asked for the run to end",
            Exit::CheckFailed => {
                "a check failed, in a command where checks decide; or a test of a plugin failed"
            }
            Exit::TargetFailed => {
                "the target failed the plugin in its set-up (`setup`, `start` of users), so that there was no load, or \
                 none any more; or it answered not one request of the whole run (connection refused, unknown name, no \
                 answer in time, …), so that nothing of it was measured; where it answers some and fails others, that is a \
                 result"
            }
        }
    }
}
