"""What FOCUS calls clouds and services."""

from __future__ import annotations

from typing import Final

PROVIDERS: Final = {'gcp': 'Google Cloud', 'azure': 'Microsoft', 'microsoft': 'Microsoft', 'ica': 'Illumina'}
"""Who sells and issues the invoice, by the ledger's cloud. Another cloud is called as it is there."""

SERVICES: Final = {
    'App Engine': 'Compute',
    'Artifact Registry': 'Developer Tools',
    'Bandwidth': 'Networking',
    'BigQuery': 'Analytics',
    'Cloud Build': 'Developer Tools',
    'Cloud DNS': 'Networking',
    'Cloud Functions': 'Compute',
    'Cloud Key Management Service (KMS)': 'Security',
    'Cloud Logging': 'Management and Governance',
    'Cloud Monitoring': 'Management and Governance',
    'Cloud Pub/Sub': 'Integration',
    'Cloud Run': 'Compute',
    'Cloud SQL': 'Databases',
    'Cloud Scheduler': 'Management and Governance',
    'Cloud Storage': 'Storage',
    'Compute Engine': 'Compute',
    'Container Registry': 'Developer Tools',
    'Dataproc': 'Analytics',
    'Hail compute': 'Compute',
    'Invoice': 'Other',
    'Kubernetes Engine': 'Compute',
    'Networking': 'Networking',
    'Secret Manager': 'Security',
    'Storage Accounts': 'Storage',
    'Virtual Machines': 'Compute',
    'Vertex AI': 'AI and Machine Learning',
}
"""Category by the ledger's description of a service; `Other` for the rest."""
