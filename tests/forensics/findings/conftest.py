"""The fixtures of corpora: findings are made of them."""

from tests.forensics.corpora.conftest import analyst, analysts, settings, worker

__all__ = ["analyst", "analysts", "settings", "worker"]
