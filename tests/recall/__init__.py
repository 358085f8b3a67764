"""The recall matrix: calls that must be found in replayed code, and must not in a step body.

`roles.md` has every spelling of an entry point and of a body, `positions.md` every place in a
function where a call can stand; both are crossed with `effects.py`. `names.py` makes a call of
each row of the names tables.
"""
