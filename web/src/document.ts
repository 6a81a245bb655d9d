// What a page shows. The same types as PageDocument of the report crate, as far as the page reads them; enumerations
// are strings here, so that an example in JSON has these types.

export interface PageDocument {
  version: number;
  written_by: string;
  report: Report;
  charts: Charts;
  words: Words;
}

export interface Words {
  verdict: string;
  thresholds: string[];
  hints: (string | null)[];
  generator: { judgement: string; problems: string[]; measured: string };
}

export interface Report {
  version: number;
  headline: string;
  warnings: string[];
  run: Run;
  verdict: string | null;
  thresholds: Threshold[];
  completeness: { complete: boolean; rows: number; tables: number; missing: string[] };
  iterations: Iterations;
  vus: { lost: number };
  generator: Generator;
  requests: Requests[];
  all_requests: Requests | null;
  steps: Timed[];
  metrics: Metric[];
  checks: Check[];
  status_codes: { status: number | null; count: number }[];
  errors: Failure[];
  annotations: Annotation[];
  network: { bytes_sent: number; bytes_received: number; sent_bytes_per_s: number; received_bytes_per_s: number };
}

export interface Run {
  id: string;
  name: string | null;
  status: string;
  reason: string | null;
  started_at: string;
  duration_ms: number;
  load_duration_ms: number;
  workers: number;
  journeys: { name: string; path: string }[];
  plugins: { name: string; path: string; digest: string }[];
  packs: string[];
  target: string | null;
  scenarios: { name: string; journey: string; load: string; max_vus: number }[];
  dataset: string;
  tags: string[];
}

/** Something that happened meanwhile. */
export interface Annotation {
  at: string;
  at_ms: number;
  until_ms: number | null;
  text: string;
}

export interface Threshold {
  expr: string;
  value: number | null;
  passed: boolean;
  reason: string | null;
}

export interface Durations {
  min: number;
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

export interface Timed {
  name: string;
  count: number;
  failed: number;
  interrupted: number;
  rate_per_s: number;
  duration_ms: Durations | null;
}

export interface Requests extends Timed {
  corrected_ms: Durations | null;
  bytes_sent: number;
  bytes_received: number;
  phases_ms: Phases | null;
}

export interface Phases {
  blocked: number;
  dns: number;
  connect: number;
  tls: number;
  send: number;
  wait: number;
  receive: number;
}

export interface Iterations {
  scheduled: number;
  started: number;
  completed: number;
  failed: number;
  interrupted: number;
  dropped: number;
  rate_per_s: number;
  duration_ms: Durations | null;
  corrected_ms: Durations | null;
}

export interface Generator {
  promise: string;
  saturated: boolean;
  saturations: { kind: string; worker: number; from_ms: number; to_ms: number; worst: number }[];
  bottlenecks: { cause: string; worker: number; from_s: number; to_s: number }[];
  late_starts: number;
  max_lateness_ms: number;
  lost_samples: number;
  max_cpu: number | null;
  max_event_loop_lag_ms: number | null;
  max_memory_bytes: number | null;
  max_active_vus: number | null;
}

export interface Metric {
  name: string;
  kind: string;
  count: number;
  rate_per_s: number;
  total: number;
  last: number | null;
  share: number | null;
  values: {
    min: number;
    mean: number;
    p50: number | null;
    p90: number | null;
    p95: number | null;
    p99: number | null;
    max: number;
  } | null;
}

export interface Check {
  pack: string;
  name: string;
  passed: number;
  failed: number;
  example: CheckExample | null;
  places: { failed: number; example: CheckExample | null }[];
}

export interface CheckExample {
  expected: string | null;
  actual: string | null;
  message: string | null;
  at: string | null;
}

export interface Failure {
  cause: string;
  kind: string;
  source: string;
  name: string;
  count: number;
  messages: { example: string; at: string | null; stack: string | null; same: boolean; count: number }[];
  other_messages: number;
}

export type Values = (number | null)[];

export interface Charts {
  from_ms: number;
  slice_ms: number;
  covered_s: number[];
  load: {
    scheduled: number[];
    started: number[];
    completed: number[];
    failed: number[];
    dropped: number[];
    users: number[];
  };
  all_requests: TimedSeries;
  requests: TimedSeries[];
  steps: TimedSeries[];
  checks: { pack: string; name: string; count: number[]; failed: number[] }[];
  errors: { kind: string; count: number[] }[];
  generator: {
    machine_cpu: Values;
    process_cpu: Values;
    others_cpu: Values;
    event_loop_lag_ms: Values;
    memory_bytes: Values;
  };
  slowest: SlowExchange[];
}

export interface TimedSeries {
  name: string;
  count: number[];
  failed: number[];
  p50_ms: Values;
  p95_ms: Values;
  p99_ms: Values;
  corrected_p95_ms: Values | null;
  corrected_p99_ms: Values | null;
}

export interface SlowExchange {
  name: string;
  method: string;
  url: string;
  status: number | null;
  failed: boolean;
  error: string | null;
  at_ms: number;
  duration_ms: number;
  lateness_ms: number;
  phases_ms: Phases;
  scenario: string | null;
  step: string | null;
  vu: number | null;
  iteration: number | null;
  protocol: string | null;
  connection_reused: boolean;
  remote_address: string | null;
  bytes_received: number;
  trace_id: string | null;
}
