"""Temporary access as a Privileged Access Manager entitlement."""

from __future__ import annotations

from cpg_infra.abstraction.gcp import iam
from cpg_infra.abstraction.handles import Bucket
from cpg_infra.abstraction.specification import TemporaryAccess
from cpg_infra.plan.access import Principal
from cpg_infra.plan.computations import concat
from cpg_infra.plan.values import Text, Value

VIEWER = 'roles/storage.objectViewer'
"""Entitlements take predefined roles; this one lists and reads objects."""


def only(bucket: Bucket) -> str:
    """The condition that narrows a role on a project to one bucket and its objects."""
    resource = f'projects/_/buckets/{bucket.name}'
    return (
        f'resource.service == "storage.googleapis.com" && (resource.name == "{resource}"'
        f' || resource.name.startsWith("{resource}/objects/"))'
    )


def entitlement_inputs(
    group: Principal,
    bucket: Bucket,
    terms: TemporaryAccess,
    project_number: Text,
) -> dict[str, Value]:
    """The inputs of `gcp:privilegedaccessmanager/entitlement:entitlement`."""
    project = concat('projects/', project_number)
    inputs: dict[str, Value] = {
        'entitlementId': terms.identifier,
        'location': 'global',
        'parent': project,
        'maxRequestDuration': f'{int(terms.max_duration.total_seconds())}s',
        'eligibleUsers': [{'principals': [iam.member(group)]}],
        'requesterJustificationConfig': {'unstructured': {}},
        'privilegedAccess': {
            'gcpIamAccess': {
                'resource': concat('//cloudresourcemanager.googleapis.com/', project),
                'resourceType': 'cloudresourcemanager.googleapis.com/Project',
                'roleBindings': [{'role': VIEWER, 'conditionExpression': only(bucket)}],
            },
        },
    }
    if terms.approvers:
        step: Value = {
            # The only number that Google supports: a second approval is a second step.
            'approvalsNeeded': 1,
            'approvers': {'principals': [iam.group_member(address) for address in sorted(terms.approvers)]},
        }
        inputs['approvalWorkflow'] = {
            'manualApprovals': {'requireApproverJustification': False, 'steps': [step] * terms.approvals},
        }
    if terms.notify:
        inputs['additionalNotificationTargets'] = {'adminEmailRecipients': sorted(terms.notify)}
    return inputs
