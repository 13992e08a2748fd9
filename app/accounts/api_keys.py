"""API keys of an account: made, changed, replaced and revoked by its owner."""

from datetime import timedelta

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.idempotency import Once
from app.access.keys import HINT_LENGTH, KeyKind, digest_of, make_key
from app.access.models import ApiKey
from app.access.principal import Principal
from app.access.repository import count_keys, list_keys, lock_account
from app.access.writer import Audit, audit
from app.accounts.context import Context
from app.accounts.errors import KeyLimitError
from app.accounts.key_schemas import KeyChange, KeyShown, KeyWish, NewKey, fault_of_kind
from app.core.clock import now
from app.core.errors import InvalidBodyError, NotFoundError


async def all_keys(context: Context, caller: Principal) -> list[KeyShown]:
    """The keys of the caller's account."""
    assert caller.account_id is not None
    async with context.database.session() as session:
        return [show(key) for key in await list_keys(session, caller.account_id)]


async def create_key(
    context: Context, owner: Principal, wish: KeyWish, once: Once | None
) -> NewKey:
    """Make a key and show it, this once; to a repetition of the same request once more.

    Raises:
        KeyLimitError: the plan has no further key.
    """
    async with context.database.session() as session:
        if once is not None and (first := await once.begin(session, owner.account_id)):
            return NewKey.model_validate_json(first.body)
        account_id = await _check_limit(session, owner)
        made = await _make(session, context, _row(wish, account_id))
        if once is not None:
            await once.keep(session, 201, orjson.dumps(made.model_dump(mode="json")).decode())
        audit(
            session, owner.account_id, Audit.KEY_CREATED, address=owner.address, key=made.id,
            name=made.name, key_kind=made.kind,
        )  # fmt: skip
        return made


async def change_key(
    context: Context, owner: Principal, key_id: int, change: KeyChange
) -> KeyShown:
    """Change what a key is called and where and for what it is good."""
    async with context.database.session() as session:
        key = await _get(session, owner, key_id)
        given = change.model_dump(exclude_unset=True, mode="json")
        for name, value in given.items():
            setattr(key, name, value)
        if "expires_at" in given:
            key.expires_at = change.expires_at
        fault = fault_of_kind(KeyKind(key.kind), key.origins, key.scopes)
        if fault is not None:
            raise InvalidBodyError.of("origins", fault)
        session.add(key)
        audit(
            session, owner.account_id, Audit.KEY_CHANGED, address=owner.address, key=key_id,
            fields=sorted(given),
        )  # fmt: skip
        return show(key)


async def rotate_key(
    context: Context, owner: Principal, key_id: int, keep_old_hours: int
) -> NewKey:
    """A new key in the place of an old one, which ends now or some hours from now."""
    async with context.database.session() as session:
        old = await _get(session, owner, key_id)
        copied = old.model_dump(
            include={"account_id", "name", "kind", "scopes", "origins", "expires_at"}
        )
        made = await _make(session, context, ApiKey(**copied, hint="", digest=""))
        if keep_old_hours:
            end = now() + timedelta(hours=keep_old_hours)
            old.expires_at = min(end, old.expires_at or end)
        else:
            old.revoked_at = now()
        session.add(old)
        audit(
            session, owner.account_id, Audit.KEY_ROTATED, address=owner.address, key=key_id,
            new_key=made.id,
        )  # fmt: skip
        return made


async def revoke_key(context: Context, owner: Principal, key_id: int) -> None:
    """Revoke a key; it is refused from the next request on."""
    async with context.database.session() as session:
        key = await _get(session, owner, key_id)
        key.revoked_at = now()
        session.add(key)
        audit(session, owner.account_id, Audit.KEY_REVOKED, address=owner.address, key=key_id)


def show(key: ApiKey) -> KeyShown:
    """A key as its owner sees it, after it was shown once."""
    return KeyShown.model_validate(key, from_attributes=True)


async def _get(session: AsyncSession, owner: Principal, key_id: int) -> ApiKey:
    key = await session.get(ApiKey, key_id, with_for_update=True)
    if key is None or key.account_id != owner.account_id or key.revoked_at is not None:
        raise NotFoundError(f"there is no key {key_id}")
    return key


async def _check_limit(session: AsyncSession, owner: Principal) -> int:
    assert owner.account_id is not None
    await lock_account(session, owner.account_id)
    if await count_keys(session, owner.account_id) >= owner.plan.api_keys:
        raise KeyLimitError(
            f"the plan {owner.plan.key} has {owner.plan.api_keys} keys; revoke one first",
            extra={"plan": owner.plan.key, "upgrade_url": "/plans"},
        )
    return owner.account_id


async def _make(session: AsyncSession, context: Context, row: ApiKey) -> NewKey:
    key = make_key(KeyKind(row.kind))
    row.hint, row.digest = key[:HINT_LENGTH], digest_of(key, context.secret)
    session.add(row)
    await session.flush()
    return NewKey(**show(row).model_dump(), key=key)


def _row(wish: KeyWish, account_id: int) -> ApiKey:
    return ApiKey(
        account_id=account_id,
        name=wish.name,
        kind=wish.kind.value,
        hint="",
        digest="",
        scopes=None if wish.scopes is None else [scope.value for scope in wish.scopes],
        origins=wish.origins,
        expires_at=wish.expires_at,
    )
