"""Google's billing and its budgets, and Slack, as far as reports and cost control use them."""

from __future__ import annotations

from typing import Any

from tests.services.exchange import Answer, Request, google_error
from tests.services.world import World


class BillingServices:
    """`/billing/v1/projects/…/billingInfo`, `/budgets/v1/billingAccounts/…/budgets…`, `/slack/api/chat.postMessage`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def cloud_billing(self, request: Request) -> Answer:
        self._allow(request)
        _, _, project, *_ = request.parts
        projects = self._world.billing.projects
        if project not in projects:
            raise google_error(403, 'PERMISSION_DENIED', f'{project} does not exist, or you may not see it.')
        if request.method == 'PUT' and project not in self._world.billing.sticky:
            projects[project] = request.body['billingAccountName'].removeprefix('billingAccounts/')
        shown: dict[str, Any] = {'name': f'projects/{project}/billingInfo', 'projectId': project}
        if projects[project]:
            # What is false or empty is left out.
            shown |= {'billingAccountName': f'billingAccounts/{projects[project]}', 'billingEnabled': True}
        return Answer(body=shown)

    def budgets(self, request: Request) -> Answer:
        self._allow(request)
        _, _, account, _, *rest = request.parts
        held = self._world.billing.budgets
        if rest:
            name = f'billingAccounts/{account}/budgets/{rest[0]}'
            if name not in held:
                raise google_error(404, 'NOT_FOUND', f'There is no budget {name}.')
            return Answer(body=held[name])
        names = sorted(name for name in held if name.startswith(f'billingAccounts/{account}/'))
        start = int(request.query.get('pageToken', '0'))
        page = names[start : start + self._world.billing.page]
        more = {'nextPageToken': str(start + len(page))} if start + len(page) < len(names) else {}
        return Answer(body={'budgets': [held[name] for name in page], **more})

    def slack(self, request: Request) -> Answer:
        billing = self._world.billing
        if request.token not in billing.slack_tokens:
            return Answer(body={'ok': False, 'error': 'invalid_auth'})
        if request.body['channel'] not in billing.channels:
            return Answer(body={'ok': False, 'error': 'channel_not_found'})
        billing.posts.append(request.body)
        return Answer(body={'ok': True, 'ts': str(self._world.number())})

    def _allow(self, request: Request) -> None:
        if request.token not in self._world.google.tokens:
            raise google_error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
