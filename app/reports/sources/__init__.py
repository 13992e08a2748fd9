"""Pure readers of report files: text in, typed records or rejects out."""
