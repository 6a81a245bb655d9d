with failures as (
  select run_id, 'iteration' as kind, scenario as name, cause, error_kind, cast(null as smallint unsigned) as status, error, started_at
  from iterations
  where status in ('failed', 'dropped')
  union all
  select
    run_id,
    'request',
    name,
    case
      when error_kind in ('invalid url', 'invalid request', 'not granted') then 'plugin'
      when error_kind in ('generator limit', 'interrupted') then 'generator'
      else 'target'
    end,
    error_kind,
    status,
    error,
    started_at
  from requests
  where not ok
  union all
  select run_id, 'check', name, null, pack, null, error, started_at
  from checks
  where not ok
)
select
  run_id,
  kind,
  name,
  cause,
  error_kind,
  status,
  count(*) as "count",
  min(error) as example,
  min(started_at) as first_at,
  max(started_at) as last_at
from failures
group by run_id, kind, name, cause, error_kind, status
