"""Local servers that speak as Google groups and billing, Hail Batch, metamist, Slack and Azure blobs do, traps and faults included.

Test doubles.

In a test: `with LocalServices() as services: …`. For a person: `python -m tests.services --port 8080`.
"""

from tests.services.faults import Fault
from tests.services.server import LocalServices
from tests.services.tokens import identity_token
from tests.services.world import World

__all__ = ['Fault', 'LocalServices', 'World', 'identity_token']
