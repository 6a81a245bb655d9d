//! What a plugin that makes no load does not read is refused, not ignored.

use outrider_engine::World;
use outrider_session::Exit;

use crate::cli::RunArgs;
use crate::commands::run::Document;
use crate::failure::{Failure, Fault};

/// What both kinds read of a command line, by the ids of its arguments, and what of a plan.
const FLAGS: [&str; 6] = ["input", "set", "max_memory", "max_cpu", "format", "watch"];
const LIMITS: [&str; 2] = ["limits.memory", "limits.cpu"];

/// What an alert channel reads besides: it has requests and secrets.
const FLAGS_OF_CHANNELS: [&str; 5] = ["target", "allow_net", "secrets", "insecure", "http"];
const KEYS_OF_CHANNELS: [&str; 4] = ["run.target", "grants", "http", "secret"];

/// Says everything that was asked for and that a plugin of `world` would not read, besides the `faults` that were
/// found already. A command line is mended by hand, a plan by the next save.
pub(super) fn refuse(
    args: &RunArgs,
    document: Option<&Document>,
    world: World,
    faults: &[Fault],
) -> Result<(), Failure> {
    let reader = Reader { args, document, world };
    let flags = reader.flags();
    let exit = if flags.is_some() { Exit::Usage } else { Exit::Invalid };
    let faults: Vec<Fault> =
        flags.into_iter().chain(faults.iter().cloned()).chain(reader.of_plan()).collect();
    if faults.is_empty() { Ok(()) } else { Err(Failure::all(exit, faults)) }
}

struct Reader<'a> {
    args: &'a RunArgs,
    document: Option<&'a Document>,
    world: World,
}

impl Reader<'_> {
    fn is_channel(&self) -> bool {
        self.world == World::AlertChannel
    }

    fn reads_flag(&self, id: &str) -> bool {
        // Of a plan it says which plugin is meant.
        let chooses = id == "scenario" && self.document.is_some();
        chooses || FLAGS.contains(&id) || (self.is_channel() && FLAGS_OF_CHANNELS.contains(&id))
    }

    /// What the environment gives is for whoever reads it: only what was written here is refused.
    fn flags(&self) -> Option<Fault> {
        let unread = self.args.given.flags().filter(|(id, _)| !self.reads_flag(id));
        let unread: Vec<&str> = unread.map(|(_, flag)| flag).collect();
        let hint = match self.is_channel() {
            true => {
                "it reads --target, --allow-net, --secret, --insecure, --http, --set, --input, --max-memory and \
                 --max-cpu; leave out the rest"
            }
            false => "it reads --input, --set, --max-memory and --max-cpu; leave out the rest",
        };
        let what = format!("{} makes no load: nothing would read {}", self.world.noun(), unread.join(", "));
        (!unread.is_empty()).then(|| Fault::new(what).hint(hint))
    }

    /// The tables and keys of the plan. Of a plan of several scenarios only what is the chosen one's: the rest is
    /// the others'.
    fn of_plan(&self) -> Vec<Fault> {
        let Some(document) = self.document else { return Vec::new() };
        let all = document.scenarios();
        let chosen: Vec<&str> = all
            .iter()
            .copied()
            .filter(|name| self.args.scenario.as_deref().is_none_or(|one| one == *name))
            .collect();
        let mut read: Vec<String> = LIMITS.map(str::to_owned).to_vec();
        read.extend(KEYS_OF_CHANNELS.iter().filter(|_| self.is_channel()).map(|key| (*key).to_owned()));
        for name in &chosen {
            read.extend(["plugin", "parameters"].map(|key| format!("scenario.{name}.{key}")));
        }
        let is_whose = |path: &str| match chosen.len() < all.len() {
            true => chosen.iter().any(|name| is_within(path, &format!("scenario.{name}"))),
            false => true,
        };
        let unread = unread(document.keys().filter(|path| is_whose(path)), &read);
        let hint = match self.is_channel() {
            true => {
                "of a plan it reads the scenario's plugin and parameters, [run] target, [http], [[secret]], [grants], \
                 and memory and cpu of [limits]; leave out the rest"
            }
            false => {
                "of a plan it reads the scenario's plugin and parameters, and memory and cpu of [limits]; leave out \
                 the rest"
            }
        };
        let last = unread.len().checked_sub(1);
        let faults = unread.iter().enumerate().map(|(index, path)| {
            let what = format!("{} makes no load: nothing would read {path}", self.world.noun());
            let fault = Fault::new(what).at(document.place_of(path).as_deref());
            // Once is enough.
            fault.maybe_hint((Some(index) == last).then(|| hint.to_owned()))
        });
        faults.collect()
    }
}

/// Whether a dotted path is `whole`, or something in it.
fn is_within(path: &str, whole: &str) -> bool {
    path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The paths of which nothing is read; of a table that is not read at all, the table alone.
fn unread<'a>(paths: impl Iterator<Item = &'a str>, read: &[String]) -> Vec<&'a str> {
    let mut unread: Vec<&str> = Vec::new();
    for path in paths {
        let is_read = read.iter().any(|whole| is_within(path, whole) || is_within(whole, path));
        if !is_read && !unread.iter().any(|outer| is_within(path, outer)) {
            // The first element of a list may stand before the list does.
            unread.retain(|inner| !is_within(inner, path));
            unread.push(path);
        }
    }
    unread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_table_that_nobody_reads_the_table_is_named() {
        let paths =
            ["thresholds", "thresholds[1]", "run", "run.name", "run.target", "scenario", "scenario.a"];
        let more =
            ["scenario.a.plugin", "scenario.a.vus", "scenario.a.parameters", "scenario.a.parameters.x"];
        let all = || paths.into_iter().chain(more);
        let read = ["run.target", "scenario.a.plugin", "scenario.a.parameters"].map(str::to_owned);
        assert_eq!(unread(all(), &read), ["thresholds", "run.name", "scenario.a.vus"]);
        assert_eq!(unread(all(), &read[1..]), ["thresholds", "run", "scenario.a.vus"]);
        assert_eq!(unread(["assert[1]", "assert", "assert[1].plugin"].into_iter(), &read), ["assert"]);
    }
}
