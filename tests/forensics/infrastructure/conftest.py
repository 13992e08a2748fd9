"""Premium callers of the whole service."""

from tests.forensics.corpora.conftest import analyst, analysts, settings

__all__ = ["analyst", "analysts", "settings"]
