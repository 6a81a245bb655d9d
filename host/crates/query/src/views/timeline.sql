with vus_of_worker as (
  select run_id, worker, bucket('1s', started_at) as started_at, max(active_vus) as active_vus
  from system
  group by run_id, worker, bucket('1s', started_at)
),
vus as (
  select run_id, started_at, cast(sum(active_vus) as bigint) as active_vus
  from vus_of_worker
  group by run_id, started_at
),
ended as (
  select
    run_id,
    bucket('1s', started_at) as started_at,
    coalesce(sum("count") filter (where kind = 'request'), 0) as requests,
    coalesce(sum(failed) filter (where kind = 'request'), 0) as failed_requests,
    ms(p50(sketch) filter (where kind = 'request')) as p50_ms,
    ms(p95(sketch) filter (where kind = 'request')) as p95_ms,
    ms(p99(sketch) filter (where kind = 'request')) as p99_ms,
    coalesce(sum(bytes_received), 0) as bytes_received,
    coalesce(sum("count") filter (where kind = 'iteration'), 0) as iterations,
    coalesce(sum(failed) filter (where kind = 'iteration'), 0) as failed_iterations,
    coalesce(sum(dropped), 0) as dropped_iterations,
    coalesce(sum(failed) filter (where kind = 'check'), 0) as failed_checks
  from windows
  group by run_id, bucket('1s', started_at)
)
select
  ended.run_id,
  (cast(ended.started_at as bigint) - cast(bucket('1s', runs.started_at) as bigint)) / 1000000000 as second,
  ended.started_at,
  requests,
  failed_requests,
  p50_ms,
  p95_ms,
  p99_ms,
  bytes_received,
  iterations,
  failed_iterations,
  dropped_iterations,
  failed_checks,
  vus.active_vus
from ended
join runs on runs.run_id = ended.run_id
left join vus on vus.run_id = ended.run_id and vus.started_at = ended.started_at
