"""The web service: the pages behind the links in messages, and starts by signed webhook."""
