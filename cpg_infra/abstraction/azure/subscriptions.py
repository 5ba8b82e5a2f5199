"""Which provider works in a subscription.

Resources say in which resource group they are; the subscription is that of the provider. The default provider has it from
the stack's settings, so these must name the organisation's; each other subscription has a provider of its own.
"""

from __future__ import annotations

from typing import Final

from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.plan.builder import PlanBuilder
from cpg_infra.plan.provider import Provider, Setting

PACKAGE: Final = 'azure-native'
"""Whose resources lie in a subscription."""


def provider_in(subscription: str, azure: CPGInfrastructureConfig.Azure, builder: PlanBuilder) -> str | None:
    """Declare the provider that works in a subscription; its name, None for the default one."""
    subscription, organisations = subscription.lower(), azure.subscription.lower()
    if subscription != organisations:
        inputs = {'subscriptionId': subscription, 'tenantId': azure.tenant.lower()}
        return builder.provider(f'{PACKAGE}-{subscription}', Provider(PACKAGE, inputs))
    origin = organisation_path('azure', 'subscription')
    builder.setting(Setting(PACKAGE, 'subscriptionId', 'ARM_SUBSCRIPTION_ID', organisations, origin))
    return None
