//! What a plan and flags both add to: packs, data files and secrets.

use outrider_session::DryRun;

use super::{Asked, List};
use crate::commands::inputs::{WantedData, WantedSecret};
use crate::commands::packs;
use crate::given::Origin;

/// An entry of a list: under which number it is shown, and where it is said.
struct Entry<'a> {
    asked: &'a Asked,
    /// As it is shown, of those that run.
    table: String,
    /// As the plan has it, if it does.
    of_plan: Option<String>,
    /// The argument that adds to the list.
    id: &'static str,
}

impl<'a> Entry<'a> {
    fn new(asked: &'a Asked, noun: &str, index: usize, table: Option<usize>, id: &'static str) -> Entry<'a> {
        let numbered = |number: usize| format!("{noun}[{number}]");
        Entry { asked, table: numbered(index + 1), of_plan: table.map(numbered), id }
    }

    /// Where a key comes from that a flag says too.
    fn said(&self, key: &str) -> Origin {
        match &self.of_plan {
            Some(_) => self.planned(key),
            None => self.asked.given.origin(self.id).cloned().unwrap_or(Origin::Default),
        }
    }

    /// Where a key comes from that only a plan says.
    fn planned(&self, key: &str) -> Origin {
        let path = self.of_plan.as_ref().map(|table| format!("{table}.{key}"));
        path.and_then(|path| self.asked.written(&path)).unwrap_or(Origin::Default)
    }
}

impl List<'_> {
    pub(super) fn packs(&mut self, dry: &DryRun) {
        let asked = self.asked;
        for (index, (pack, wanted)) in dry.plan.packs.iter().zip(&asked.lists.packs).enumerate() {
            let entry = Entry::new(asked, "assert", index, wanted.table, "packs");
            self.push(&entry.table, "plugin", pack.plugin.path.as_str(), entry.said("plugin"));
            self.push(&entry.table, "name", pack.name.as_str(), entry.planned("name"));
            if !pack.scenarios.is_empty() {
                self.push(&entry.table, "scenarios", pack.scenarios.clone(), entry.planned("scenarios"));
            }
            let called = wanted.called();
            for (key, value) in &pack.parameters {
                let is_set = asked.pack_settings.iter().any(|(pack, set)| *pack == called && set == key);
                let origin = match is_set {
                    true => Origin::Flag("--assert-set".to_owned()),
                    false => entry.planned(&format!("parameters.{key}")),
                };
                self.push(&format!("{}.parameters", entry.table), key, packs::written(value), origin);
            }
        }
    }

    pub(super) fn data(&mut self) {
        let asked = self.asked;
        for (index, WantedData { table, config }) in asked.lists.data.iter().enumerate() {
            // One that is not sound is refused before it is shown.
            let Ok(data) = config else { continue };
            let entry = Entry::new(asked, "data", index, *table, "data");
            self.push(&entry.table, "name", data.name.as_str(), entry.said("name"));
            self.push(&entry.table, "file", data.path.display().to_string(), entry.said("file"));
            self.push(&entry.table, "policy", data.policy.to_string(), entry.said("policy"));
            if !data.scenarios.is_empty() {
                self.push(&entry.table, "scenarios", data.scenarios.clone(), entry.planned("scenarios"));
            }
        }
    }

    pub(super) fn exports(&mut self) {
        let asked = self.asked;
        for entry in &asked.lists.exports {
            self.push("export", entry.key, entry.value.clone(), entry.origin.clone());
        }
    }

    /// Where secrets are, never what they are.
    pub(super) fn secrets(&mut self) {
        let asked = self.asked;
        for (index, secret) in asked.lists.secrets.iter().enumerate() {
            let WantedSecret { table, .. } = secret;
            let entry = Entry::new(asked, "secret", index, *table, "secrets");
            self.push(&entry.table, "name", secret.name(), entry.said("name"));
            if let Some((kind, place)) = secret.source() {
                self.push(&entry.table, kind, place, entry.said(kind));
            }
        }
    }
}
