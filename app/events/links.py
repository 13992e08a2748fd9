"""Links of answers, relative to the service so that no Host header gets into them."""

from urllib.parse import quote

from starlette.types import Scope


class Links:
    """The links of a list: itself and the next page, relative to the service."""

    def __init__(self, path: str, query: str = "", media_type: str = "application/json") -> None:
        # Headers hold no other letters than ASCII.
        self._query = query if query.isascii() else quote(query, safe="%&=+,:/?@!$'()*;~")
        self._path, self._type = path, media_type

    @classmethod
    def to(cls, scope: Scope, media_type: str = "application/json") -> "Links":
        """The links of a request's own answer."""
        return cls(scope["path"], scope["query_string"].decode(), media_type)

    def of(self, cursor: str | None) -> list[dict[str, str]]:
        """Link objects for a page that `cursor` follows."""
        own = f"{self._path}?{self._query}" if self._query else self._path
        links = [{"rel": "self", "href": own, "type": self._type}]
        if cursor is not None:
            links.append({"rel": "next", "href": self.next(cursor), "type": self._type})
        return links

    def next(self, cursor: str) -> str:
        """The address of the page after `cursor`."""
        kept = [p for p in self._query.split("&") if p and not p.startswith("cursor=")]
        return f"{self._path}?{'&'.join([*kept, f'cursor={cursor}'])}"
