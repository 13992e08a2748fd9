"""Routes to the caller's own account."""

from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.access.gate import Caller, Quotas
from app.access.policy import Owner, guarded, requires
from app.access.rate_limits import Guard
from app.access.usage import UsageBook
from app.accounts import me
from app.accounts.router_inputs import (
    PRIVATE,
    Nothing,
    Services,
    language_of,
    private_json,
)
from app.accounts.schemas import (
    Accepted,
    AuditEntry,
    AuditLog,
    ChangeMe,
    ChangePassword,
    Farewell,
    Me,
    OwnData,
    QuotaShown,
    TotpAnswer,
    TotpRemoval,
    TotpWish,
    Usage,
    UsageOfDay,
)
from app.core.pagination import OwnPageQuery, decode_cursor, encode_cursor
from app.core.query_string import from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.plans import Feature

router = APIRouter(prefix="/v1", tags=["accounts"])
_ACCESS = [Depends(requires(Feature.ACCOUNT))]
_SORT = "-id"


@router.get(
    "/me", operation_id="getMe", summary="The account", response_model=Me,
    responses=problems(403), dependencies=[*_ACCESS, guarded(Guard.ACCOUNT)],
)  # fmt: skip
async def get_me(caller: Caller, context: Services, _: Nothing) -> Response:
    """Who calls, under which plan."""
    account = await me.get_account(context, caller)
    return private_json(
        Me(
            email=account.email,
            verified=account.verified_at is not None,
            plan=caller.plan.key,
            features=sorted(caller.features),
            totp=account.totp_since is not None,
            created_at=account.created_at,
        )
    )


@router.patch(
    "/me", operation_id="changeMe", summary="Change the address", status_code=202,
    response_model=Accepted, responses=problems(403, 422), dependencies=_ACCESS,
)  # fmt: skip
async def change_me(
    body: ChangeMe, request: Request, owner: Owner, context: Services, _: Nothing
) -> Response:
    """Mail a link to the new address; it is the account's once the link is used."""
    await me.ask_to_change_email(
        context, owner, body.password.get_secret_value(), body.otp, body.email,
        language_of(request, None),
    )  # fmt: skip
    return private_json(Accepted(detail="a mail is on its way to the new address"), 202)


@router.delete(
    "/me", operation_id="deleteMe", summary="Delete the account", status_code=204,
    responses=problems(403, 409, 422), dependencies=_ACCESS,
)  # fmt: skip
async def delete_me(
    body: Farewell, request: Request, owner: Owner, context: Services, _: Nothing
) -> Response:
    """Delete the account, its keys, usage, log and everything else of it, for good.
    `GET /v1/me/data` gives a copy before. While a subscription is running it takes
    `end_subscription`; nothing is deleted unless that has ended."""
    await me.delete_own(
        context, owner, body.password.get_secret_value(), body.otp, body.end_subscription,
        language_of(request, None),
    )  # fmt: skip
    return Response(status_code=204, headers=PRIVATE)


@router.get(
    "/me/data", operation_id="getMyData", summary="Everything stored of the account",
    response_model=OwnData, responses=problems(403), dependencies=_ACCESS,
)  # fmt: skip
async def get_my_data(owner: Owner, context: Services, _: Nothing) -> Response:
    """Every row of every table that names the account, by table."""
    data = await me.own_data(context, owner)
    body = orjson.dumps(data, default=str, option=orjson.OPT_INDENT_2)
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="vric-account.json"'}
    return Response(body, headers=headers, media_type="application/json")


@router.post(
    "/me/password", operation_id="changePassword", summary="Change the password",
    status_code=204, responses=problems(403, 422), dependencies=_ACCESS,
)  # fmt: skip
async def change_password(
    body: ChangePassword, request: Request, owner: Owner, context: Services, _: Nothing
) -> Response:
    """Set another password; every session ends, this one too."""
    await me.change_password(
        context, owner, body.password.get_secret_value(), body.otp,
        body.new_password.get_secret_value(), language_of(request, None),
    )  # fmt: skip
    return Response(status_code=204, headers=PRIVATE)


