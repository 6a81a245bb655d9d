// What the page of a comparison shows. The same types as ComparisonPage of the report crate.

export interface ComparisonPage {
  version: number;
  written_by: string;
  comparison: Comparison;
  words: ComparisonWords;
}

export interface ComparisonWords {
  rules: string;
  /** For each row, and each measure of it. */
  measures: MeasureWords[][];
}

export interface MeasureWords {
  baseline: string;
  candidate: string;
  change: string;
  interval: string;
}

export interface Comparison {
  version: number;
  verdict: string;
  headline: string;
  comparable: boolean;
  remarks: { kind: string; message: string }[];
  baseline: Side;
  candidate: Side;
  rules: { relative_limit: number; absolute_limit_ms: number; failure_limit: number; confidence: number; skipped_ms: number };
  blocks: number;
  tests: number;
  counts: { worse: number; better: number; same: number; not_enough_data: number; added: number; removed: number };
  rows: Row[];
}

export interface Side {
  asked: string;
  runs: ComparedRun[];
}

export interface ComparedRun {
  id: string;
  journey: string;
  tags: string[];
  started_at: string;
  target: string | null;
  load: string[];
  status: string;
  verdict: string | null;
  generator_saturated: boolean | null;
  compared_seconds: number;
}

export interface Row {
  kind: string;
  name: string;
  pack: string;
  verdict: string;
  baseline: Counts | null;
  candidate: Counts | null;
  measures: Measure[];
}

export interface Counts {
  count: number;
  failed: number;
}

export interface Measure {
  measure: string;
  verdict: string;
  baseline: number | null;
  candidate: number | null;
  change: number | null;
  low: number | null;
  high: number | null;
  limit: number | null;
  p_value: number | null;
  p_adjusted: number | null;
  needed: number | null;
  remedy: string | null;
}
