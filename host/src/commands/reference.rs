//! The hidden command that writes docs/reference: what is generated from the code.

mod limits;
mod wit;

use std::path::Path;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::failure::Failure;
use outrider_session::Exit;

pub(crate) fn run(folder: &Path) -> Result<Exit, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::unexpected(&error))?;
    let pages = [
        ("cli.md", cli()),
        ("exit-codes.md", exit_codes()),
        ("limits.md", limits::page()),
        ("wit.md", wit::page()),
        ("dataset.md", outrider_telemetry::dataset_reference_markdown()),
        ("sql.md", outrider_query::sql_reference_markdown()),
        ("sql.schema.json", outrider_query::answer_json_schema()),
        ("sql-tables.schema.json", outrider_query::catalogue_json_schema()),
        ("dry-run.schema.json", super::run::dry_run_json_schema()),
        ("jsonl.schema.json", outrider_session::jsonl_schema()),
        ("plan.schema.json", outrider_plan::plan_json_schema()),
        ("report.schema.json", outrider_report::json_schema()),
        ("compare.schema.json", outrider_report::comparison_json_schema()),
        ("trend.schema.json", outrider_report::trend_json_schema()),
        ("debug.schema.json", outrider_capability::DebugEvent::json_schema()),
        ("run.schema.json", outrider_report::run_details_json_schema()),
        ("runs.schema.json", outrider_report::run_list_json_schema()),
        ("recover.schema.json", super::recover::json_schema()),
        ("check.schema.json", super::check::json_schema()),
        ("check-transform.schema.json", super::check::transform_json_schema()),
        ("check-channel.schema.json", super::check::channel_json_schema()),
        ("inspect.schema.json", super::inspect::json_schema()),
        ("alert.schema.json", super::check::alert_json_schema()),
        ("test.schema.json", outrider_plan::test_json_schema()),
        ("test-report.schema.json", super::test::json_schema()),
    ];
    for (name, text) in pages {
        let text = format!("{}\n", text.trim_end());
        std::fs::write(folder.join(name), text).map_err(|error| Failure::unexpected(&error))?;
    }
    Ok(Exit::Ok)
}

fn cli() -> String {
    let mut text = String::from("# Command line\n\nGenerated from `host --help`.\n");
    let mut root = Cli::command().term_width(100);
    root.build();
    section(&mut text, &mut root, 2);
    text
}

fn section(text: &mut String, command: &mut clap::Command, level: usize) {
    let title = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let marks = "#".repeat(level);
    text.push_str(
        &["\n", &marks, " ", &title, "\n\n```text\n", help.join("\n").trim_end(), "\n```\n"].concat(),
    );
    let names: Vec<String> = command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in names {
        if let Some(sub) = command.find_subcommand_mut(&name) {
            section(text, sub, level + 1);
        }
    }
}

fn exit_codes() -> String {
    let head = "# Exit codes\n\nWhere the meaning is k6's, so is the number. The first reason wins.\n\n\
                | code | meaning |\n|---:|---|\n";
    let rows = Exit::ALL.map(|exit| format!("| {} | {} |\n", exit.code(), exit.meaning()));
    let tail = "\nOutput that is lost, for example because a disk is full, is said on standard error, and what would have been 0 \
                is 1. A reader\nthat goes away, as in `host report | head -1`, has what it wanted: the command ends quietly, \
                with its own code.\n";
    format!("{head}{}{tail}", rows.concat())
}
