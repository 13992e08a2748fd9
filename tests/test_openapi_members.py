"""What a signed-in owner is answered by accounts to routes is what is described."""

import asyncio
import itertools
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.access.models import Account
from app.access.tokens import issue_access_token
from app.core.clock import now
from app.core.db import Database
from app.forensics.findings import writer
from app.forensics.findings.document import digest_of
from app.itineraries.activities.deriver import bundled_world, derive_activities
from app.itineraries.journeys.demo_journeys import load_demo_journeys
from app.itineraries.positions.importer import write_part
from app.main import create_app
from tests.billing.conftest import billing_settings
from tests.billing.fake_stripe import FakeStripe
from tests.conftest import TEST_SECRET, at_database, clone, drop, make_settings
from tests.forensics.evidence.making import finding, posts
from tests.itineraries.store.tracks import journey, together
from tests.listening import listening

MEMBERS = {"accounts", "alerts", "billing", "exports", "forensics", "routes"}
# One never ends, and one takes away what the others are asked about.
LEFT_OUT = ["streamAlerts", "deleteCorpus"]
# What these take is told in words: an address, a password, a mailed link, a signed event, a form whose
# fields go together, an instant that is not past, one field of two, filters, a cursor, a box, a window
# of time, a zone's outline, a silence, a webhook that must be public, a table of posts, an image, what
# belongs to a kind of analysis, one of two ids.
OWN_GRAMMAR = {
    "signUp", "verifyAddress", "askForReset", "confirmReset", "receiveStripeEvent", "getToken",
    "revokeToken",
    "createKey", "changeKey", "setTotp", "createExport", "listExports", "listAudit",
    "createWatchlist", "changeWatchlist", "listWatchlists", "listAlerts",
    "listCrafts", "getCraftTrack", "checkCraftIdentity", "listActivities", "listItineraries",
    "getItinerary", "getItineraryMap", "createZone", "changeZone", "analyseReachability",
    "listMovingFeatures", "getTemporalGeometrySequence",
    "uploadPosts", "linkPost", "unlinkPost", "listPosts", "deletePosts", "listCorpora", "listUploads",
    "createAnalysis", "listAnalyses", "listFindings", "listNarratives", "searchByMeaning",
    "replyToFinding",
    "listTakedowns", "listClaims", "listRegistry", "listDisputes", "fileDispute", "findLookalikes",
    "hashImage", "compareImages", "findPostsByImage", "findPostsByImageHash",
    "compareInfrastructure",
}  # fmt: skip
PLENTY = {"burst_per_minute": 1_000_000, "daily": 10_000_000, "api_keys": 1_000_000}
document = create_app(make_settings(), "postgresql://localhost/nowhere").openapi()
members = {
    **document,
    "paths": {
        path: operations
        for path, operations in document["paths"].items()
        if any(MEMBERS & set(operation["tags"]) for operation in operations.values())
    },
}
# A wrong password, a missing thing or a plan without room is told before a fault in what was sent.
STATUSES = [400, 401, 403, 404, 405, 409, 414, 422]
REFUSALS = {
    "negative_data_rejection": {"expected-statuses": STATUSES},
    "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 410, 429]},
}
config = schemathesis.config.SchemathesisConfig.from_dict({"checks": REFUSALS})
api = schemathesis.openapi.from_dict(members, config=config)
api = api.exclude(operation_id=LEFT_OUT)
load_all_checks()


@schemathesis.serializer("application/x-ndjson", "application/zip")
def _as_it_is(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


CRAFT = ("mmsi:422123456", "mmsi:775123456")
FINDING = uuid.UUID("3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21")
_TOKEN = re.compile(r"[\w-]+", re.ASCII)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def service(
    server_url: str, run_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """The address of the service, with billing on, and the id of an account."""
    name = f"members_{uuid.uuid4().hex[:12]}"
    asyncio.run(clone(server_url, f"template_{run_id}", name))
    url = at_database(server_url, name)
    account_id = asyncio.run(_add_account(url))
    asyncio.run(_add_craft(url))
    asyncio.run(_add_finding(url, account_id))
    fake = FakeStripe()
    fake.add_prices()
    with fake.serving():
        app = create_app(
            make_settings(
                data_dir=tmp_path_factory.mktemp("members"),
                trusted_proxies="127.0.0.1/32",
                plan_overrides={"anonymous": PLENTY, "enterprise": PLENTY},
                **billing_settings(fake),
            ),
            url,
        )
        with listening(app) as address:
            yield address, account_id
    asyncio.run(drop(server_url, name))


async def _add_account(url: str) -> int:
    async with Database(url, pool_size=1) as database, database.session() as session:
        account = Account(
            email="owner@example.org", plan="enterprise", granted_plan="enterprise",
            verified_at=now(),
        )  # fmt: skip
        session.add(account)
        await session.flush()
        assert account.id is not None
        return account.id


async def _add_craft(url: str) -> None:
    """The journeys of the demo, and two craft that stay beside each other and fall silent."""
    async with Database(url, pool_size=2) as database:
        await load_demo_journeys(database, [TEST_SECRET.encode()])
        acts = [("spot", 6), ("silent", 4), ("move", 3)]
        craft = [journey(key, acts, seed) for seed, key in enumerate(CRAFT)]
        async with database.transaction() as connection:
            await write_part(connection, together(craft).in_order(), (), "ais")
        await derive_activities(database, bundled_world())


async def _add_finding(url: str, account_id: int) -> None:
    """A corpus of the account, and the finding that the document's examples name."""
    corpus = "INSERT INTO corpora (account_id, name, created_at, updated_at) VALUES ($1, $2, now(), now())"
    used = posts()
    document = finding(used).to_bytes()
    async with Database(url, pool_size=1) as database, database.transaction() as connection:
        await connection.execute(corpus, account_id, "demo")
        corpus_id = await connection.fetchval("SELECT id FROM corpora")
        await connection.executemany(
            "INSERT INTO posts (corpus_id, platform, post_id, account, at, clock, text, permalink,"
            " captured_at, raw_sha256, synthetic)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true)",
            [(corpus_id, one.platform, one.post_id, "ana", one.at, one.clock, one.text, one.url,
              one.captured_at, one.raw_sha256) for one in used],
        )  # fmt: skip
        await writer.add_finding(connection, FINDING, account_id, corpus_id, "coordination")
        await writer.add_version(
            connection, FINDING, document, digest_of(document), {}, {}, len(used)
        )


@api.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_members_get_what_the_document_says(case: Any, service: tuple[str, int]) -> None:
    address, account_id = service
    number = next(_numbers)
    operation = case.operation.definition.raw["operationId"]
    # What is no name of a header gets a plain 400 of the HTTP server itself.
    case.headers = {name: value for name, value in case.headers.items() if _TOKEN.fullmatch(name)}
    excluded = [positive_data_acceptance] if operation in OWN_GRAMMAR else []
    if operation == "searchByMeaning":
        excluded.append(not_a_server_error)  # 503: nothing has a vector here
    case.call_and_validate(
        base_url=address,
        headers={
            # A token that no log-out has ended yet, and an address that no guard has seen.
            "Authorization": f"Bearer {issue_access_token(account_id, TEST_SECRET.encode())}",
            "X-Forwarded-For": f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1",
        },
        excluded_checks=excluded,
    )
