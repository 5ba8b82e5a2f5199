"""The entry points' work: a request in (`requests`), an answer out, whatever framework carries them.

`configured`: what they need. `handlers`: one function each. `response`, `logs`: what they say.
"""
