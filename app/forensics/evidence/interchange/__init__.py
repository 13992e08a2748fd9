"""Findings in the formats of other tools: STIX 2.1, MISP, GraphML, CSV."""
