"""From selectors (codes, prefixes of codes, names, ALL) to the rules that are on."""

from __future__ import annotations

from collections.abc import Iterable

from durable_lint.catalogue import Catalogue

# What cannot be read cannot be judged: no choice of rules hides that, only ignoring it by name.
_ALWAYS = frozenset({"LDF900"})

# More than the length of any prefix: a whole code or name outweighs them.
_EXACT = 100


def enabled(
    rules: Catalogue, layers: Iterable[tuple[Iterable[str] | None, Iterable[str], Iterable[str]]]
) -> frozenset[str]:
    """Return the codes that are on after all `layers` of (select, extend-select, ignore).

    A layer with a `select` starts afresh, but for what is unreadable. Within a layer the more
    specific selector wins: a whole code or name over a longer prefix, over a shorter one, over ALL.
    Preview rules are chosen by their code or name only. Raises UnknownRuleError for a selector that
    fits nothing.
    """
    chosen = {code for code in rules.codes if rules.rule(code).default}
    for select, extend, ignore in layers:
        if select is not None:
            chosen &= _ALWAYS
        picks = [(selector, True) for selector in (*(select or ()), *extend)]
        picks += [(selector, False) for selector in ignore]
        for selector, wanted in sorted(picks, key=lambda pick: _specificity(rules, pick[0])):
            codes = rules.expand(selector)
            exact = _specificity(rules, selector) == _EXACT
            for code in codes:
                if not wanted:
                    chosen.discard(code)
                elif exact or not rules.rule(code).preview:
                    chosen.add(code)
    return frozenset(chosen)


def _specificity(rules: Catalogue, selector: str) -> int:
    if selector == "ALL":
        return 0
    whole = selector.upper() in rules.codes or selector in rules.names.values()
    return _EXACT if whole else len(selector)
