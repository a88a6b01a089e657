"""Facts and rules. Nothing here knows of databases, the web or files."""
