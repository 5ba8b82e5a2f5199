"""Secrets: one vault per dataset, opened by roles and by nothing else."""

from __future__ import annotations

from functools import cached_property

from cpg_infra.abstraction.azure.fitting import vault_name
from cpg_infra.abstraction.azure.names import AzureNames
from cpg_infra.abstraction.azure.scopes import secret_scope, vault_scope
from cpg_infra.abstraction.base import PROTECTED
from cpg_infra.abstraction.handles import By, Secret
from cpg_infra.plan.access import Asset, AssetKind
from cpg_infra.plan.resource import Options
from cpg_infra.plan.values import Text, Value

SOFT_DELETE_DAYS = 90
"""For how long a deleted secret, and the name of a deleted vault, are kept. Fixed when the vault is made."""

_SECRET = Options(secret_inputs=('properties',))


class AzureVaults(AzureNames):
    """A vault and the secrets in it."""

    @cached_property
    def _vault(self) -> tuple[str, str]:
        """The vault's name and logical name; made on first use."""
        name, by = vault_name(self.project_name), self._by('project', *self.place)
        asset = self._asset(AssetKind.VAULT, name, by, within=self.project.asset, holds_data=True).key
        logical = self.logical('vault')
        properties: dict[str, Value] = {
            'tenantId': self.azure.tenant,
            'sku': {'family': 'A', 'name': 'standard'},
            'enableRbacAuthorization': True,
            'enableSoftDelete': True,
            'softDeleteRetentionInDays': SOFT_DELETE_DAYS,
            'enablePurgeProtection': True,
        }
        self._resource(
            logical,
            'azure-native:keyvault:Vault',
            name,
            {
                'vaultName': name,
                'resourceGroupName': self.project.name,
                'location': self.region,
                'properties': properties,
                'tags': {'dataset': self.dataset.dataset},
            },
            by,
            asset,
            depends_on=[self.project.resource],
            options=PROTECTED,
        )
        return name, logical

    def _lower_secret(self, secret: Secret, by: By) -> None:
        """A secret is nothing without a value: it is made with that. Its place is known before."""
        name, _ = self._vault
        scope = vault_scope(self.scope_of_project(self.project), name)
        self.state.scopes[secret.asset] = secret_scope(scope, secret.name)
        self.state.at_the_end.append(lambda: self._refuse_empty(secret, by))

    def _refuse_empty(self, secret: Secret, by: By) -> None:
        if not self.builder.has_resource(str(secret.resource)):
            self.diagnose('secret-without-value', f'on {self.cloud} the secret {secret.name} needs a value', by)

    def _lower_secret_version(self, asset: Asset, key: str, secret: Secret, content: Text, by: By) -> None:
        name, logical = self._vault
        self._resource(
            str(secret.resource),
            'azure-native:keyvault:Secret',
            f'{name}/{secret.name}',
            {
                'secretName': secret.name,
                'vaultName': name,
                'resourceGroupName': self.project.name,
                'properties': {'value': content, 'contentType': 'text/plain'},
            },
            by,
            secret.asset,
            asset.key,
            depends_on=[logical],
            options=_SECRET,
        )
