"""Pure readers of captures: archives, folders, HAR files."""
