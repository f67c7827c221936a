"""The graph that ComfyUI ran, as its API takes it and its saving nodes write it under `prompt`."""

from __future__ import annotations

from turnover.generation.comfy.graph import parsed
from turnover.generation.comfy.telling import told
from turnover.generation.grammar import Reading, Told


class ComfyUIApi:
    """`{"3": {"class_type": "KSampler", "inputs": {"seed": 42, "model": ["4", 0]}}}`."""

    name = "comfyui-api"

    def read(self, reading: Reading) -> Told | None:
        """What the graph tells; None when the text is no such graph."""
        graph = parsed(reading.value)
        return None if graph is None else told(graph, file_name=reading.file_name, confidence="executed")


GRAMMAR = ComfyUIApi()
