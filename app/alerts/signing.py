"""Signatures of what is sent out, as Standard Webhooks 1.0 has them."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

PURPOSE = "webhook secrets"
_SECRET_BYTES = 32


def make_secret() -> str:
    """A new secret in the standard's own form."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(
    message_id: str, sent_at: datetime, body: str, keys: Sequence[str]
) -> dict[str, str]:
    """The headers of one request, with a signature for each secret in force."""
    signatures = [
        Webhook(key).sign(msg_id=message_id, timestamp=sent_at, data=body) for key in keys
    ]
    return {
        "content-type": "application/json",
        "user-agent": "vric-monitor-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
