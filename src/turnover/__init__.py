"""Hands AI-generated video over: sidecars and timelines for VFX, datasets for machine learning."""

from turnover.version import VERSION

__version__ = VERSION

__all__ = ["__version__"]
