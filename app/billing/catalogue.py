"""The price list at Stripe: a product for each paid plan, a price for each of its lookup keys."""

from collections.abc import Mapping

from app.billing.stripe_client import StripeClient
from app.plans import PLANS

# In cents, to start from: two months of a year are free.
DEFAULT_AMOUNTS = {
    "premium_monthly": 4_900,
    "premium_yearly": 49_000,
    "enterprise_monthly": 49_900,
    "enterprise_yearly": 499_000,
}


async def make_catalogue(
    stripe: StripeClient, amounts: Mapping[str, int], currency: str
) -> dict[str, bool]:
    """Make what is missing of the price list; what is there stays as it is.

    Returns:
        For each lookup key whether its price was made now.
    """
    made: dict[str, bool] = {}
    for plan in PLANS.values():
        if plan.lookup_keys:
            product = f"vric_{plan.key}"
            await stripe.create_product(product, f"VRIC Monitor {plan.key}")
        for lookup_key in plan.lookup_keys:
            made[lookup_key] = await stripe.find_price(lookup_key) is None
            if made[lookup_key]:
                amount = amounts.get(lookup_key, DEFAULT_AMOUNTS[lookup_key])
                await stripe.create_price(product, lookup_key, plan.key, amount, currency)
    return made
