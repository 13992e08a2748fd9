"""Counters and histograms that /metrics shows."""

from prometheus_client import Counter, Histogram

REQUEST_SECONDS = Histogram(
    "vric_http_request_seconds", "Time to answer", ["method", "route", "status"]
)
ANSWERS_FROM_MEMORY = Counter("vric_answers_from_memory_total", "Answers given from memory")
NOT_MODIFIED = Counter("vric_not_modified_total", "Conditional requests answered 304")
LIMITS_FAILED_OPEN = Counter(
    "vric_limits_failed_open_total",
    "Requests let through because the limits' store was away",
)
