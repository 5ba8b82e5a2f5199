"""How a container on Azure keeps its blobs: said by resources that stand beside it, for a whole storage account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cpg_infra.cli.plan_text.facts import days
from cpg_infra.plan import Plan, Resource, Value

CONTAINER: Final = 'azure-native:storage:BlobContainer'


class AzureStorageFacts:
    """The settings and lifecycle rules of the storage accounts of a plan, by container."""

    def __init__(self, plan: Plan) -> None:
        self._settings = _by_account(plan, 'azure-native:storage:BlobServiceProperties')
        self._policies = _by_account(plan, 'azure-native:storage:ManagementPolicy')

    def of(self, container: Resource) -> Iterator[str]:
        """What matters about a container, in words; nothing for any other resource."""
        if container.type != CONTAINER:
            return
        account, name = str(container.inputs.get('accountName')), str(container.inputs.get('containerName'))
        settings = self._settings.get(account, {})
        yield 'versions' if settings.get('isVersioningEnabled') is True else 'no versions'
        kept = _at(settings, 'deleteRetentionPolicy', 'days')
        for rule in _each(_at(self._policies.get(account, {}), 'policy', 'rules')):
            for prefix in _each(_at(rule, 'definition', 'filters', 'prefixMatch')):
                begin, _, under = str(prefix).partition('/')
                if begin == name:
                    yield from _rule(_at(rule, 'definition', 'actions'), under, kept)


def _rule(actions: Value, under: str, kept: Value) -> Iterator[str]:
    what = f'what is under {under} ' if under else ''
    archived = _at(actions, 'baseBlob', 'tierToArchive', 'daysAfterModificationGreaterThan')
    cooled = _at(actions, 'baseBlob', 'tierToCool', 'daysAfterLastAccessTimeGreaterThan')
    deleted = _at(actions, 'baseBlob', 'delete', 'daysAfterModificationGreaterThan')
    if archived is not None:
        yield f'{what}to archive storage {"at once" if archived == 0 else f"after {days(archived)}"}'
    if cooled is not None:
        yield f'{what}to cool storage when nobody reads it for {days(cooled)}'
    if deleted is not None:
        yield f'{what}deleted after {days(deleted)}'
    elif _at(actions, 'version', 'delete') is not None and kept is not None:
        yield f'{what}old versions kept {days(kept)}'


def _by_account(plan: Plan, token: str) -> dict[str, Mapping[str, Value]]:
    return {str(each.inputs.get('accountName')): each.inputs for each in plan.resources_by_type.get(token, ())}


def _at(value: Value, *keys: str) -> Value:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _each(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list | tuple) else ()
