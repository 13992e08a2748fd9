"""Measures of the events API beside a bare handler and beside other servers."""
