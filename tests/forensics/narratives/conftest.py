"""The fixtures of corpora: narratives are read out of findings of their posts."""

from tests.forensics.corpora.conftest import analyst, analysts, settings, worker

__all__ = ["analyst", "analysts", "settings", "worker"]
