"""What Croissant says of a dataset as a whole: where it comes from, what may be done with it, what to beware of.

Properties of PROV-O, schema.org and Croissant RAI 1.0. Only what is known is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from turnover.core.clip import JsonValue
from turnover.core.generation import ModelUse
from turnover.datasets.croissant_making import Making
from turnover.datasets.dataset import Dataset
from turnover.datasets.survey import Survey
from turnover.version import VERSION

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_RIGHTS = ("allowed", "constrained", "notAllowed")
"""In the words of CAWG's assertion on training and data mining."""
_MOST_NAMED = 8


def origin(dataset: Dataset, survey: Survey, making: Making) -> dict[str, JsonValue]:
    """What made it, from which dataset it comes, and what its rights say."""
    found: dict[str, JsonValue] = {
        "digitalSourceType": _source_type(dataset, making),
        "prov:wasGeneratedBy": _activity(making),
        "prov:wasDerivedFrom": None if dataset.parent is None else _entity("the version before", dataset.parent),
        "usageInfo": _usage(making),
    }
    return {key: value for key, value in found.items() if value is not None}


def _source_type(dataset: Dataset, making: Making) -> str | None:
    """The one that holds for all: as the files tell, else as a person does."""
    told = {kind for kind in making.source_types if kind is not None}
    if len(told) == 1 and making.source_types[None] == 0:
        return _SOURCE_TYPES + told.pop()
    is_said = dataset.total > 0 and making.called_synthetic[True] == dataset.total
    return _SOURCE_TYPES + "trainedAlgorithmicMedia" if is_said and not told else None


def _activity(making: Making) -> JsonValue:
    """Programs, models and LoRAs that all samples have in common which say how they were made."""
    used: list[JsonValue] = [_model(model) for model in sorted(making.models or (), key=lambda m: (m.name, str(m)))]
    used += [
        _entity(f"LoRA {name}", sha256 and f"sha256:{sha256}")
        for name, sha256 in sorted(making.loras or (), key=lambda one: (one[0], one[1] or ""))
    ]
    agents: list[JsonValue] = [
        {"@type": "prov:SoftwareAgent", "prov:label": tool, "name": tool} for tool in sorted(making.tools or ())
    ]
    if not used and not agents:
        return None
    return {
        "@type": "prov:Activity",
        "prov:label": f"Generation of the {making.told} samples that say how they were made",
        **({"prov:used": used} if used else {}),
        **({"prov:wasAssociatedWith": agents} if agents else {}),
    }


def _model(model: ModelUse) -> JsonValue:
    role = f" ({model.role})" if model.role else ""
    return _entity(f"model {model.name}{role}", f"sha256:{model.file.sha256}" if model.file else model.hash)


def _entity(label: str, identifier: str | None) -> JsonValue:
    known: dict[str, JsonValue] = {"identifier": identifier} if identifier else {}
    return {"@type": "prov:Entity", "prov:label": label, "name": label, **known}


def _usage(making: Making) -> JsonValue:
    """What the rights of the samples say of training."""
    said = [f"{kind} for {making.training[kind]}" for kind in _RIGHTS if making.training[kind]]
    if not said and not making.licences:
        return None
    said += [f"not said for {making.training[None]}"] if making.training[None] else []
    text = f"Training on these samples: {', '.join(said)}."
    if making.licences:
        text += f" Licences of samples: {_most(making.licences)}."
    return {"@type": "CreativeWork", "name": "Rights of the samples", "description": text}


# ---------------------------------------------------------------------------------------------------- responsible AI


def responsible(dataset: Dataset, survey: Survey, making: Making) -> dict[str, JsonValue]:
    """The properties of Croissant RAI 1.0."""
    found: dict[str, JsonValue] = {
        "rai:dataCollection": _collection(dataset, survey),
        "rai:dataCollectionType": ["Synthetic data generation"] if survey.synthetic else [],
        "rai:dataCollectionTimeframe": _days(making),
        "rai:dataPreprocessingProtocol": list(_preprocessing(dataset)),
        "rai:dataAnnotationProtocol": (
            "Captions are texts that people gave, or the prompts, cleaned of what only a generator reads. Quality"
            " scores and failure tags are measured frame by frame unless a person gave them."
        ),
        "rai:machineAnnotationTools": [f"turnover {VERSION}"],
        "rai:dataBiases": list(_biases(survey)),
        "rai:dataLimitations": list(_limitations(dataset, survey)),
        "rai:personalSensitiveInformation": list(_personal(survey)),
        "rai:dataUseCases": [f"Training and evaluation of models that generate {_things(dataset)} from text"],
        "rai:dataReleaseMaintenancePlan": (
            "A new MAJOR version changes or moves samples, MINOR only adds some, PATCH only mends what is said of them."
        ),
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def _collection(dataset: Dataset, survey: Survey) -> str:
    parts = [f"{survey.synthetic} of {dataset.total} samples are known to be made by a generative model."]
    for what, counter in (("Programs", survey.tools), ("Models", survey.models), ("LoRAs", survey.loras)):
        if counter:
            parts.append(f"{what}: {_most(counter)}.")
    parts.append("Prompts, seeds, models and LoRAs are what a person gave, else what the program wrote into the file.")
    return " ".join(parts)


def _days(making: Making) -> list[JsonValue]:
    return [making.first_day, making.last_day] if making.first_day and making.last_day else []


def _preprocessing(dataset: Dataset) -> Iterator[JsonValue]:
    for reason, count in sorted(dataset.excluded.items()):
        yield f"{count} left out: {reason}"
    algorithm = dataset.policy.get("algorithm")
    if isinstance(algorithm, str):
        yield f"Split by {algorithm}; samples that share a leakage key are never parted."


def _biases(survey: Survey) -> Iterator[JsonValue]:
    if survey.synthetic:
        yield "What is seen follows from the prompts, and from what the models that drew it were trained on."


def _limitations(dataset: Dataset, survey: Survey) -> Iterator[JsonValue]:
    if survey.synthetic:
        yield f"{survey.synthetic} of {dataset.total} samples show what a model draws, and not what a camera saw."
    if survey.scored < dataset.total:
        yield f"{dataset.total - survey.scored} of {dataset.total} samples have no quality score."


def _personal(survey: Survey) -> Iterator[JsonValue]:
    if survey.faces:
        yield f"{survey.faces} pictures of faces; whether any is like that of a living person is not known."


def _most(counter: Counter[str]) -> str:
    """The most frequent ones, equal ones by name."""
    ranked = sorted(counter.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(_shown(ranked))


def _shown(ranked: list[tuple[str, int]]) -> Iterable[str]:
    yield from (f"{' '.join(name.split())} ({count})" for name, count in ranked[:_MOST_NAMED])
    if len(ranked) > _MOST_NAMED:
        yield f"{len(ranked) - _MOST_NAMED} more"


def _things(dataset: Dataset) -> str:
    return "pictures" if dataset.is_frames else "videos"
