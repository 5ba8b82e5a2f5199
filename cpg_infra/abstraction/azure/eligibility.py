"""Temporary access: a group is eligible for reading one container, and its members activate that for some hours.

The rules of activation belong to a role *and* a resource and are inherited from nowhere, so each main container has a
policy of its own. Azure makes it with the container, under a name that nobody can choose; it can only be changed
(https://learn.microsoft.com/rest/api/authorization/privileged-role-policy-rest-sample).
"""

from __future__ import annotations

from collections.abc import Iterable

from cpg_infra.abstraction.specification import TemporaryAccess
from cpg_infra.plan.values import Text, Value

A_YEAR = 'P365D'
"""For how long the rules that Azure begins with let somebody be eligible."""


def eligibility_inputs(
    scope: str, role_id: str, group: Text, terms: TemporaryAccess, *, renewed: bool
) -> dict[str, Value]:
    """The inputs of `azure-native:authorization:PimRoleEligibilitySchedule`.

    Under rules that nobody has changed it ends after a year and must be `renewed`.
    """
    expiration: Value = {'type': 'AfterDuration', 'duration': A_YEAR} if renewed else {'type': 'NoExpiration'}
    return {
        'scope': scope,
        'roleDefinitionId': role_id,
        'principalId': group,
        'scheduleInfo': {'expiration': expiration},
        'justification': terms.identifier,
    }


def policy_inputs(scope: str, name: str, terms: TemporaryAccess, approvers: Iterable[Text]) -> dict[str, Value]:
    """The inputs of `azure-native:authorization:RoleManagementPolicy`: what activation takes and how long it lasts."""
    hours = int(terms.max_duration.total_seconds() // 3600)
    activation = _target('EndUser', 'Assignment')
    rules: list[Value] = [
        {
            'id': 'Expiration_Admin_Eligibility',
            'ruleType': 'RoleManagementPolicyExpirationRule',
            'isExpirationRequired': False,
            'target': _target('Admin', 'Eligibility'),
        },
        {
            'id': 'Expiration_EndUser_Assignment',
            'ruleType': 'RoleManagementPolicyExpirationRule',
            'isExpirationRequired': True,
            'maximumDuration': f'PT{hours}H',
            'target': activation,
        },
        {
            'id': 'Enablement_EndUser_Assignment',
            'ruleType': 'RoleManagementPolicyEnablementRule',
            'enabledRules': ['Justification'],
            'target': activation,
        },
    ]
    stage: Value = {
        'approvalStageTimeOutInDays': 1,
        'isApproverJustificationRequired': False,
        'isEscalationEnabled': False,
        'primaryApprovers': [{'id': approver, 'userType': 'Group'} for approver in approvers],
    }
    if terms.approvers:
        rules.append(
            {
                'id': 'Approval_EndUser_Assignment',
                'ruleType': 'RoleManagementPolicyApprovalRule',
                'setting': {
                    'isApprovalRequired': True,
                    'isApprovalRequiredForExtension': False,
                    'isRequestorJustificationRequired': True,
                    'approvalMode': 'SingleStage',
                    'approvalStages': [stage],
                },
                'target': activation,
            },
        )
    if terms.notify:
        rules.append(
            {
                'id': 'Notification_Admin_EndUser_Assignment',
                'ruleType': 'RoleManagementPolicyNotificationRule',
                'notificationType': 'Email',
                'recipientType': 'Admin',
                'notificationLevel': 'All',
                'isDefaultRecipientsEnabled': False,
                'notificationRecipients': sorted(terms.notify),
                'target': activation,
            },
        )
    return {'scope': scope, 'roleManagementPolicyName': name, 'rules': rules}


def _target(caller: str, level: str) -> Value:
    return {'caller': caller, 'level': level, 'operations': ['All'], 'targetObjects': [], 'enforcedSettings': []}
