"""What matters about a thing beyond its name, read from the inputs of its resource, in words.

One small function per type, in a table. Inputs are read with care: a plugin may declare a known type in a form
that nobody here has seen, and a report must not stop at that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from cpg_infra.plan import Resource
from cpg_infra.plan.values import Value, is_known


def facts(resource: Resource) -> list[str]:
    """What matters about what `resource` makes, most important first."""
    of = _FACTS.get(resource.type)
    return list(of(resource.inputs)) if of else []


def days(count: object) -> str:
    """`1 day`, `30 days`."""
    return f'{count} day{"" if count == 1 else "s"}'


def money(amount: object, currency: object) -> str:
    """`2,000 AUD`."""
    try:
        return f'{float(str(amount)):,.10g} {currency}'
    except ValueError:
        return f'{amount} {currency}'


def text(value: object) -> str:
    """A value as people read it; what only a deployment knows is in guillemets."""
    if value is None:
        return 'unset'
    if isinstance(value, list | tuple):
        return ', '.join(text(item) for item in value)
    return str(value)


def value_note(value: Value) -> str:
    """Where a secret value comes from. Never the value."""
    return 'value written' if is_known(value) else f'value known after deployment: {text(value)}'


def _at(value: object, *keys: str | int) -> object:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list | tuple) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _each(value: object) -> Iterator[object]:
    if isinstance(value, list | tuple):
        yield from value


Inputs = Mapping[str, Value]


def _bucket(inputs: Inputs) -> Iterator[str]:
    if region := inputs.get('location'):
        yield text(region)
    yield 'versions' if _at(inputs, 'versioning', 'enabled') is True else 'no versions'
    for rule in _each(inputs.get('lifecycleRules')):
        if said := _lifecycle(_at(rule, 'action', 'type'), _at(rule, 'action', 'storageClass'), _at(rule, 'condition')):
            yield said
    if _at(inputs, 'autoclass', 'enabled') is True:
        yield 'autoclass'
    if _at(inputs, 'softDeletePolicy', 'retentionDurationSeconds') == 0:
        yield 'no soft delete'
    if inputs.get('requesterPays') is True:
        yield 'reader pays'


def _lifecycle(action: object, storage_class: object, condition: object) -> str | None:
    age, noncurrent = _at(condition, 'age'), _at(condition, 'daysSinceNoncurrentTime')
    under = ' and '.join(text(prefix) for prefix in _each(_at(condition, 'matchesPrefixes')))
    what = f'what is under {under} ' if under else ''
    if action == 'AbortIncompleteMultipartUpload':
        # The same on every bucket.
        return None
    if action == 'SetStorageClass':
        return f'{what}to {text(storage_class).lower()} storage {"at once" if age == 0 else f"after {days(age)}"}'
    if action == 'Delete' and noncurrent is not None:
        return f'{what}old versions kept {days(noncurrent)}'
    if action == 'Delete' and age is not None:
        return f'{what}deleted after {days(age)}'
    return f'lifecycle rule {text(action)}'


def _dry_run_bucket(inputs: Inputs) -> Iterator[str]:
    yield 'versions' if inputs.get('versions') is True else 'no versions'
    yield from (text(rule) for rule in _each(inputs.get('lifecycle')))
    if inputs.get('autoclass') is True:
        yield 'autoclass'
    if inputs.get('softDelete') is False:
        yield 'no soft delete'
    if inputs.get('requesterPays') is True:
        yield 'reader pays'


def _budget(inputs: Inputs) -> Iterator[str]:
    amount = _at(inputs, 'amount', 'specifiedAmount')
    said = money(_at(amount, 'units'), _at(amount, 'currencyCode'))
    start = _at(inputs, 'budgetFilter', 'customPeriod', 'startDate')
    if start is not None:
        yield f'{said} from {_at(start, "year")}-{_at(start, "month"):>02}-{_at(start, "day"):>02} on'
    else:
        yield f'{said} a month'
    shares = [_at(rule, 'thresholdPercent') for rule in _each(inputs.get('thresholdRules'))]
    if shares:
        yield f'notified at {", ".join(f"{share:.0%}" if isinstance(share, float) else text(share) for share in shares)}'


def _dry_run_budget(inputs: Inputs) -> Iterator[str]:
    period = inputs.get('period')
    yield f'{money(inputs.get("amount"), inputs.get("currency"))} {"a month" if period == "month" else text(period)}'


def _project(inputs: Inputs) -> Iterator[str]:
    if account := inputs.get('billingAccount'):
        yield f'billed to {text(account)}'


def _registry(inputs: Inputs) -> Iterator[str]:
    yield text(inputs.get('format')).lower()
    if description := inputs.get('description'):
        yield text(description)


def _described(inputs: Inputs) -> Iterator[str]:
    if description := inputs.get('description') or inputs.get('displayName'):
        yield text(description)


def _hail_user(_: Inputs) -> Iterator[str]:
    yield 'identity known after deployment'


def _hail_project(inputs: Inputs) -> Iterator[str]:
    limit = inputs.get('limit')
    if limit is not None:
        yield f'limit {money(limit, "USD")}'


def _resource_group(inputs: Inputs) -> Iterator[str]:
    yield f'resource group in {text(inputs.get("location"))}'


def _azure_budget(inputs: Inputs) -> Iterator[str]:
    grain = {'Monthly': 'a month', 'Annually': 'a year'}.get(text(inputs.get('timeGrain')), '')
    start = text(_at(inputs, 'timePeriod', 'startDate')).partition('T')[0]
    yield f'{money(inputs.get("amount"), "in the currency of the bill")} {grain} from {start} on'
    notifications = inputs.get('notifications')
    if isinstance(notifications, dict):
        shares = [text(_at(each, 'threshold')) for each in notifications.values()]
        said = '%, '.join(share.removesuffix('.0') for share in shares)
        yield f'notified at {said}%'


def _storage_account(inputs: Inputs) -> Iterator[str]:
    yield text(inputs.get('location'))
    yield text(_at(inputs, 'sku', 'name'))


def _role(inputs: Inputs) -> Iterator[str]:
    for permission in _each(inputs.get('permissions')):
        yield ', '.join(text(each).partition('/containers/')[2] for each in _each(_at(permission, 'dataActions')))


def _federation(inputs: Inputs) -> Iterator[str]:
    yield f'{text(inputs.get("subject"))} of {text(inputs.get("issuer"))}'


_FACTS: Final[Mapping[str, Callable[[Inputs], Iterator[str]]]] = {
    'azure-native:authorization:RoleDefinition': _role,
    'azure-native:consumption:Budget': _azure_budget,
    'azure-native:managedidentity:FederatedIdentityCredential': _federation,
    'azure-native:resources:ResourceGroup': _resource_group,
    'azure-native:storage:StorageAccount': _storage_account,
    'cpg:hail:BillingProject': _hail_project,
    'cpg:hail:User': _hail_user,
    'dry-run:bucket': _dry_run_bucket,
    'dry-run:budget': _dry_run_budget,
    'dry-run:machine-account': _described,
    'dry-run:registry': _registry,
    'gcp:artifactregistry/repository:Repository': _registry,
    'gcp:billing/budget:Budget': _budget,
    'gcp:organizations/project:Project': _project,
    'gcp:serviceaccount/account:Account': _described,
    'gcp:storage/bucket:Bucket': _bucket,
}
