//! How flags and keys are called.

/// What a load is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Who runs which iterations.
    Executor,
    /// VUs.
    Vus,
    /// How long.
    Duration,
    /// How many iterations.
    Iterations,
    /// Ramps.
    Stages,
    /// Arrival phases.
    Phases,
    /// Iteration starts.
    Rate,
    /// The most VUs.
    MaxVus,
    /// How arrivals are spread.
    Arrivals,
    /// What an iteration does that finds every VU busy.
    WhenBusy,
    /// How long a VU that is ramped down may finish.
    GracefulRampDown,
}

impl Field {
    /// All of them.
    pub(crate) const ALL: [Field; 11] = [
        Field::Executor,
        Field::Vus,
        Field::Duration,
        Field::Iterations,
        Field::Stages,
        Field::Phases,
        Field::Rate,
        Field::MaxVus,
        Field::Arrivals,
        Field::WhenBusy,
        Field::GracefulRampDown,
    ];
}

/// Who wrote a load, and is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A command line.
    Flags,
    /// A file.
    Keys,
}

impl Dialect {
    /// `--max-vus`, `max_vus`.
    pub fn name(self, field: Field) -> &'static str {
        let (flag, key) = match field {
            Field::Executor => ("--executor", "executor"),
            Field::Vus => ("--vus", "vus"),
            Field::Duration => ("--duration", "duration"),
            Field::Iterations => ("--iterations", "iterations"),
            Field::Stages => ("--stage", "stages"),
            Field::Phases => ("--phase", "phases"),
            Field::Rate => ("--rate", "rate"),
            Field::MaxVus => ("--max-vus", "max_vus"),
            Field::Arrivals => ("--poisson", "arrivals"),
            Field::WhenBusy => ("--when-busy", "when_busy"),
            Field::GracefulRampDown => ("--graceful-ramp-down", "graceful_ramp_down"),
        };
        match self {
            Dialect::Flags => flag,
            Dialect::Keys => key,
        }
    }

    /// `--max-vus 3`, `max_vus = 3`, `rate = "3/s"`.
    pub(super) fn with(self, field: Field, value: impl std::fmt::Display) -> String {
        let name = self.name(field);
        let is_number = matches!(field, Field::Vus | Field::Iterations | Field::MaxVus);
        match self {
            Dialect::Flags => format!("{name} {value}"),
            Dialect::Keys if is_number => format!("{name} = {value}"),
            Dialect::Keys => format!("{name} = \"{value}\""),
        }
    }

    /// `--stage 30s:100`, `{ duration = "30s", target = 100 }`; a target that is a rate has its unit.
    pub(super) fn stage(self, duration: &str, target: &str) -> String {
        match self {
            Dialect::Flags => format!("--stage {duration}:{target}"),
            Dialect::Keys if target.contains('/') => {
                format!("{{ duration = \"{duration}\", target = \"{target}\" }}")
            }
            Dialect::Keys => format!("{{ duration = \"{duration}\", target = {target} }}"),
        }
    }

    /// One of the stages, in general.
    pub(super) fn a_stage(self) -> &'static str {
        match self {
            Dialect::Flags => "--stage",
            Dialect::Keys => "stage",
        }
    }

    /// Stages for example.
    pub(super) fn stages(self) -> String {
        match self {
            Dialect::Flags => "--stage 30s:100 --stage 1m:100".to_owned(),
            Dialect::Keys => format!("stages = [{}, {}]", self.stage("30s", "100"), self.stage("1m", "100")),
        }
    }
}
