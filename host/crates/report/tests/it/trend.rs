//! A hand-made trend in its forms: gaps, runs that are not whole, figures that were zero.

use outrider_report::*;

/// A run that ended so.
fn run(id: &str, verdict: RunVerdict, complete: bool) -> TrendRun {
    TrendRun {
        run: RunEntry {
            id: id.to_owned(),
            verdict,
            status: Some(RunStatus::Finished),
            generator_saturated: None,
            reason: None,
            journey: Some("checkout".to_owned()),
            tags: vec!["nightly".to_owned()],
            target: None,
            load: vec!["4 VUs for 8 s".to_owned()],
            started_at: Some(format!("2026-01-{}T12:00:00.000Z", &id[6..8])),
            duration_ms: Some(8_000.0),
        },
        headline: "PASS".to_owned(),
        complete,
        iterations: 10,
        failed_iterations: 0,
        failed_checks: 0,
    }
}

fn point(failed: u64, p95: f64) -> Option<TrendPoint> {
    let duration_ms =
        DurationStats { min: 1.0, mean: p95, p50: p95, p90: p95, p95, p99: p95, p999: p95, max: p95 };
    Some(TrendPoint { count: 100, failed, rate_per_s: 12.5, duration_ms: Some(duration_ms) })
}

fn row(kind: TrendRowKind, name: &str, points: Vec<Option<TrendPoint>>) -> TrendRow {
    TrendRow { kind, name: name.to_owned(), points }
}

/// Three runs, of which the second lost rows; one request came with it and one went, and a step has a request's name.
fn trend() -> Trend {
    Trend {
        version: TREND_VERSION,
        runs: vec![
            run("20260131T120000Z-aaaaaa", RunVerdict::Pass, true),
            run("20260130T120000Z-bbbbbb", RunVerdict::Pass, false),
            run("20260130T120000Z-cccccc", RunVerdict::Fail, true),
        ],
        rows: vec![
            row(TrendRowKind::Request, "(all)", vec![point(0, 20.0), point(0, 22.0), point(4, 63.0)]),
            row(TrendRowKind::Request, "gone", vec![point(0, 10.0), None, None]),
            row(TrendRowKind::Request, "come", vec![None, point(0, 10.0), point(0, 12.0)]),
            row(TrendRowKind::Step, "come", vec![None, None, point(0, 30.0)]),
        ],
        left_out: vec!["the run 20260129T120000Z-dddddd is left out: no document".to_owned()],
    }
}

fn text(measure: TrendMeasure) -> String {
    render_trend_text(&trend(), measure, TextStyle { color: false, width: 100 })
}

#[test]
fn text_has_the_runs_and_how_each_row_went_with_its_gaps() {
    let text = text(TrendMeasure::P95);
    assert!(text.starts_with("3 runs from 2026-01-31 to 2026-01-30: checkout\n"), "{text}");
    assert!(text.contains("the run 20260129T120000Z-dddddd is left out: no document"), "{text}");
    let line = |start: &str| {
        let found = text.lines().find(|line| line.trim_start().starts_with(start)).unwrap_or_default();
        found.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("20260131T120000Z "), "20260131T120000Z pass 100 12.5 0 20 20 20");
    // Two runs began in the same second: each by its whole id.
    assert_eq!(line("20260130T120000Z-b"), "20260130T120000Z-bbbbbb pass, rows missing 100 12.5 0 22 22 22");
    assert_eq!(line("(all)"), "(all) 20 21 63 63 +200% ▃▃█");
    assert_eq!(line("gone"), "gone 10 10 10 - █");
    assert_eq!(line("come"), "come 10 10 12 12 +20% ▇█");
    let steps = text.split_once("Steps ").unwrap().1;
    assert!(
        steps.lines().nth(1).unwrap().starts_with("  come "),
        "a step of that name is another row: {text}"
    );
}

#[test]
fn failures_change_by_points() {
    let text = text(TrendMeasure::Failed);
    let all = text.lines().find(|line| line.starts_with("  (all)")).unwrap();
    assert_eq!(all.split_whitespace().collect::<Vec<_>>().join(" "), "(all) 0 0 4 4 +4 pts █");
}

#[test]
fn markdown_and_csv_say_the_same() {
    let markdown = render_trend_markdown(&trend(), TrendMeasure::P95);
    for part in [
        "### `3 runs from ",
        "> ⚠ `the run 20260129T120000Z-dddddd is left out",
        "| `(all)` | 20 | 21 | 63 | 63 | +200% |",
        "| `gone` | 10 | 10 | 10 |  |  |",
        "| `20260130T120000Z-bbbbbb` | pass, rows missing | `nightly` | 100 |",
    ] {
        assert!(markdown.contains(part), "{part}: {markdown}");
    }
    let csv = render_trend_csv(&trend());
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 2 + 2 + 3, "{csv}");
    let start =
        "20260130T120000Z-bbbbbb,2026-01-30T12:00:00.000Z,pass,false,nightly,request,come,100,0,12.5,1,10,";
    assert!(lines.iter().any(|line| line.starts_with(start)), "{csv}");
}

#[test]
fn a_document_reads_back_as_what_it_was() {
    let back: Trend = serde_json::from_str(&render_trend_json(&trend())).unwrap();
    assert_eq!(back, trend());
}
