"""The fixtures of corpora: findings are made of them."""

from tests.forensics.corpora.conftest import analyst, analysts, settings, worker
from tests.forensics.registry.conftest import outlets

__all__ = ["analyst", "analysts", "outlets", "settings", "worker"]
