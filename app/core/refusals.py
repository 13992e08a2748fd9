"""What stopped a command, in one line for the one who gave it."""

import re

import asyncpg
from pydantic import ValidationError
from pydantic_settings import SettingsError

from app.core.errors import CommandError, ConfigurationError, ProblemError


def refusal_of(error: Exception) -> str | None:
    """The line to show for an error, `None` when nobody foresaw it."""
    match error:
        case CommandError() | ConfigurationError():
            return str(error)
        case ProblemError():
            return error.detail
        case ValidationError():
            faults = error.errors(include_input=False)
            return "settings: " + "; ".join(_fault(one["loc"], one["msg"]) for one in faults)
        case SettingsError():
            return _unread_setting(error)
        case asyncpg.PostgresError() | asyncpg.InterfaceError() | OSError():
            return f"the database or the system refused: {error}"
        case _:
            return None


def _fault(location: tuple[int | str, ...], message: str) -> str:
    variable = f"VRIC_{location[0]}:".upper() if location else ""
    return f"{variable} {message.removeprefix('Value error, ')}".strip()


def _unread_setting(error: SettingsError) -> str:
    field = re.search(r'field "(\w+)"', str(error))
    name = f"VRIC_{field[1]}".upper() if field else "a value"
    return f"settings: {name}: no valid JSON ({error.__cause__})"
