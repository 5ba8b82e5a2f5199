"""What running jobs read: storage TOMLs, `infrastructure.toml`, members caches, and the stack's outputs.

The analysis runner fails when a storage file is missing, so these files are part of the contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cpg_infra.abstraction import Bucket, By
from cpg_infra.config import CPGDatasetComponents, Namespace
from cpg_infra.driver.organisation_cloud import OrganisationCloud
from cpg_infra.plan import PlanError
from cpg_infra.plan.computations import member_lines

if TYPE_CHECKING:
    from cpg_infra.driver.dataset_cloud import DatasetCloud
    from cpg_infra.driver.groups import PlaceholderGroup
    from cpg_infra.driver.infrastructure import Infrastructure

PUBLISHED: Mapping[Namespace, Mapping[str, str]] = {
    Namespace.MAIN: {
        'default': 'main',
        'web': 'main-web',
        'analysis': 'main-analysis',
        'tmp': 'main-tmp',
        'upload': 'main-upload',
    },
    Namespace.TEST: {
        'default': 'test',
        'web': 'test-web',
        'analysis': 'test-analysis',
        'tmp': 'test-tmp',
        'upload': 'test-upload',
    },
}
"""The keys of a storage table and the buckets they name."""

Table = Mapping[tuple[str, ...], Mapping[str, str]]
"""TOML tables by their path."""


def toml(tables: Table) -> str:
    """TOML of flat tables of texts: tables depth first and keys, each by code point, a blank line between tables.

    The bytes are an interface (a change rewrites every file), so no library's formatting is relied upon.
    """
    blocks = []
    for path in sorted(tables):
        lines = [f'[{".".join(_toml_key(step) for step in path)}]']
        lines += [
            f'{_toml_key(key)} = {json.dumps(text, ensure_ascii=False)}' for key, text in sorted(tables[path].items())
        ]
        blocks.append('\n'.join(lines))
    return '\n\n'.join(blocks) + '\n'


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r'[A-Za-z0-9_-]+', key) else json.dumps(key, ensure_ascii=False)


def storage_table(dataset: DatasetCloud, namespace: Namespace) -> dict[str, str]:
    """One dataset's buckets in one namespace, as its jobs name them."""
    storage = dataset.storage
    buckets: dict[str, Bucket] = {**storage.main_buckets, **storage.test_buckets}
    buckets['main-upload'] = dataset.uploads.default_bucket
    table = {key: buckets[suffix].address for key, suffix in PUBLISHED[namespace].items()}
    web = dataset.root.root.config.web_service
    if web is not None and web.web_url_template is not None:
        table['web_url'] = web.web_url_template.format(namespace=namespace.value, dataset=dataset.name)
    return table


def _storage_tables(dataset: DatasetCloud, namespace: Namespace) -> dict[tuple[str, ...], dict[str, str]]:
    """The tables of the storage file of `dataset`: its own, as `default` and by name, and its dependencies'."""
    named = [('default', dataset), (dataset.name, dataset)]
    for other in dataset.root.all_dependencies:
        there = other.on.get(dataset.cloud)
        if there is not None and there.has(CPGDatasetComponents.STORAGE):
            named.append((other.name, there))
    tables: dict[tuple[str, ...], dict[str, str]] = {}
    for name, there in named:
        if namespace is Namespace.MAIN:
            tables['storage', name] = storage_table(there, Namespace.MAIN)
            if there.config.setup_test:
                tables['storage', name, 'test'] = storage_table(there, Namespace.TEST)
        elif there.config.setup_test:
            tables['storage', name] = storage_table(there, Namespace.TEST)
    return tables


def declare_storage_files(organisation: OrganisationCloud, store: OrganisationCloud) -> None:
    """`storage/<cloud>/<dataset>-<namespace>.toml` in the configuration's destination, which `store` holds."""
    cloud = organisation.cloud.value
    for dataset in organisation.root.deployed_on(organisation.cloud):
        if not dataset.has(CPGDatasetComponents.STORAGE):
            continue
        namespaces = [Namespace.MAIN, *([Namespace.TEST] if dataset.config.setup_test else [])]
        for namespace in namespaces:
            name = f'{dataset.name}-{namespace.value}'
            _write(
                store,
                f'storage-config-{cloud}-{name}',
                f'storage/{cloud}/{name}.toml',
                toml(_storage_tables(dataset, namespace)),
                dataset.by('storage', 'components', cloud),
            )


def declare_infrastructure_file(root: Infrastructure, store: OrganisationCloud) -> None:
    """`infrastructure.toml`: where members caches and git credentials are."""
    hail = root.config.hail
    table = {'members_cache_location': store.members_cache.address}
    if hail is not None and hail.gcp is not None and hail.gcp.git_credentials_secret_name is not None:
        table['git_credentials_secret_name'] = hail.gcp.git_credentials_secret_name
        table['git_credentials_secret_project'] = str(hail.gcp.git_credentials_secret_project)
    tables: dict[tuple[str, ...], Mapping[str, str]] = {('infrastructure',): table}
    for organisation in root.on.values():
        if organisation is not store and not organisation.infrastructure.on_paper:
            # Jobs elsewhere read the cache of their own cloud.
            cache = {'members_cache_location': organisation.members_cache.address}
            tables['infrastructure', organisation.cloud.value] = cache
            organisation.infrastructure.output('members-cache-bucket', organisation.members_cache.address)
    by = store.by('outputs', 'config_destination')
    _write(store, 'infrastructure-config', 'infrastructure.toml', toml(tables), by)
    store.infrastructure.output('members-cache-bucket', store.members_cache.address)


def declare_members_caches(root: Infrastructure) -> None:
    """One blob per cached group, with everybody in it. Names never carry the group prefix."""
    for group in _cached(root):
        organisation = root.on[group.cloud]
        infrastructure = organisation.infrastructure
        addresses = [principal.address for principal in root.groups.resolve(group)]
        infrastructure.blob(
            infrastructure.cache_blob_name(group.name),
            organisation.members_cache,
            f'{group.name}-members.txt',
            member_lines(addresses),
            By(group.by.owner, group.by.origin),
        )


def _cached(root: Infrastructure) -> Iterator[PlaceholderGroup]:
    return (group for group in root.groups if group.cached)


def _write(store: OrganisationCloud, logical: str, path: str, content: str, by: By) -> None:
    origin = store.by('outputs', 'config_destination')
    if store.destination is None:
        # Validation has refused a destination that is on no cloud of the organisation.
        raise PlanError(f'{store.root.config.config_destination} is not on {store.cloud}')
    bucket_name, prefix = store.destination
    bucket = store.infrastructure.existing_bucket(bucket_name, origin)
    store.infrastructure.blob(logical, bucket, f'{prefix}{path}', content, by)
