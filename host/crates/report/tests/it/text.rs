//! The text that a person sees, as snapshots.

use outrider_report::{
    BUSY_CPU, CpuShares, DEFAULT_TEXT_WIDTH, JourneySummary, Promise, SaturationKind, Summary, TextStyle,
    render_text,
};

use crate::example::{cpu, healthy, shares, troubled};

fn rendered(summary: &Summary, color: bool, width: usize) -> String {
    // Escape characters are shown, so that the snapshot can be read and compared everywhere.
    render_text(summary, TextStyle { color, width }).replace('\x1b', "␛")
}

#[test]
fn a_healthy_run_at_eighty_columns() {
    insta::assert_snapshot!(rendered(&healthy(), false, DEFAULT_TEXT_WIDTH));
}

#[test]
fn a_healthy_run_on_a_wide_terminal() {
    insta::assert_snapshot!(rendered(&healthy(), false, 140));
}

#[test]
fn a_troubled_run_at_eighty_columns() {
    insta::assert_snapshot!(rendered(&troubled(), false, DEFAULT_TEXT_WIDTH));
}

#[test]
fn a_troubled_run_in_colour_on_a_wide_terminal() {
    insta::assert_snapshot!(rendered(&troubled(), true, 140));
}

#[test]
fn colour_changes_no_word() {
    let colored = render_text(&troubled(), TextStyle { color: true, width: 100 });
    let mut stripped = String::new();
    for (index, piece) in colored.split('\x1b').enumerate() {
        stripped.push_str(if index == 0 { piece } else { piece.split_once('m').unwrap().1 });
    }
    let stripped: Vec<&str> = stripped.lines().map(str::trim_end).collect();
    let bare = render_text(&troubled(), TextStyle { color: false, width: 100 });
    assert_eq!(stripped, bare.lines().collect::<Vec<_>>());
}

#[test]
fn no_line_ends_with_a_space_and_only_what_is_to_be_copied_is_too_wide() {
    for width in [60, 80, 120] {
        for summary in [healthy(), troubled()] {
            let text = render_text(&summary, TextStyle { color: false, width });
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"));
            for line in text.lines() {
                assert_eq!(line, line.trim_end(), "{text}");
                let too_wide = line.chars().count() > width && !line.contains("duckdb -c");
                assert!(!too_wide, "{} columns of {width}: {line}", line.chars().count());
            }
        }
    }
}

#[test]
fn a_run_without_any_row_still_says_what_it_is() {
    let mut summary = healthy();
    summary.requests.clear();
    summary.all_requests = None;
    summary.steps.clear();
    summary.metrics.clear();
    summary.checks.clear();
    summary.status_codes.clear();
    summary.network = Default::default();
    summary.iterations = Default::default();
    summary.generator = Default::default();
    summary.statistics = Default::default();
    summary.timeline = Default::default();
    insta::assert_snapshot!(rendered(&summary, false, DEFAULT_TEXT_WIDTH));
}

#[test]
fn what_lasted_less_than_a_second_has_no_rates() {
    let mut summary = healthy();
    summary.run.load_duration_ms = 8.5;
    let text = rendered(&summary, false, DEFAULT_TEXT_WIDTH);
    assert!(text.contains("5,021 started: 5,021 completed"), "{text}");
    assert!(!text.contains("/s"), "{text}");
}

#[test]
fn a_run_that_passed_says_the_worst_of_what_went_wrong() {
    let mut summary = healthy();
    let expect = |summary: &Summary, remark: &str| {
        assert_eq!(summary.compose_headline().to_string(), format!("PASS{remark}"));
    };
    expect(&summary, "");
    summary.iterations.failed = 40;
    summary.iterations.failed_by_cause.target = 40;
    expect(&summary, "");
    summary.iterations.failed = 311;
    expect(&summary, ", but 311 of 5,021 iterations failed");
    let all = summary.all_requests.as_mut().unwrap();
    all.failed = 150;
    expect(&summary, ", but 311 of 5,021 iterations failed");
    summary.all_requests.as_mut().unwrap().failed = 321;
    expect(&summary, ", but 321 of 15,063 requests failed");
    summary.checks[0].failed = 1;
    expect(&summary, ", but 1 of 20,085 checks failed");
    summary.run.reason = Some("data 'x' was exhausted and used again".to_owned());
    expect(&summary, ", but data 'x' was exhausted and used again");
    summary.iterations.failed_by_cause.plugin = 10;
    expect(&summary, ", but the journey broke in 10 of 5,021 iterations");
    summary.generator.promise = Promise::Broken;
    expect(&summary, ", but the load generator fell short of the plan");
    (summary.iterations.scheduled, summary.iterations.dropped) = (5_042, 21);
    expect(&summary, ", but 21 of 5,042 iterations were dropped: no VU was free");
    summary.iterations.dropped_without_data = 21;
    expect(&summary, ", but the load generator fell short of the plan");
    summary.generator.saturated = true;
    summary.generator.cpu = Some(cpu(10, Some((7, shares(0.97, 0.6))), shares(1.0, 0.7)));
    expect(&summary, ", but the load generator was saturated: latency may include its own waiting");
    summary.generator.cpu = Some(cpu(10, Some((7, shares(0.97, 0.2))), shares(1.0, 0.3)));
    expect(&summary, ", but this machine's CPU was used up by others: latency may include waiting for it");
    summary.iterations.dropped_without_data = 20;
    let both = ", but this machine's CPU was used up by others, and 1 of 5,042 iterations was dropped: latency may \
                include waiting for it";
    expect(&summary, both);
    summary.completeness.complete = false;
    expect(&summary, ", but the data is incomplete");
}

