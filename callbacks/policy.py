"""What each callback declares: that it only reads, or which right to write it takes.

The guard refuses a callback to whoever has none of the rights that it names, before it runs; whose rows
those are is decided in data/scope.py. An app with a callback that declares nothing doesn't start.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from data.models import Writes
from data.scope import Viewer

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call: everyone signed in where `rights` is empty, else who has one of them in some role."""

    rights: frozenset[Writes] = frozenset()

    def allows(self, viewer: Viewer) -> bool:
        return not self.rights or any(grant.writes in self.rights for grant in viewer.grants)


READS = Policy()
_policies: dict[Callable[..., Any], Policy] = {}


def reads(function: Function) -> Function:
    """Declare a callback that changes nothing; it answers with what its viewer may see."""
    _policies[function] = READS
    return function


def writes(*rights: Writes) -> Callable[[Function], Function]:
    """Declare a callback that changes something, and the rights of which one is needed."""

    def declare(function: Function) -> Function:
        _policies[function] = Policy(frozenset(rights))
        return function

    return declare


def policy_of(registered: Mapping[str, Any]) -> Policy:
    """The policy of one of the app's callbacks, as it is registered there.

    Raises LookupError, saying what to do, where its function declares none.
    """
    function = inspect.unwrap(registered["callback"])
    if function.__module__ == "dash.dash":  # Dash's own router, which calls our page functions
        return READS
    policy = _policies.get(function)
    if policy is None:
        raise LookupError(
            f"The callback {function.__module__}.{function.__qualname__} declares no policy: decorate it"
            " with @policy.reads or @policy.writes(Writes.…) of callbacks/policy.py."
        )
    return policy


def require_policies(callbacks: Mapping[str, Any]) -> None:
    """Raise LookupError for a callback without a policy; what runs in the browser needs none."""
    for registered in callbacks.values():
        if "callback" in registered:
            policy_of(registered)
