"""People and the groups an organisation makes for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field, model_validator

from cpg_infra.config.base import FrozenDict, Model
from cpg_infra.config.names import CloudName, UserId


class HailAccount(Model):
    """A Hail Batch user and the cloud identity its jobs run as."""

    username: str = Field(description='Name of the Hail Batch user.')
    cloud_id: str = Field(description='Address of the identity its jobs run as.')


class CPGInfrastructureUser(Model):
    """One person of the organisation."""

    class Cloud(Model):
        """A person's account on one cloud."""

        id: str = Field(description='Address of the account: an e-mail address, or a principal name on Azure.')
        hail_batch_username: str | None = Field(
            default=None,
            description='Name of the Hail Batch user of this person, if there is one.',
        )

    id: UserId = Field(description='What members lists call this person.')
    clouds: FrozenDict[CloudName, CPGInfrastructureUser.Cloud] = Field(
        description='The accounts of this person, one per cloud.',
    )
    can_access_internal_dataset_logs: bool = Field(
        default=False,
        description='Whether this person sees the Dataproc logs and Hail Batch projects of internal datasets.',
    )


class CPGInfrastructureGroup(Model):
    """A group of people that belongs to no dataset."""

    name: str = Field(description='Name of the group, without prefix and domain.')
    description: str = Field(description='What the group is for; shown in the directory.')
    members: tuple[UserId, ...] = Field(default=(), description='User ids of the members.')


class DatasetMember(Model):
    """A person in a group of a dataset, perhaps for a limited time."""

    id: UserId = Field(description='User id of the member.')
    expires: dt.date | None = Field(
        default=None,
        description='Last day of the membership (YYYY-MM-DD); the member is dropped the day after.',
    )
    reason: str | None = Field(default=None, description='Why the member is here; for reviewers and reports.')

    @model_validator(mode='before')
    @classmethod
    def _from_user_id(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """A bare user id is a member without an end."""
        return {'id': value} if isinstance(value, str) else value

    def is_past(self, date: dt.date | None) -> bool:
        """Whether the membership has ended by `date`; without a date nothing has."""
        return self.expires is not None and date is not None and self.expires < date
