"""Runs the engine on stacks: previews, deploys, refreshes, destroys, and says what happened.

| module | is |
| --- | --- |
| `backend`, `project` | where stacks are kept; the files that an operation needs |
| `pulumi_cli`, `leftovers`, `stopping` | one process of the CLI, what it leaves behind, signals |
| `stack` | one stack: each operation is one process |
| `outcome` | what the engine says, without values |
| `state` | the exported state: what is there, what was interrupted, its hash |
| `entries`, `guards` | who is let in by which resource; what a run may take away |
| `moves` | who keeps one way in until another is there |
| `neighbours` | other stacks of the project, and who works on one |
| `saved_preview` | a preview in a file, and what differs from it now |
| `failures`, `locks` | what goes wrong, as sentences with the next command |
| `previews`, `rollout`, `teardown`, `tasks`, `pool` | many stacks in order, side by side where nothing forbids it |

Nothing is decided while the engine works: every `up` and `destroy` is previewed first, on a copy of the state, and
judged as a whole. The engine's own protection refuses only at the turn of a resource, when others have changed.
"""
