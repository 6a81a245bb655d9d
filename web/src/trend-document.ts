// What the page of a trend shows. The same types as TrendPage of the report crate.

import type { Durations } from "./document.js";

export interface TrendPage {
  version: number;
  written_by: string;
  trend: Trend;
  /** The measure that is shown first. */
  measure: string;
  title: string;
  /** How each of the runs stands, in words. */
  standings: string[];
}

export interface Trend {
  version: number;
  runs: TrendRun[];
  rows: TrendRow[];
  left_out: string[];
}

export interface TrendRun {
  id: string;
  verdict: string;
  status: string | null;
  generator_saturated: boolean | null;
  reason: string | null;
  journey: string | null;
  tags: string[];
  target: string | null;
  load: string[];
  started_at: string | null;
  duration_ms: number | null;
  headline: string;
  complete: boolean;
  iterations: number;
  failed_iterations: number;
  failed_checks: number;
}

export interface TrendRow {
  kind: string;
  name: string;
  points: (TrendPoint | null)[];
}

export interface TrendPoint {
  count: number;
  failed: number;
  rate_per_s: number;
  duration_ms: Durations | null;
}
