"""
A first playbook from a few answers: ``escalate playbook new``.

`questions` says what is asked and takes each answer, `answers` holds them, `text` writes the file in the form of
`playbook.yaml`, `command` asks, checks and saves.
"""
