"""The parts of the client, by what is asked; `client.EscalationClient` is all of them."""
