//! Why a build failed.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::go::OLDEST;
use crate::{Language, Place, World};

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// There is no such file or folder, or it cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A source is not text.
    #[error("{} is not UTF-8 text", path.display())]
    NotText {
        /// The path.
        path: PathBuf,
    },
    /// A file of the project cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is something already where a project should be made.
    #[error("{} exists already", path.display())]
    Taken {
        /// The folder.
        path: PathBuf,
    },
    /// A name that some toolchain would refuse.
    #[error("'{name}' cannot be a plugin's name: {why}")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        why: String,
    },
    /// The compiler that the language needs is not there, or cannot make components.
    #[error("{language} cannot be compiled here: {missing}")]
    NoCompiler {
        /// What the plugin is written in.
        language: Language,
        /// What is missing.
        missing: String,
        /// What to do about it.
        remedy: String,
    },
    /// The language's own compiler refused the sources.
    #[error("{} does not compile as {language}\n{said}", path.display())]
    Compiler {
        /// What the plugin is written in.
        language: Language,
        /// The project's folder.
        path: PathBuf,
        /// The compiler's words.
        said: String,
    },
    /// TypeScript's compiler finds faults in a project.
    #[error("{} has wrong types\n{said}", path.display())]
    Types {
        /// The project's folder.
        path: PathBuf,
        /// The compiler's words; its paths begin at that folder.
        said: String,
    },
    /// The crate is built, and there is no component among what came out.
    #[error("{} makes no component", path.display())]
    NoComponent {
        /// The crate's folder.
        path: PathBuf,
    },
    /// More than one component came out.
    #[error("{} makes {count} components, not one", path.display())]
    ManyComponents {
        /// The workspace's folder.
        path: PathBuf,
        /// How many.
        count: usize,
    },
    /// The file is of another kind.
    #[error("{} is neither TypeScript nor JavaScript nor Go", path.display())]
    UnknownKind {
        /// The path.
        path: PathBuf,
    },
    /// The folder has nothing to start from.
    #[error("{} has no plugin: neither a package.json with \"main\", nor an index.ts or index.js, nor a go.mod, nor a Cargo.toml", path.display())]
    NoEntry {
        /// The folder.
        path: PathBuf,
    },
    /// The folder's package.json cannot be understood.
    #[error("cannot understand {}", path.display())]
    Package {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The sources are more than a journey can be.
    #[error("the plugin imports more than {limit} {what}")]
    TooLarge {
        /// The limit that was exceeded.
        limit: usize,
        /// Of what: `modules`, `bytes of source`.
        what: &'static str,
    },
    /// The sources have faults.
    #[error("{}", lines(faults))]
    Source {
        /// At least one, in the order of the source.
        faults: Vec<Fault>,
    },
    /// What the module exports is no plugin.
    #[error("{file} is no {}: {}", world.map_or("plugin", World::words), sentences(faults))]
    Definition {
        /// The entry.
        file: String,
        /// The world that it was meant for, if that can be told.
        world: Option<World>,
        /// At least one, each a sentence.
        faults: Vec<String>,
    },
    /// The top level, which is evaluated when the plugin is built, threw.
    #[error("the top level threw {message}{}", indented(stack.as_deref()))]
    Exception {
        /// The exception's class and message.
        message: String,
        /// Its frames in the author's sources, one a line, innermost first.
        stack: Option<String>,
    },
    /// The top level awaits a promise that nothing will keep.
    #[error("the top level of {file} awaits a promise that is never kept")]
    NeverKept {
        /// The entry.
        file: String,
    },
    /// The top level calls itself too deeply.
    #[error("the top level of {file} calls itself without end")]
    TooDeep {
        /// The entry.
        file: String,
    },
    /// The top level does not end.
    #[error("the top level of {file} has not ended after {} s", limit.as_secs())]
    NeverEnds {
        /// The entry.
        file: String,
        /// The limit.
        limit: Duration,
    },
    /// The folder has Go files that belong to no module.
    #[error("{} has Go files and no go.mod, neither there nor above", path.display())]
    GoNoModule {
        /// The folder.
        path: PathBuf,
    },
    /// There is no Go to call.
    #[error("Go is needed to build a journey in Go, and 'go' cannot be called")]
    GoMissing {
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The Go that is installed cannot build journeys.
    #[error("{found} is too old: journeys need Go {}.{} or newer", OLDEST.0, OLDEST.1)]
    GoTooOld {
        /// Its version, as it says it.
        found: String,
    },
    /// Go refuses the author's sources, in its own words.
    #[error("{said}")]
    Go {
        /// What it printed.
        said: String,
        /// What to do about it, where Go does not say so.
        hint: Option<String>,
    },
    /// The Go package is no plugin.
    #[error("{} is no plugin: it imports none of the packages outrider, assertions, transforms and alerts of the SDK", path.display())]
    GoNothing {
        /// The path.
        path: PathBuf,
    },
    /// The Go package is a plugin of several worlds at once.
    #[error("{} is {} at once: it imports package {}", path.display(), is.join(" and "), packages.join(" and package "))]
    GoSeveral {
        /// The path.
        path: PathBuf,
        /// What it is: `a journey`, `a transform`.
        is: Vec<&'static str>,
        /// The packages of the SDK that make it so.
        packages: Vec<&'static str>,
    },
    /// The Go package asks for what its world does not have.
    #[error("{} is {}, and {} have {}", path.display(), is[0], is[1], none_of(words))]
    GoNotIn {
        /// The path.
        path: PathBuf,
        /// What it is, and several of them.
        is: [&'static str; 2],
        /// What it asks for, in words.
        words: Vec<&'static str>,
    },
    /// The folder in which the component is put together cannot be written.
    #[error("cannot write the files of the build")]
    Stage(#[source] io::Error),
    /// No thread can be started for the build.
    #[error("cannot start a thread for the build")]
    Thread(#[source] io::Error),
    /// Linking failed in a way that no source should be able to cause.
    #[error("cannot put the component together")]
    Link(#[source] Box<dyn Error + Send + Sync>),
}

/// A fault of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub message: String,
    /// What to do about it, where that is not plain.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault that needs no further words.
    pub(crate) fn new(place: Place, message: impl Into<String>) -> Fault {
        Fault { place, message: message.into(), hint: None }
    }

    /// The fault with a hint.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Fault {
        Fault { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n{}", self.place, self.message, self.place.excerpt())
    }
}

impl ToolchainError {
    /// What the author can do about it, where that is not plain.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKind { .. } => Some("a plugin is a .ts, .mts, .js, .mjs or .go file, or a folder".to_owned()),
            Self::GoNoModule { .. } => Some("go mod init NAME makes one; a single .go file needs none".to_owned()),
            Self::GoMissing { .. } | Self::GoTooOld { .. } => Some(
                "install Go from https://go.dev/dl/ or your system's packages; `go version` says what is there".to_owned(),
            ),
            Self::GoNothing { .. } => Some(
                "func init() { outrider.Journey(outrider.Definition{Name: \"visit\", Run: visit}) }; main is never called"
                    .to_owned(),
            ),
            Self::GoSeveral { .. } => Some(
                "a plugin is one thing: put each into a folder of its own; what they share goes into a package that imports neither"
                    .to_owned(),
            ),
            Self::Go { hint, .. } => hint.clone(),
            Self::NoCompiler { remedy, .. } => Some(remedy.clone()),
            Self::Taken { .. } => Some("give another name; nothing is ever overwritten".to_owned()),
            Self::NoComponent { .. } => {
                Some("Cargo.toml needs [lib] with crate-type = [\"cdylib\"]".to_owned())
            }
            Self::ManyComponents { .. } => Some("name the folder of one crate".to_owned()),
            Self::Definition { world, .. } => {
                let world = world.unwrap_or(World::Journey);
                Some(format!("the shortest {} is: {}", world.words(), world.shortest()))
            }
            Self::Exception { message, .. } => exception_hint(message),
            Self::Source { faults } => hint_of_all(faults),
            Self::NeverEnds { .. } | Self::TooDeep { .. } => {
                Some("the top level runs once, when the plugin is built; work belongs into its functions".to_owned())
            }
            _ => None,
        }
    }
}

fn exception_hint(message: &str) -> Option<String> {
    let mentions = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if mentions(&[
        "'require' is not defined",
        "'module' is not defined",
        "'exports' is not defined",
        "require is not defined",
        "module is not defined",
        "exports is not defined",
    ]) {
        return Some(
            "CommonJS and ES modules do not mix in one file: export default … and import … are for plugins"
                .to_owned(),
        );
    }
    if mentions(&["Could not find export"]) {
        return Some("if it is a type, import it with \"import type\"".to_owned());
    }
    if mentions(&["is not defined"]) {
        return Some("plugins run in QuickJS: there is no browser and no Node around them".to_owned());
    }
    None
}

/// The hint of the faults, if it is one; of several, each with its place.
fn hint_of_all(faults: &[Fault]) -> Option<String> {
    let hinted: Vec<(&Fault, &str)> =
        faults.iter().filter_map(|fault| Some((fault, fault.hint.as_deref()?))).collect();
    match hinted.as_slice() {
        // One hint for all needs no places.
        [(_, first), rest @ ..] if rest.iter().all(|(_, hint)| hint == first) => Some((*first).to_owned()),
        [] => None,
        several => {
            let each = several.iter().map(|(fault, hint)| format!("{}: {hint}", fault.place));
            Some(each.collect::<Vec<_>>().join("; "))
        }
    }
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

fn none_of(words: &[&str]) -> String {
    match words {
        [only] => format!("no {only}"),
        words => format!("neither {}", words.join(" nor ")),
    }
}

fn sentences(faults: &[String]) -> String {
    match faults {
        [only] => only.clone(),
        many => many.iter().map(|fault| format!("\n  {fault}")).collect(),
    }
}

fn indented(stack: Option<&str>) -> String {
    stack.map(|stack| stack.lines().map(|frame| format!("\n  {frame}")).collect()).unwrap_or_default()
}