#[test]
fn words_that_contradict_each_other_cannot_be_said() {
    let mut summary = healthy();
    for (machine, process) in [(0.2, 0.1), (0.899, 0.5), (0.9, 0.3), (1.0, 0.9), (0.3, 0.3)] {
        let busy = (machine >= BUSY_CPU).then(|| (1, shares(machine, process)));
        summary.generator.cpu = Some(cpu(2, busy, shares(machine, process)));
        summary.generator.promise = summary.generator.judge(&summary.iterations, &summary.vus);
        let kept = rendered(&summary, false, 200).contains("kept its promise");
        assert_eq!(kept, machine < BUSY_CPU, "{machine}");
    }
}

#[test]
fn who_used_the_cpu_decides_what_to_do_about_it() {
    let mut summary = troubled();
    assert!(rendered(&summary, false, 200).contains("this process used most of the CPU"), "{summary:?}");
    summary.generator.cpu = Some(cpu(10, Some((7, shares(0.97, 0.2))), shares(1.0, 0.3)));
    summary.generator.saturations[0].by_others = true;
    let text = rendered(&summary, false, 200);
    for words in [
        "✗ had too little CPU, which others used up, and fell short of the plan",
        ", most of it used by others\n",
        "the times above may include waiting for the CPU: others used most of the CPU",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let limited = CpuShares { process_of_allowed: 0.96, ..shares(0.25, 0.24) };
    summary.generator.cpu = Some(cpu(10, Some((7, limited)), limited));
    let text = rendered(&summary, false, 200);
    assert!(
        text.contains("! this process used 90% or more of the CPU that it may use in 7 of 10 seconds"),
        "{text}"
    );
}

#[test]
fn whatever_the_saturation_it_is_said_who_used_the_cpu() {
    let mut summary = troubled();
    summary.generator.saturations.retain(|saturation| saturation.kind == SaturationKind::LateStarts);
    let text = rendered(&summary, false, 200);
    assert!(text.contains("! the machine's CPU was at 90% or more in 7 of 10 seconds"), "{text}");
}

#[test]
fn the_corrected_percentile_stands_below_the_measured_one_where_they_differ() {
    let mut summary = healthy();
    assert!(!rendered(&summary, false, 120).contains("└ corrected"));
    let all = summary.all_requests.as_mut().unwrap();
    all.corrected_ms.as_mut().unwrap().p99 += 900.0;
    all.corrected_ms.as_mut().unwrap().p95 = 777.0;
    summary.timeline.buckets[5].corrected_p95_ms = Some(1_800.0);
    let text = rendered(&summary, false, 120);
    let over_time: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("Over time")).collect();
    let row = over_time.iter().position(|line| line.starts_with("  p95 ms")).unwrap();
    assert_eq!(over_time[row + 1], "  └ corrected      777    1,800   ▁▁▁▁█▁▁▁▁", "{text}");
    assert!(over_time[row].ends_with("▁▁▁▁▁▁▁▁▁"), "both are to one scale: {text}");
}

#[test]
fn interrupted_requests_stand_beside_the_others() {
    let mut summary = healthy();
    summary.all_requests.as_mut().unwrap().interrupted = 1_234;
    let text = rendered(&summary, false, DEFAULT_TEXT_WIDTH);
    assert!(text.starts_with("PASS  "), "they are no failures: {text}");
    assert!(text.contains("\n  1,234 more interrupted: neither answered nor failed\n"), "{text}");
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let mut summary = troubled();
    summary.requests = (0..50)
        .map(|i| outrider_report::RequestSummary { name: format!("GET /{i}"), ..summary.requests[0].clone() })
        .collect();
    summary.errors = (0..20)
        .map(|i| outrider_report::ErrorSummary { name: format!("GET /{i}"), ..summary.errors[0].clone() })
        .collect();
    let text = render_text(&summary, TextStyle::default());
    assert!(text.contains("… and 30 more in the JSON report"), "{text}");
    assert!(text.contains("… and 12 more kinds, 3,696 in all, in the JSON report"), "{text}");
}

#[test]
fn a_run_of_several_journeys_names_them_all() {
    let mut summary = healthy();
    let buy = JourneySummary { name: "buy".to_owned(), path: "plans/buy.ts".to_owned() };
    summary.run.journeys.push(buy);
    let text = rendered(&summary, false, DEFAULT_TEXT_WIDTH);
    let head = "PASS\nJourneys    checkout (checkout.wasm), buy (buy.ts) → http://127.0.0.1:8080\nRun ";
    assert!(text.starts_with(head), "{text}");
}

#[test]
fn a_run_that_has_a_name_is_called_so() {
    let mut summary = healthy();
    summary.run.name = Some("Friday evening".to_owned());
    let text = rendered(&summary, false, DEFAULT_TEXT_WIDTH);
    assert!(text.starts_with("PASS  Friday evening → http://127.0.0.1:8080\n"), "{text}");
    assert!(text.contains("\nJourney     checkout (checkout.wasm)\n"), "{text}");
}
