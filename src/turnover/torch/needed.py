"""PyTorch, where it is installed; every module here can be imported without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from turnover.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset as MapBase
    from torch.utils.data import IterableDataset as StreamBase
else:
    try:
        from torch import Tensor
        from torch.utils.data import Dataset as MapBase
        from torch.utils.data import IterableDataset as StreamBase
    except ImportError:
        MapBase = StreamBase = Tensor = object

__all__ = ["MapBase", "StreamBase", "Tensor", "torch_module"]

Torch: TypeAlias = Any
"""The module itself; it brings no types where it is not installed."""


def torch_module() -> Torch:
    """PyTorch; raises UsageError `no_torch` where it is missing."""
    try:
        import torch  # noqa: PLC0415
        import torch.utils.data  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            "turnover.torch needs PyTorch, which is not installed here", hint="pip install torch", code="no_torch"
        ) from error
    return torch


class SharedEpoch:
    """A number that every worker process of a loader sees, those that were started before it changed too."""

    def __init__(self) -> None:
        torch = torch_module()
        self._number = torch.zeros(1, dtype=torch.int64).share_memory_()

    def get(self) -> int:
        return int(self._number[0])

    def set(self, epoch: int) -> None:
        """Raises UsageError for a number below 0."""
        if epoch < 0:
            raise UsageError(f"an epoch is 0 or more, not {epoch}")
        self._number[0] = epoch
