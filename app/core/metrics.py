"""Counters and histograms that /metrics shows."""

from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = Histogram(
    "vric_http_request_seconds", "Time to answer", ["method", "route", "status"]
)
ANSWERS_FROM_MEMORY = Counter("vric_answers_from_memory_total", "Answers given from memory")
NOT_MODIFIED = Counter("vric_not_modified_total", "Conditional requests answered 304")
LIMITS_FAILED_OPEN = Counter(
    "vric_limits_failed_open_total",
    "Requests let through because the limits' store was away",
)
JOBS_WAITING = Gauge("vric_jobs_waiting", "Jobs on the queue", ["kind"])
JOBS_RUNNING = Gauge("vric_jobs_running", "Jobs that a worker has taken", ["kind"])
JOBS_OLDEST = Gauge("vric_jobs_oldest_wait_seconds", "How long the oldest due job waits", ["kind"])
LISTENER_LINES = Gauge(
    "vric_ais_lines_acknowledged", "Lines of receivers that are committed", ["listener"]
)
LISTENER_POSITIONS = Gauge("vric_ais_positions_committed", "New positions among them", ["listener"])
LISTENER_COMMITTED_AT = Gauge(
    "vric_ais_committed_at_seconds", "When a listener last committed (Unix time)", ["listener"]
)
