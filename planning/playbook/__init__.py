"""The playbook file: read, checked, and described for editors."""
