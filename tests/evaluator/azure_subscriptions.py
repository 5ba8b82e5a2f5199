"""In which subscription things on Azure lie: that of their provider, which no input says again.

The default provider has its own from the stack, which is not among the resources. What it makes at a scope tells: scopes
of its resources lie in one subscription, and so does all else that it makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.evaluator.resources import Resources, UnreadableError, text
from tests.evaluator.words import Plain

PROVIDER: Final = 'pulumi:providers:azure-native'


class Subscriptions:
    """The subscription of each resource.

    Raises `UnreadableError` when scopes contradict providers: it takes no provider to name a scope, so that somebody
    could be let in where nobody looks.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._of_provider = {name: text(inputs['subscriptionId']).lower() for name, inputs in resources.named(PROVIDER)}
        native = [each for each in resources.by_name.values() if each['type'].startswith('azure-native:')]
        found = {said for each in native if 'provider' not in each and (said := _said(each['inputs'])) is not None}
        if len(found) > 1:
            raise UnreadableError(f'roles in two subscriptions: {sorted(found)}')
        self._default = found.pop() if found else 'of the stack'
        for each in native:
            said = _said(each['inputs'])
            if said not in (None, self.of(each['name'])):
                raise UnreadableError(f'{each["name"]} is at {said}, and its provider in {self.of(each["name"])}')

    def of(self, logical: str) -> str:
        """The subscription of a resource."""
        provider = self._resources.by_name[logical].get('provider')
        if provider is None:
            return self._default
        if provider not in self._of_provider:
            raise UnreadableError(f'{logical}: there is no provider {provider}')
        return self._of_provider[provider]


def _said(inputs: Mapping[str, Plain]) -> str | None:
    """The subscription of the scope that inputs name, None when they name none."""
    scope = inputs.get('scope')
    steps = text(scope).lower().split('/') if scope is not None else []
    return steps[2] if len(steps) > 2 and steps[1] == 'subscriptions' else None
