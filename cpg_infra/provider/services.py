"""The resource types at work: one client, one set of credentials, and a `ResourceKind` for each type token."""

from __future__ import annotations

from collections.abc import Mapping

from cpg_infra.provider.azure_blobs import AzureBlob
from cpg_infra.provider.blob_storage import BlobStorage
from cpg_infra.provider.cancelling import Cancelling
from cpg_infra.provider.cloud_identity import CloudIdentity
from cpg_infra.provider.credentials import Credentials
from cpg_infra.provider.google_groups import GroupMembers
from cpg_infra.provider.groups_settings import GroupsSettings
from cpg_infra.provider.hail import Hail
from cpg_infra.provider.hail_billing_projects import HailBillingProject
from cpg_infra.provider.hail_users import HailUser
from cpg_infra.provider.http import Http
from cpg_infra.provider.metamist_projects import MetamistProject
from cpg_infra.provider.redaction import Redaction
from cpg_infra.provider.replication import Replication
from cpg_infra.provider.resource import ResourceKind
from cpg_infra.provider.settings import Settings


class Services:
    """What one configuration of the provider amounts to. Close it in the end."""

    def __init__(
        self, settings: Settings, redaction: Redaction, cancelling: Cancelling, environment: Mapping[str, str]
    ) -> None:
        self._http = http = Http(settings)
        credentials = Credentials(settings, http, redaction, environment)
        hail = Hail(http, credentials)
        self.kinds: Mapping[str, ResourceKind] = {
            'cpg:azure:Blob': AzureBlob(BlobStorage(http, credentials, settings), Replication(cancelling, settings)),
            'cpg:google:GroupMembers': GroupMembers(
                CloudIdentity(http, credentials, settings), GroupsSettings(http, credentials, settings)
            ),
            'cpg:hail:User': HailUser(
                hail, cancelling, patience=settings.hail_user_timeout, first_wait=settings.first_wait
            ),
            'cpg:hail:BillingProject': HailBillingProject(hail),
            'cpg:metamist:Project': MetamistProject(http, credentials, settings),
        }

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()
