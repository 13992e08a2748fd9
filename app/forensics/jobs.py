"""The kinds of jobs that forensics has."""

from app.forensics.corpora.jobs import PURGE
from app.forensics.findings.jobs import ANALYSE, SWEEP

KINDS = (ANALYSE, SWEEP, PURGE)
