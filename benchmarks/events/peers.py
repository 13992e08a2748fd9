"""Other servers over the same rows, each in an environment of its own with pinned versions."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.events.measure import Ask, Contender
from benchmarks.events.peer_data import newest_key, postgis, sqlite
from benchmarks.events.servers import PEERS, free_port, running
from benchmarks.events.words import COMMON_WORD, RARE_WORD
from benchmarks.events.workload import BOX, CATEGORY, DEPTH, LIMIT, WINDOW, Place

REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    "tipg": ("tipg==1.6.1", "uvicorn==0.54.0", "uvloop==0.23.0", "httptools==0.9.0"),
    "pygeoapi": (
        "pygeoapi==0.21.0", "sqlalchemy==2.1.9", "geoalchemy2==0.20.0", "psycopg2-binary==2.9.13",
        "pygeofilter==0.4.0", "gunicorn==27.0.1",
    ),
    "datasette": ("datasette==0.65.5", "uvloop==0.23.0", "httptools==0.9.0"),
}  # fmt: skip
INSTALL_S = 300
_BOX = ",".join(f"{degrees:g}" for degrees in BOX)
_WINDOW = f"{WINDOW[0]}T00:00:00Z/{WINDOW[1]}T23:59:59Z"
_PYGEOAPI = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  languages: [en-US]
  pretty_print: false
  limits: {{default_items: 100, max_items: 100}}
  map: {{url: "https://example.org/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification:
    title: events
    description: events
    keywords: [events]
    keywords_type: theme
    terms_of_service: none
    url: https://example.org
  license: {{name: none, url: https://example.org}}
  provider: {{name: none, url: https://example.org}}
  contact: {{name: none, position: none, address: none, city: none, stateorprovince: none,
    postalcode: none, country: none, phone: none, fax: none, email: none@example.org,
    url: https://example.org, hours: none, instructions: none, role: none}}
resources:
  events:
    type: collection
    title: events
    description: events
    keywords: [events]
    links: []
    extents: {{spatial: {{bbox: [-180, -90, 180, 90]}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {{host: 127.0.0.1, port: {database_port}, dbname: {database}, user: postgres,
          password: none, search_path: [public]}}
        id_field: id
        table: events
        geom_field: geom
        time_field: published_on
"""


@contextmanager
def started_peers(
    source: str, rows: int, place: Place
) -> Iterator[tuple[list[Contender], dict[str, str]]]:
    """The peers that installed and started, and of the others why they did not."""
    found: list[Contender] = []
    failed: dict[str, str] = {}
    with ExitStack() as stack:
        PEERS.mkdir(exist_ok=True)
        try:
            database = stack.enter_context(postgis(source, rows))
        except RuntimeError as error:
            database = None
            failed["tipg"] = failed["pygeoapi"] = str(error)
        for name, start in _STARTS.items():
            if name in failed:
                continue
            try:
                _install(name)
                address = str(sqlite(source, rows)) if name == "datasette" else str(database)
                found.append(stack.enter_context(start(address, place)))
            except (RuntimeError, subprocess.SubprocessError, OSError) as error:
                failed[name] = str(error)
        yield found, failed


def _install(name: str) -> None:
    """Make the peer's environment, once for each set of versions."""
    home = PEERS / name
    wanted = "\n".join(REQUIREMENTS[name])
    stamp = home / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(home)], check=True, timeout=INSTALL_S
    )
    done = subprocess.run(
        [str(home / "bin/pip"), "install", "--quiet", *REQUIREMENTS[name]],
        capture_output=True, text=True, check=False, timeout=INSTALL_S,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"pip: {done.stderr[-600:]}")
    stamp.write_text(wanted)


def _program(peer: str, program: str) -> str:
    return str(PEERS / peer / "bin" / program)


