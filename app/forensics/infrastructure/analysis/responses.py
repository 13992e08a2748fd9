"""Tier 2 of responses: unusual headers and cookies, server software with its version, ETags."""

import re
from collections.abc import Iterator, Sequence

# The headers that servers of all kinds send (IANA's registry, and what everyone sends beside it).
_USUAL = {
    "accept-ch", "accept-ranges", "access-control-allow-credentials", "access-control-allow-headers",
    "access-control-allow-methods", "access-control-allow-origin", "access-control-expose-headers",
    "access-control-max-age", "age", "allow", "alt-svc", "cache-control", "clear-site-data",
    "connection", "content-disposition", "content-encoding", "content-language", "content-length",
    "content-location", "content-range", "content-security-policy",
    "content-security-policy-report-only", "content-type", "critical-ch", "cross-origin-embedder-policy",
    "cross-origin-opener-policy", "cross-origin-resource-policy", "date", "etag", "expect-ct", "expires",
    "feature-policy", "host-header", "keep-alive", "last-modified", "link", "location", "nel",
    "origin-agent-cluster", "p3p", "permissions-policy", "pragma", "priority", "referrer-policy",
    "report-to", "reporting-endpoints", "retry-after", "server", "server-timing", "set-cookie", "status",
    "strict-transport-security", "timing-allow-origin", "trailer", "transfer-encoding", "upgrade",
    "upgrade-insecure-requests", "vary", "via", "warning", "www-authenticate", "x-cache",
    "x-cache-hits", "x-cache-status", "x-content-type-options", "x-dns-prefetch-control",
    "x-download-options", "x-frame-options", "x-permitted-cross-domain-policies", "x-pingback",
    "x-powered-by", "x-redirect-by", "x-request-id", "x-robots-tag", "x-runtime", "x-served-by",
    "x-timer", "x-ua-compatible", "x-varnish", "x-xss-protection", "x-generator", "x-aspnet-version",
    "x-drupal-cache", "x-drupal-dynamic-cache", "x-proxy-cache", "x-turbo-charged-by",
}  # fmt: skip
_ONE_ANSWER = re.compile(r"\d{6,}|[0-9a-f]{12,}|\b\d{1,2}:\d{2}\b", re.IGNORECASE)
_VERSION = re.compile(r"\d")


def response_indicators(headers: Sequence[tuple[str, str]], site: str) -> Iterator[tuple[str, str]]:
    """Kind and value of what is unusual in the headers of a response."""
    for name, value in headers:
        if name == "server" and _VERSION.search(value):
            yield "server_software", value[:200]
        elif name in ("x-powered-by", "x-aspnet-version", "x-generator") and value:
            yield "powered_by", value[:100]
        elif name == "set-cookie":
            if cookie := _cookie_name(value):
                yield "cookie_name", cookie
        elif name == "etag":
            if len(value.strip('W/"')) >= 6:
                yield "etag", value.removeprefix("W/")[:200]
        elif name not in _USUAL:
            yield "header_name", name
            # A number of one answer tells nothing, nor does the site's own name.
            own = "." in site and site.lower() in value.lower()
            if value and not own and not _ONE_ANSWER.search(value):
                yield "header", f"{name}: {value[:200]}"


def _cookie_name(value: str) -> str | None:
    """The name of a cookie without the part that each site or session has of its own."""
    name, equals, _ = value.partition("=")
    name = re.sub(r"[0-9a-f]{8,}|\d{5,}", "*", name.strip())
    return name if equals and 2 < len(name) <= 100 and name.isprintable() else None
