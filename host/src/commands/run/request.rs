//! A run as it is asked for: flags before the environment, that before the plan, that before defaults.

mod drafts;
mod exports;
mod http;
mod merge;
mod open;

use std::path::PathBuf;

use outrider_engine::CodeCache;
use outrider_session::{Asked, SessionConfig};

use super::document::{Document, is_plan};
use crate::Env;
use crate::cli::RunArgs;
use crate::commands::inputs::{self, WantedData, WantedSecret};
use crate::commands::packs::{self, WantedPack};
use crate::commands::plugin::Compilation;
use crate::failure::{Failure, Fault};
use drafts::Draft;
pub(crate) use exports::ExportEntry;
use merge::Merge;

/// A run as it is asked for.
pub(crate) struct Request {
    /// What of it makes no sense is in its place: the session adds what it finds itself, and refuses all of it at
    /// once.
    pub(crate) config: SessionConfig,
    /// The plan, if the command line names one.
    pub(crate) document: Option<Document>,
    /// What lists of the run have, in its order.
    pub(crate) lists: Lists,
    /// Sources that were compiled just now.
    pub(crate) compilations: Vec<Compilation>,
    /// The files that its journeys are made of, as far as they are known.
    pub(crate) sources: Vec<PathBuf>,
}

/// The entries of lists that a plan and flags both add to, as they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Lists {
    pub(crate) packs: Vec<WantedPack>,
    pub(crate) data: Vec<WantedData>,
    pub(crate) secrets: Vec<WantedSecret>,
    pub(crate) exports: Vec<ExportEntry>,
}

impl Request {
    /// Reads the plan, opens plugins and packs, and puts everything together. `given` is what the command line asks for and the
    /// command does not do.
    pub(crate) fn of(env: &Env, args: &RunArgs, given: Vec<Fault>) -> Result<Request, Failure> {
        let document = match is_plan(&args.plugin) {
            true => Some(Document::read(&args.plugin)?),
            false => None,
        };
        let merge = Merge::new(args, document.as_ref());
        // First of all: what is said of the rest holds no secret.
        let wanted_secrets = merge.secrets();
        let secrets = inputs::secrets(env, &wanted_secrets);
        let places = merge.places();
        let mut faults: Vec<Fault> = document.iter().flat_map(Document::faults).collect();
        faults.extend(given);
        let drafts = match &document {
            Some(document) => drafts::of_plan(args, document, &mut faults),
            None => vec![Draft::of_plugin(args)],
        };
        let selected: Vec<String> = drafts.iter().map(|draft| draft.name.clone()).collect();
        let exporting = exports::of(env, args, document.as_ref());
        let lists = Lists {
            packs: merge.packs(&selected, &places),
            data: merge.data(&selected),
            secrets: wanted_secrets,
            exports: exporting.entries,
        };
        // Also what cannot be built: its author will mend it.
        let named = drafts.iter().map(|draft| draft.plugin.clone());
        let named: Vec<PathBuf> = named.chain(lists.packs.iter().map(|pack| pack.path.clone())).collect();
        let opened = open::open(env, drafts, &places);
        let share = exporting.config.as_ref().map_or(0.0, exports::trace_share);
        let http = merge.http(opened.requester, share);
        let config = SessionConfig {
            faults,
            name: merge.name(),
            tags: merge.tags(),
            annotations: merge.annotations(),
            journeys: opened.journeys,
            scenarios: opened.scenarios,
            set: merge.set(),
            packs: packs::open(env, &lists.packs, &args.pack_settings),
            thresholds: merge.thresholds(&selected),
            allow_net: merge.allow_net(),
            data: lists.data.iter().map(|data| data.config.clone()).collect(),
            secrets,
            seed: merge.seed(),
            http,
            limits: merge.limits(),
            export: exporting.config,
            out: merge.out(),
            cache: CodeCache::for_user(),
            listener: None,
            debug: None,
            answerer: None,
            now: None,
            places,
        };
        Ok(Request {
            config,
            document,
            lists,
            compilations: opened.compilations,
            sources: [named, opened.sources].concat(),
        })
    }

    /// One iteration of one user: somebody tries a journey, and wants to see what it logs.
    pub(crate) fn is_a_try(&self) -> bool {
        let loads = self.config.scenarios.iter().map(|scenario| scenario.load.as_ref());
        let iterations: Vec<Asked<Option<u64>>> = loads
            .map(|load| load.map(|load| load.executor.counted_iterations()).map_err(Clone::clone))
            .collect();
        iterations == [Ok(Some(1))]
    }
}
