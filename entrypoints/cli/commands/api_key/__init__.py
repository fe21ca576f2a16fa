"""Create, list and revoke the keys by which machines call the HTTP API."""

ORDER = ("create", "list", "revoke")
