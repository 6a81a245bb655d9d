//! The tables of a plan, key by key. What is said of a key here is what editors show.

mod load;
mod outside;
mod scenario;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Node, Read, Table};
use crate::{Described, Written};

pub use load::{MixTable, PhaseTable, StageTable};
pub use outside::{
    DataTable, ExportTable, GrantsTable, HttpTable, HttpVersionName, LimitsTable, RowPolicyName, RunTable,
    SecretTable, TraceName, UserAgentTable,
};
pub use scenario::{AssertTable, ScenarioTable};

/// Declares a table: its keys with what they hold. The struct, its reader and its schema cannot differ so.
macro_rules! table {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$key_meta:meta])* $key:ident: $kind:ty,)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name {
            $($(#[$key_meta])* pub $key: Option<$crate::Written<$kind>>,)*
            /// Keys that are there and hold what they may not.
            #[schemars(skip)]
            pub(crate) unsound: Vec<&'static str>,
        }

        impl $name {
            pub(crate) fn take(table: &mut $crate::read::Table<'_, '_>) -> $name {
                let read = $name { $($key: table.take(stringify!($key)),)* unsound: Vec::new() };
                $name { unsound: table.unsound(), ..read }
            }
        }

        impl $crate::read::Read for $name {
            fn read(node: &$crate::read::Node<'_, '_>) -> Option<$name> {
                let mut table = $crate::read::Table::of(node)?;
                let read = $name::take(&mut table);
                table.finish();
                Some(read)
            }
        }

        impl $crate::Described for $name {
            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<$name>()
            }
        }
    };
}
pub(crate) use table;

/// Declares a choice: words, and what they mean.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$word_meta:meta])* $variant:ident = $word:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$word_meta])* $variant,)* }

        impl $name {
            /// All of them as they are written.
            pub const NAMES: &'static [&'static str] = &[$($word),*];

            /// The one that is written so.
            pub fn named(name: &str) -> Option<$name> {
                match name {
                    $($word => Some($name::$variant),)*
                    _ => None,
                }
            }

            /// As it is written.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl $crate::read::Read for $name {
            fn read(node: &$crate::read::Node<'_, '_>) -> Option<$name> {
                $crate::read::one_of(node, &[$(($word, $name::$variant)),*])
            }
        }

        impl $crate::Described for $name {
            fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "enum": $name::NAMES})
            }
        }
    };
}
pub(crate) use choice;

table! {
    /// A plan for `host run`: which journeys run when, with which load, and what must hold. Paths are relative to
    /// the plan's folder. Flags of `host run` go before what the plan says.
    PlanFile {
        /// The limits that decide over the verdict, as in "requests.duration p95 < 500ms" or "requests.failed rate
        /// < 1% abort after 10s". A run that does not keep one ends with exit code 99. They stand at the top of the
        /// file, before the first table.
        thresholds: Vec<Written<String>>,
        /// The run as a whole.
        run: RunTable,
        /// How HTTP is spoken.
        http: HttpTable,
        /// One arrival rate that the scenarios with a `weight` share. Which of them an arrival goes to is drawn from
        /// the run's seed and the arrival's number.
        mix: MixTable,
        /// The scenarios by name. All run at once, each from its `start_time`.
        scenario: Named<ScenarioTable>,
        /// Assertion packs that judge what journeys do.
        assert: Vec<Written<AssertTable>>,
        /// Data files that journeys read rows of.
        data: Vec<Written<DataTable>>,
        /// Secrets that journeys may use: where they are, never what they are.
        secret: Vec<Written<SecretTable>>,
        /// What journeys may reach besides the target.
        grants: GrantsTable,
        /// What each user may use of this machine.
        limits: LimitsTable,
        /// What is exported while the run goes on.
        export: ExportTable,
    }
}

/// Values by name, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T>(pub Vec<(String, Written<T>)>);

impl<T> Default for Named<T> {
    fn default() -> Named<T> {
        Named(Vec::new())
    }
}

impl<T> Named<T> {
    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

impl<T: Read> Read for Named<T> {
    fn read(node: &Node<'_, '_>) -> Option<Named<T>> {
        let table = Table::of(node)?;
        let read =
            |(at, node): (_, Node<'_, '_>)| Some((node.key.clone(), Written { value: T::read(&node)?, at }));
        // One after the other, so that what is wrong with each is said; those that are sound are looked at further.
        let all: Vec<Option<_>> = table.entries().map(read).collect();
        let none_is_sound = !all.is_empty() && all.iter().all(Option::is_none);
        (!none_is_sound).then(|| Named(all.into_iter().flatten().collect()))
    }
}

impl<T: Described> Described for Named<T> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let values = <Written<T> as JsonSchema>::json_schema(generator);
        json_schema!({"type": "object", "additionalProperties": values})
    }
}
