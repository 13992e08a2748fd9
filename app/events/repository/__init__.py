"""The SQL that reads events; every value is bound."""
