select
  run_id,
  name,
  sum("count") as "count",
  sum(failed) as failed,
  coalesce(sum(interrupted), 0) as interrupted,
  ms(min(value_min)) as min_ms,
  ms(sum(value_sum) / nullif(sum("count"), 0)) as mean_ms,
  ms(p50(sketch)) as p50_ms,
  ms(p90(sketch)) as p90_ms,
  ms(p95(sketch)) as p95_ms,
  ms(p99(sketch)) as p99_ms,
  ms(max(value_max)) as max_ms
from windows
where kind = 'step'
group by run_id, name
