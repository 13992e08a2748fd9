"""What an account sees of its billing, and an operator of its history."""

from app.billing import repository
from app.billing.entitlement import GRACE, grants
from app.billing.schemas import BillingAnswer, SubscriptionItem, TrailItem
from app.billing.service import Billing
from app.core.clock import now
from app.core.errors import NotFoundError


async def describe(billing: Billing, account_id: int) -> BillingAnswer:
    """The account's plan, subscriptions and history as they are stored."""
    async with billing.database.session() as session:
        account = await repository.find_account(session, account_id)
        if account is None:
            raise NotFoundError("the account is gone")
        rows = await repository.list_subscriptions(session, account_id)
        trail = await repository.list_trail(session, account_id)
    instant = now()
    return BillingAnswer(
        enabled=billing.is_on,
        plan=account.plan,
        paid_plan=account.paid_plan,
        granted_plan=account.granted_plan,
        subscriptions=[
            SubscriptionItem(
                **row.model_dump(exclude={"account_id"}),
                grants_access=grants(row, instant),
                grace_until=row.past_due_since and row.past_due_since + GRACE,
            )
            for row in rows
        ],
        trail=[
            TrailItem(**line.model_dump(include={"at", "kind", "by", "detail"})) for line in trail
        ],
    )
