"""The resource types of the provider `cpg`, as data: what each takes, what it gives.

This is the one source of truth. The provider serves these types, the drivers write inputs of this shape, and the
conformance tests hold plans against it. Every input is an output as well, under the same name; `outputs` holds
what a type adds. Tokens belong to the provider's configuration, never to a resource.

Nothing here needs Pulumi.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias


class Scalar(StrEnum):
    """A plain value, as a Pulumi schema spells it."""

    TEXT = 'string'
    NUMBER = 'number'
    FLAG = 'boolean'


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few texts."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """Any number of values of one type."""

    item: PropertyType


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """Values under known keys."""

    properties: Mapping[str, Property]


PropertyType: TypeAlias = Scalar | OneOf | ListOf | ObjectOf


@dataclass(frozen=True, slots=True)
class Property:
    """One input or output. A `secret` one is encrypted in the state and never shown."""

    type: PropertyType
    description: str
    required: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource: `outputs` are those that it has beyond its inputs."""

    description: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property] = field(default_factory=dict)

    @property
    def properties(self) -> Mapping[str, Property]:
        """Inputs and outputs."""
        return {**self.inputs, **self.outputs}


_TEXTS: Final = ListOf(Scalar.TEXT)
_CLOUD: Final = Property(OneOf(('gcp', 'azure')), 'The cloud of the service.', required=True)

SCHEMA: Final[Mapping[str, ResourceType]] = {
    'cpg:azure:Blob': ResourceType(
        'A text in a container of an Azure storage account, written as ourselves instead of with a key of the account.',
        {
            'account': Property(Scalar.TEXT, 'Name of the storage account.', required=True),
            'container': Property(Scalar.TEXT, 'Name of the container.', required=True),
            'name': Property(Scalar.TEXT, 'Name of the blob; slashes make folders of it.', required=True),
            'content': Property(Scalar.TEXT, 'What is in it, stored as UTF-8.', required=True, secret=True),
            'contentType': Property(Scalar.TEXT, 'Its media type; `text/plain; charset=utf-8` otherwise.'),
        },
        {
            'etag': Property(Scalar.TEXT, 'What the service calls this state of the blob.', required=True),
            'url': Property(Scalar.TEXT, 'Address of the blob.', required=True),
        },
    ),
    'cpg:google:GroupMembers': ResourceType(
        'The whole member list of one Google group, and its setting for members from outside the domain.',
        {
            'group': Property(
                Scalar.TEXT,
                'The group: its address, or `groups/…` when it was made by hand.',
                required=True,
            ),
            'members': Property(
                _TEXTS,
                'Addresses of the direct members, groups included. Absent: members are left alone; empty: there are none.',
            ),
            'authoritative': Property(
                Scalar.FLAG,
                'Whether members that nobody declared are removed. Otherwise only those are that this resource added.',
            ),
            'allowExternalMembers': Property(
                OneOf(('true', 'false')),
                'The setting, which Google keeps as a text. Absent: it is left alone.',
            ),
        },
        {
            'added': Property(_TEXTS, 'Addresses that this resource added, and removes in the end.', required=True),
            'undeclared': Property(_TEXTS, 'Addresses that are in the group and were not declared.', required=True),
        },
    ),
    'cpg:hail:User': ResourceType(
        'A user of Hail Batch that programs run as. Never deleted.',
        {
            'username': Property(Scalar.TEXT, 'Name of the user.', required=True),
            'url': Property(Scalar.TEXT, 'Address of the auth service.', required=True),
            'cloud': _CLOUD,
        },
        {
            'identity': Property(
                Scalar.TEXT,
                'Address of the cloud identity that its jobs run as; known once the service has made it.',
                required=True,
            ),
        },
    ),
    'cpg:hail:BillingProject': ResourceType(
        'A billing project of Hail Batch: who may charge jobs to a dataset, and up to what.',
        {
            'name': Property(Scalar.TEXT, 'Name of the billing project.', required=True),
            'users': Property(_TEXTS, 'Names of its Hail Batch users.', required=True),
            'url': Property(Scalar.TEXT, 'Address of the batch service.', required=True),
            'cloud': _CLOUD,
            'limit': Property(Scalar.NUMBER, 'What may be spent, in US dollars. Absent: there is no limit.'),
        },
        {'status': Property(OneOf(('open', 'closed')), 'Whether jobs may be charged to it.', required=True)},
    ),
    'cpg:metamist:Project': ResourceType(
        'A project of the metadata service. Never deleted.',
        {
            'name': Property(Scalar.TEXT, 'Name of the project.', required=True),
            'dataset': Property(Scalar.TEXT, 'Dataset that the project belongs to.', required=True),
            'members': Property(
                ObjectOf(
                    {
                        'reader': Property(_TEXTS, 'Addresses of those who read.'),
                        'contributor': Property(_TEXTS, 'Addresses of those who add.'),
                        'writer': Property(_TEXTS, 'Addresses of those who change.'),
                    },
                ),
                'Who has which role. Absent: members are left alone. Our own roles as administrator are kept.',
            ),
            'url': Property(Scalar.TEXT, 'Address of the service; otherwise that of the provider’s configuration.'),
            'audience': Property(
                Scalar.TEXT,
                'Audience of the identity token; otherwise that of the provider’s configuration.',
            ),
        },
    ),
}
"""The resource types by token."""