@contextmanager
def _tipg(address: str, place: Place) -> Iterator[Contender]:
    port = free_port()
    items = "/collections/public.events/items?"
    newest = {"limit": LIMIT, "sortby": "-newest", "f": "geojson"}

    def ask(**parameters: object) -> Ask:
        return Ask(items + urlencode({**newest, **parameters}))

    asks = {
        "W1": ask(bbox=_BOX, datetime=_WINDOW, category=CATEGORY),
        "W2": ask(),
        "W3": ask(offset=DEPTH),
        "W4a": ask(**{"filter-lang": "cql2-text", "filter": f"summary LIKE '%{RARE_WORD}%'"}),
        "W4b": ask(**{"filter-lang": "cql2-text", "filter": f"summary LIKE '%{COMMON_WORD}%'"}),
    }
    command = [_program("tipg", "uvicorn"), "tipg.main:app", "--port", str(port), "--no-access-log"]
    environment = {
        "DATABASE_URL": address,
        "TIPG_CATALOG_TTL": "86400",
        "TIPG_ADD_TILES_VIEWER": "false",
    }
    with running("tipg", command, port, "/healthz", environment, PEERS / "tipg.log") as server:
        yield Contender("tipg", server, asks, "OFFSET for W3, LIKE with a trigram index for W4")


@contextmanager
def _pygeoapi(address: str, place: Place) -> Iterator[Contender]:
    port, parts = free_port(), urlsplit(address)
    configuration, document = PEERS / "pygeoapi.yml", PEERS / "pygeoapi-openapi.yml"
    configuration.write_text(
        _PYGEOAPI.format(port=port, database_port=parts.port, database=parts.path.strip("/"))
    )
    environment = {"PYGEOAPI_CONFIG": str(configuration), "PYGEOAPI_OPENAPI": str(document)}
    done = subprocess.run(
        [_program("pygeoapi", "pygeoapi"), "openapi", "generate", str(configuration),
         "--output-file", str(document)],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"pygeoapi openapi: {done.stderr[-600:]}")
    newest = {"limit": LIMIT, "sortby": "-newest", "f": "json"}

    def ask(**parameters: object) -> Ask:
        return Ask("/collections/events/items?" + urlencode({**newest, **parameters}))

    asks = {
        "W1": ask(bbox=_BOX, datetime=_WINDOW, category=CATEGORY),
        "W2": ask(),
        "W3": ask(offset=DEPTH),
        "W4a": ask(filter=f"summary LIKE '%{RARE_WORD}%'"),
        "W4b": ask(filter=f"summary LIKE '%{COMMON_WORD}%'"),
    }
    command = [_program("pygeoapi", "gunicorn"), "--workers=1", "--threads=8",
               f"--bind=127.0.0.1:{port}", "pygeoapi.flask_app:APP"]  # fmt: skip
    with running("pygeoapi", command, port, "/", environment, PEERS / "pygeoapi.log") as server:
        yield Contender("pygeoapi", server, asks, "OFFSET for W3, LIKE with a trigram index for W4")


@contextmanager
def _datasette(address: str, place: Place) -> Iterator[Contender]:
    port, name = free_port(), Path(address).stem
    newest = {"_sort_desc": "newest", "_size": LIMIT, "_shape": "objects",
              "_nocount": 1, "_nofacet": 1, "_nosuggest": 1}  # fmt: skip

    def ask(**parameters: object) -> Ask:
        return Ask(f"/{name}/events.json?" + urlencode({**newest, **parameters}))

    west, south, east, north = BOX
    asks = {
        "W1": ask(category=CATEGORY, published_on__gte=WINDOW[0], published_on__lte=WINDOW[1],
                  lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north),
        "W2": ask(),
        "W3": ask(_next=f"{newest_key(place.day, place.event_id)},{place.event_id}"),
        "W4a": ask(_search=RARE_WORD),
        "W4b": ask(_search=COMMON_WORD),
    }  # fmt: skip
    command = [_program("datasette", "datasette"), "serve", "--immutable", address, "--port", str(port),
               "--setting", "sql_time_limit_ms", "20000"]  # fmt: skip
    with running(
        "datasette", command, port, "/-/versions.json", {}, PEERS / "datasette.log"
    ) as server:
        yield Contender("datasette", server, asks, "keyset for W3, FTS5 for W4")


_STARTS: Mapping[str, Callable[[str, Place], AbstractContextManager[Contender]]] = {
    "tipg": _tipg, "pygeoapi": _pygeoapi, "datasette": _datasette,
}  # fmt: skip
