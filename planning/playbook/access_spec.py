"""Form of the rules in a playbook file that say who may look at which escalations (IDENTITY-4)."""

from typing import Annotated

from pydantic import Field

from planning.spec import Names, Refers, Spec


class AccessSpec(Spec):
    """Roles that may look at escalations. Who has several may look at what any of them allows."""

    everything: Annotated[Names, Refers.ROLE, Field(min_length=1)]
    """Roles that look at all escalations."""
    own_teams: Annotated[Names | None, Refers.ROLE] = None
    """Roles that look at the escalations in which they, or a team or rota of theirs, have or had a part: as submitter,
    owner, contact of a level, member of a task force, or because they made a move. If omitted, everybody does."""
    own_accounts: Annotated[Names, Refers.ROLE] = ()
    """Roles that look at all escalations of the customers that they look after, as `team` of `accounts` says."""
