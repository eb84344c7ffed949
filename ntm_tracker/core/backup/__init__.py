"""Backups: one zip file with every row and every uploaded file, for either database.

    manifest.json           what is inside: of each part its size, SHA-256, rows and columns
    rows/core.user.jsonl    a table, one row per line, in the order of its key
    files/attachments/...   an uploaded file, under its path below MEDIA_ROOT

Rows are written in words that do not depend on the database, so that a file made on SQLite restores
into PostgreSQL and back. Sessions are left out: whoever gets hold of a file is signed in nowhere.
"""
