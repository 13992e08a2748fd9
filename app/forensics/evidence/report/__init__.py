"""The report of a finding: one page that prints well."""
