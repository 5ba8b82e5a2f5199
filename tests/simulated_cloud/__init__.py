"""A simulated cloud: a test double that the real Pulumi engine deploys to.

Providers of ours under the names of the real ones (`pulumi-resource-gcp`, `-azure-native`, `-azuread`) keep a cloud in
a file, Google Cloud in one and Azure in another. They know what the real ones know about the types that we use: what is
required, what forces a replacement, which outputs there are, and what a cloud refuses. Nothing here ever talks to a
cloud, and nothing outside `tests` imports it.

| module | is |
| --- | --- |
| `journal` | the state of one cloud, one file, shared by processes |
| `world` | what a type sees of the cloud while it serves one call |
| `kind` | what a provider knows about one type, and the usual life of a thing |
| `difference` | what changes between an old thing and new inputs |
| `faults` | the log of calls, and a script of what goes wrong |
| `wire` | values as the engine sends them |
| `servicer`, `provider` | the gRPC service, and the program that serves it |
| `gcp`, `azure` | the types of Google Cloud; those of Azure's resource manager and of its directory |
| `busy` | writes that must not meet |
| `naming` | naming rules |
| `seed` | what people made by hand before the first deployment |
| `launchers` | executables for a test: providers and the language host |
| `language_host` | runs a project folder, in place of Pulumi's own host for Python |
| `surroundings` | the services beside the cloud: groups' members, Hail Batch, metamist |
| `sandbox`, `__main__` | all of it for a person: `make sandbox`; the cloud by hand |
| `stand_in_for_cpg` | keeps what it is given, where a test is not about our own provider |
"""
