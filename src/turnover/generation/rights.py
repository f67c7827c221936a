"""What a file's content credentials say of training on it (CAWG Training and Data Mining Assertion 1.1, section 3).

https://cawg.io ; C2PA 1.4, "Training and data mining", for the older names. Nothing is verified here: a signature would
say who spoke, and a refusal counts whoever speaks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue, Rights, Training
from turnover.generation.values import members

# A label may end with a version, and with a number where an assertion stands there twice (C2PA 2.0, 6.2).
_LABEL = re.compile(r"(?:cawg|c2pa)\.training-mining(?:\.v\d{1,3})?(?:__\d{1,4})?")
_GENERATIVE = ("cawg.ai_generative_training", "c2pa.ai_generative_training")
# By the letter only models that generate nothing. Who refuses these alone has said nothing of the others; that is
# taken for a refusal, as a permission is not for a permission.
_OTHER = ("cawg.ai_training", "c2pa.ai_training")
_STRICTEST: tuple[Training, ...] = ("notAllowed", "constrained", "allowed")
_WORDS = {word.casefold(): word for word in _STRICTEST}
_MOST_ASSERTIONS = 10_000


def rights_in(carriers: Iterable[Carrier]) -> Rights:
    """The strictest of what the manifests of a file say of training generative models, and which assertion says it.

    Manifests of what went into the file count too: whoever signs again cannot allow what they were not allowed.
    Text of any other kind, and what is no entry, says nothing. Never raises.
    """
    said = [one for carrier in carriers if (carrier.place, carrier.key) == ("C2PA", "c2pa") for one in _said(carrier)]
    found = min(said, key=lambda one: _STRICTEST.index(one[0]), default=None)
    return Rights() if found is None else Rights(found[0], source=f"C2PA, {found[1]}")


def _said(carrier: Carrier) -> Iterator[tuple[Training, str]]:
    """What each assertion says, and its label."""
    for label, entries in islice(_assertions(carrier.text), _MOST_ASSERTIONS):
        generative = _strictest(entries, _GENERATIVE)
        other = _strictest(entries, _OTHER)
        use = generative if generative is not None or other == "allowed" else other
        if use is not None:
            yield use, label


def _assertions(text: str) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    try:
        store: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return
    for manifest in members(members(store).get("manifests")).values():
        assertions = members(manifest).get("assertions")
        for assertion in map(members, assertions if isinstance(assertions, list) else ()):
            label = assertion.get("label")
            if isinstance(label, str) and _LABEL.fullmatch(label):
                data = members(assertion.get("data"))
                # Version 1.0 showed the entries without the map around them.
                yield label, members(data.get("entries")) or data


def _strictest(entries: dict[str, JsonValue], names: tuple[str, ...]) -> Training | None:
    words = (members(entries.get(name)).get("use") for name in names)
    uses = [_WORDS[word.casefold()] for word in words if isinstance(word, str) and word.casefold() in _WORDS]
    return min(uses, key=_STRICTEST.index, default=None)
