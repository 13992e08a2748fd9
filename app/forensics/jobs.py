"""The kinds of jobs that forensics has."""

from app.forensics.corpora.jobs import FORGET, PURGE
from app.forensics.findings.jobs import ANALYSE, SWEEP
from app.forensics.semantic.jobs import INDEX

KINDS = (ANALYSE, SWEEP, PURGE, FORGET, INDEX)
