"""Errors of self-service.

ProblemError
├── OAuthError            400, 401 for a client
├── InvalidLinkError      400
├── WrongPasswordError    403
└── ConflictError         409
    ├── KeyLimitError
    └── TotpStateError
"""

from app.access.principal import CHALLENGE
from app.core.errors import ConflictError, ProblemError


class OAuthError(ProblemError):
    """An error of RFC 6749, section 5.2, whose fields stand beside those of all problems."""

    status = 400

    def __init__(self, error: str, description: str, **extra: object) -> None:
        super().__init__(
            description,
            extra={"error": error, "error_description": description, **extra},
            headers={"Pragma": "no-cache"},
        )
        self.code = error
        if error == "invalid_client":
            self.status = 401
            self.headers.update(CHALLENGE)


class InvalidLinkError(ProblemError):
    status = 400
    code = "invalid_link"

    def __init__(self) -> None:
        super().__init__("the link is used, too old, or not ours; ask for a new one")


class WrongPasswordError(ProblemError):
    status = 403
    code = "wrong_password"


class KeyLimitError(ConflictError):
    code = "key_limit_reached"


class TotpStateError(ConflictError):
    code = "totp_state"
