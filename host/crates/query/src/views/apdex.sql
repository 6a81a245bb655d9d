select
  run_id,
  name,
  count(*) as "count",
  count(*) filter (where ok and duration_ns <= 500000000) as satisfied,
  count(*) filter (where ok and duration_ns > 500000000 and duration_ns <= 2000000000) as tolerating,
  count(*) filter (where not ok or duration_ns > 2000000000) as frustrated,
  apdex(duration_ns, ok, 500) as apdex
from requests
where ok is not null
group by run_id, name
