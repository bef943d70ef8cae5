"""The organisation: territory, Party branches, and who holds which post."""
