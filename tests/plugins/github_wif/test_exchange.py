"""Who comes in: tokens of a test issuer against a stand-in exchange, over what the plan would make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.plugins.github_wif.exchange import GOOGLE_IAM, TokenExchange
from tests.plugins.github_wif.federation import AZURE, GUARD, POOL, environment, federated, repository
from tests.plugins.github_wif.issuer import Issuer, job

AUDIENCE = f'{GOOGLE_IAM}{POOL}/providers/github-provider'
ACCOUNT = 'aligner-img-dev-deployer@lantern-common.iam.gserviceaccount.com'
NAMELESS = 'nameless-img-dev-deployer@lantern-common.iam.gserviceaccount.com'
AZURE_AUDIENCE = 'api://AzureADTokenExchange'
IDENTITY = 'aligner-img-dev-deployer'
ON_AZURE = environment(push_registry='lanterndev')
ISSUER = Issuer()


@pytest.fixture(scope='module')
def exchange() -> Iterator[TokenExchange]:
    aligner = repository(environments=[environment(), environment('production', push_registry='images', guard=GUARD)])
    plan = federated(
        aligner,
        repository('other', repository_id=7002),
        repository('nameless', repository_id=None),
        pam_broker={'github_repo': 'lantern/access', 'repository_id': 7003, 'environment': 'pam'},
        organisation={'azure': AZURE},
        azure={'resource_group': 'ci', 'transition': True, 'repositories': [repository(environments=[ON_AZURE])]},
    )
    with TokenExchange(plan, ISSUER) as serving:
        yield serving


def come_in(exchange: TokenExchange, claims: dict[str, Any], account: str = ACCOUNT, issuer: Issuer = ISSUER) -> str:
    """What a job is given, or why it is given nothing."""
    body = {'audience': AUDIENCE, 'subject_token': issuer.sign(claims)}
    first = httpx.post(f'{exchange.url}/v1/token', data=body)
    if first.status_code != 200:
        return str(first.json()['error'])
    second = httpx.post(
        f'{exchange.url}/v1/projects/-/serviceAccounts/{account}:generateAccessToken',
        headers={'Authorization': f'Bearer {first.json()["access_token"]}'},
    )
    answer = second.json()
    return str(answer.get('accessToken') or answer['error'])


def come_in_on_azure(exchange: TokenExchange, claims: dict[str, Any], identity: str = IDENTITY) -> str:
    body = {'client_id': identity, 'client_assertion': ISSUER.sign(claims)}
    answer = httpx.post(f'{exchange.url}/tenant/oauth2/v2.0/token', data=body).json()
    return str(answer.get('access_token') or answer['error'])


@pytest.mark.parametrize('by_ids', [False, True])
def test_both_forms_of_a_token_are_accepted(exchange: TokenExchange, by_ids: bool) -> None:
    assert come_in(exchange, job(AUDIENCE, by_ids=by_ids)) == f'token of {ACCOUNT}'


def test_a_repository_that_was_renamed_keeps_its_account(exchange: TokenExchange) -> None:
    assert come_in(exchange, job(AUDIENCE, repository='lantern/renamed', by_ids=True)) == f'token of {ACCOUNT}'


@pytest.mark.parametrize('by_ids', [False, True])
@pytest.mark.parametrize(
    'changes',
    [
        {'repository': 'lantern/other', 'repository_id': 7002},
        {'repository': 'lantern/stranger', 'repository_id': 8000},
        # Named like ours, but another one: a repository that was deleted and made again.
        {'repository_id': 8000},
        {'environment': 'production'},
        {'environment': 'Development2'},
    ],
)
def test_another_repository_or_environment_is_refused(
    exchange: TokenExchange, changes: dict[str, Any], by_ids: bool
) -> None:
    said = come_in(exchange, job(AUDIENCE, by_ids=by_ids, **changes))
    assert said == f"Permission 'iam.serviceAccounts.getAccessToken' denied on {ACCOUNT}"


@pytest.mark.parametrize('by_ids', [False, True])
def test_another_owner_is_refused_by_the_provider(exchange: TokenExchange, by_ids: bool) -> None:
    said = come_in(exchange, job(AUDIENCE, owner_id=6666, by_ids=by_ids))
    assert said == 'the attribute condition rejects the token'


def test_a_job_without_an_environment_is_refused(exchange: TokenExchange) -> None:
    said = come_in(exchange, job(AUDIENCE, environment=None))
    assert said == 'the mapping or condition has no value for the token: no such field: assertion.environment'


def test_an_environment_that_tries_to_be_another_repository_is_refused(exchange: TokenExchange) -> None:
    said = come_in(exchange, job(AUDIENCE, repository_id=70, environment='01/development'))
    assert said.startswith("Permission 'iam.serviceAccounts.getAccessToken' denied")


@pytest.mark.parametrize(
    ('claims', 'said'),
    [
        (job('//iam.googleapis.com/another'), 'the audience is not the provider’s'),
        (job(AUDIENCE, iss='https://issuer.example.org'), 'the issuer is not the provider’s'),
        (job(AUDIENCE, exp=1), 'the token has expired'),
    ],
)
def test_a_token_for_somebody_else_of_somebody_else_or_too_late_is_refused(
    exchange: TokenExchange, claims: dict[str, Any], said: str
) -> None:
    assert come_in(exchange, claims) == said


def test_a_token_that_another_signed_is_refused(exchange: TokenExchange) -> None:
    assert come_in(exchange, job(AUDIENCE), issuer=Issuer()) == 'the signature is not the issuer’s'


def test_without_a_number_the_token_that_names_the_repository_is_accepted_and_the_other_is_not(
    exchange: TokenExchange,
) -> None:
    named: dict[str, Any] = {'repository': 'lantern/nameless', 'repository_id': 7009}
    assert come_in(exchange, job(AUDIENCE, **named), NAMELESS) == f'token of {NAMELESS}'
    said = come_in(exchange, job(AUDIENCE, by_ids=True, **named), NAMELESS)
    assert said == f"Permission 'iam.serviceAccounts.getAccessToken' denied on {NAMELESS}"


def test_the_workflow_of_the_broker_comes_in_as_the_broker(exchange: TokenExchange) -> None:
    broker = 'pam-broker@lantern-common.iam.gserviceaccount.com'
    access: dict[str, Any] = {'repository': 'lantern/access', 'repository_id': 7003, 'environment': 'pam'}
    assert come_in(exchange, job(AUDIENCE, **access), broker) == f'token of {broker}'
    assert come_in(exchange, job(AUDIENCE), broker).startswith('Permission')


@pytest.mark.parametrize('by_ids', [False, True])
def test_in_transition_azure_accepts_both_forms(exchange: TokenExchange, by_ids: bool) -> None:
    assert come_in_on_azure(exchange, job(AZURE_AUDIENCE, by_ids=by_ids)) == f'token of {IDENTITY}'


@pytest.mark.parametrize('by_ids', [False, True])
@pytest.mark.parametrize(
    'changes',
    [
        {'repository': 'lantern/other', 'repository_id': 7002},
        {'repository': 'lantern/aligner2', 'repository_id': 70011},
        {'repository': 'stranger/aligner', 'repository_id': 8000, 'owner_id': 6666},
        {'repository': 'stranger/aligner', 'owner_id': 6666},
        {'environment': 'production'},
        # Azure minds the case of a subject.
        {'environment': 'Development'},
        {'environment': None},
        {'aud': AUDIENCE},
        {'iss': 'https://issuer.example.org'},
    ],
)
def test_azure_refuses_another_owner_repository_environment_audience_and_issuer(
    exchange: TokenExchange, changes: dict[str, Any], by_ids: bool
) -> None:
    assert come_in_on_azure(exchange, job(AZURE_AUDIENCE, by_ids=by_ids, **changes)).startswith('AADSTS700213')


@pytest.mark.parametrize('by_ids', [False, True])
def test_outside_a_transition_azure_accepts_the_stated_form_only(by_ids: bool) -> None:
    stated = repository(subject='ids' if by_ids else 'names', environments=[ON_AZURE])
    plan = federated(organisation={'azure': AZURE}, azure={'resource_group': 'ci', 'repositories': [stated]})
    with TokenExchange(plan, ISSUER) as serving:
        assert come_in_on_azure(serving, job(AZURE_AUDIENCE, by_ids=by_ids)) == f'token of {IDENTITY}'
        assert come_in_on_azure(serving, job(AZURE_AUDIENCE, by_ids=not by_ids)).startswith('AADSTS700213')


def test_on_azure_a_job_comes_in_as_its_own_identity_only() -> None:
    ours = [repository(environments=[ON_AZURE]), repository('other', repository_id=7002, environments=[ON_AZURE])]
    plan = federated(
        organisation={'azure': AZURE}, azure={'resource_group': 'ci', 'transition': True, 'repositories': ours}
    )
    with TokenExchange(plan, ISSUER) as serving:
        for by_ids in (False, True):
            claims = job(AZURE_AUDIENCE, by_ids=by_ids, repository='lantern/other', repository_id=7002)
            other = 'other-img-dev-deployer'
            assert come_in_on_azure(serving, claims, other) == f'token of {other}'
            assert come_in_on_azure(serving, claims, IDENTITY).startswith('AADSTS700213')
