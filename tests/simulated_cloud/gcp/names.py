"""Google's naming rules."""

from __future__ import annotations

PROJECT_ID = r'[a-z][a-z0-9-]{4,28}[a-z0-9]'
ACCOUNT_ID = r'[a-z](?:[-a-z0-9]{4,28}[a-z0-9])'
BUCKET = r'[a-z0-9][-a-z0-9_]{1,61}[a-z0-9]'
NOT_IN_A_BUCKET = r'^goog|google'
SECRET_ID = r'[A-Za-z0-9_-]{1,255}'
ENTITLEMENT_ID = r'[a-z][a-z0-9-]{2,61}[a-z0-9]'
REPOSITORY_ID = r'[a-z][a-z0-9-]{0,61}[a-z0-9]'