@router.post(
    "/me/logout-everywhere", operation_id="logOutEverywhere", summary="End every session",
    status_code=204, responses=problems(403), dependencies=_ACCESS,
)  # fmt: skip
async def log_out_everywhere(owner: Owner, context: Services, _: Nothing) -> Response:
    """Revoke all refresh tokens and refuse all access tokens from now on; API keys stay."""
    await me.end_all_sessions(context, owner)
    return Response(status_code=204, headers=PRIVATE)


@router.put(
    "/me/totp", operation_id="setTotp", summary="Switch one-time codes on",
    response_model=TotpAnswer, responses=problems(403, 409, 422), dependencies=_ACCESS,
)  # fmt: skip
async def set_totp(body: TotpWish, owner: Owner, context: Services, _: Nothing) -> Response:
    """First with the password: answers a new secret. Then with a code of it: from now on a sign-in
    needs a code."""
    if body.password is not None:
        secret, uri = await me.begin_totp(context, owner, body.password.get_secret_value())
        return private_json(TotpAnswer(on=False, secret=secret, uri=uri))
    await me.confirm_totp(context, owner, body.code or "")
    return private_json(TotpAnswer(on=True), nulls=False)


@router.delete(
    "/me/totp", operation_id="removeTotp", summary="Switch one-time codes off",
    status_code=204, responses=problems(403, 422), dependencies=_ACCESS,
)  # fmt: skip
async def remove_totp(body: TotpRemoval, owner: Owner, context: Services, _: Nothing) -> Response:
    """Needs the password and a code."""
    await me.remove_totp(context, owner, body.password.get_secret_value(), body.otp)
    return Response(status_code=204, headers=PRIVATE)


@router.get(
    "/me/audit", operation_id="listAudit", summary="What happened to the account",
    response_model=AuditLog, responses=problems(403), dependencies=_ACCESS,
)  # fmt: skip
async def list_audit(
    query: Annotated[OwnPageQuery, from_query(OwnPageQuery)],
    request: Request,
    owner: Owner,
    context: Services,
) -> Response:
    """Sign-ins, failures, first uses of keys by day, and changes, newest first."""
    before = decode_cursor(query.cursor, _SORT, [int])[0] if query.cursor else None
    found = await me.audit_log(
        context, owner, None if before is None else int(before), query.limit + 1
    )
    page, more = found[: query.limit], len(found) > query.limit
    cursor = encode_cursor(_SORT, [page[-1].id or 0]) if more else None
    links = Links(request.url.path, request.url.query, "application/json").of(cursor)
    shown = [AuditEntry.model_validate(e, from_attributes=True) for e in page]
    answer = envelope([entry.model_dump(mode="json") for entry in shown], links)
    answer.headers.update(PRIVATE)
    return answer


@router.get(
    "/usage", operation_id="getUsage", summary="What was used", response_model=Usage,
    responses=problems(403), dependencies=_ACCESS,
)  # fmt: skip
async def get_usage(
    request: Request, caller: Caller, quotas: Quotas, context: Services, _: Nothing
) -> Response:
    """Where the account stands in its limits, and what it used by day. Free of charge."""
    usage: UsageBook = request.app.state.usage
    assert caller.account_id is not None
    days = await me.usage_by_day(context, caller, usage.pending(caller.account_id))
    return private_json(
        Usage(
            plan=caller.plan.key,
            quotas=[
                QuotaShown(
                    name=quota.policy.name,
                    limit=quota.policy.limit,
                    window_s=quota.policy.window_s,
                    used=quota.used,
                    remaining=quota.remaining,
                    reset_at=datetime.fromtimestamp(quota.reset_at, UTC),
                )
                for quota in quotas
            ],
            days=[UsageOfDay(day=d, requests=n[0], units=n[1]) for d, n in sorted(days.items())],
        )
    )
