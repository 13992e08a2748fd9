"""The fixtures of corpora: what leaves a finding begins with one."""

from tests.forensics.corpora.conftest import analyst, analysts, settings, worker

__all__ = ["analyst", "analysts", "settings", "worker"]
