"""
The media that messages leave by, one file each, behind the small protocol of `channels.protocol`.

Owns how a message travels. Must not know why it is sent, to whom it is due, or in which state the escalation is.
"""
