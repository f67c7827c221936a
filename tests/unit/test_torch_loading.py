"""Loaders with workers: each sample once, the same pixels, in the same order, from any place on."""

from __future__ import annotations

import gc
import hashlib
import os
import signal
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasets_made import written
from tests.recipes import Recipe
from tests.unit.torch_datasets import many, of_recipes
from turnover.errors import UsageError
from turnover.torch.order import shuffled, worker_places

torch = pytest.importorskip("torch", reason="PyTorch is not installed (pip install torch)")

from torch.utils.data import DataLoader, RandomSampler  # noqa: E402

from turnover.torch import BucketSampler, ClipDataset, ClipStream, collate  # noqa: E402  # it needs PyTorch

pytestmark = [
    pytest.mark.filterwarnings("ignore:This DataLoader will create"),  # more workers than processors
    pytest.mark.filterwarnings("ignore:'set_vital' is deprecated"),  # torchdata calls it
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),  # a fork beside threads, since Python 3.12
]

COUNT = 11
Seen = list[tuple[str, str]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven clips in a ZIP."""
    folder = tmp_path_factory.mktemp("many")
    return written(many(folder, COUNT), "zip", folder)


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips of three sizes and lengths in a tree."""
    folder = tmp_path_factory.mktemp("sizes")
    shapes = [(48, 32, 3)] * 5 + [(32, 48, 3)] * 3 + [(48, 32, 5)] * 2
    recipes = [
        Recipe(f"{number}.mp4", width=width, height=height, frames=frames, tags={"title": str(number)})
        for number, (width, height, frames) in enumerate(shapes)
    ]
    return written(of_recipes(folder, {"train": recipes}), "tree", folder)


def _seen(batches: Any) -> Seen:
    """Of each sample that comes out of a loader: its id, and the digest of its pixels."""
    return [
        (sample_id, hashlib.sha256(video.numpy().tobytes()).hexdigest())
        for batch in batches
        for sample_id, video in zip(batch["sample_id"], batch["video"], strict=True)
    ]


def _ids(batches: Any) -> list[str]:
    return [sample_id for batch in batches for sample_id in batch["sample_id"]]


def _loader(dataset: Any, workers: int, how: str | None = None, **options: Any) -> Any:
    options = {"batch_size": 2, **options}
    return DataLoader(
        dataset, num_workers=workers, multiprocessing_context=how if workers else None, collate_fn=collate, **options
    )


# ------------------------------------------------------------------------------------------------------- workers

FORKED = [(0, "fork"), (2, "fork"), (4, "fork")]


def _fresh(*ways: tuple[int, str]) -> list[Any]:
    return [pytest.param(*way, marks=pytest.mark.slow) for way in ways]  # each worker imports PyTorch anew


@pytest.mark.parametrize(
    ("workers", "how"), [*FORKED, *_fresh((2, "spawn"), (4, "spawn"), (2, "forkserver"), (4, "forkserver"))]
)
@pytest.mark.parametrize("decoder", ["auto", "pyav"])
def test_a_stream_by_any_number_of_workers(archive: Path, workers: int, how: str, decoder: Any) -> None:
    """It gives the same pixels in the same order, however workers are started."""
    stream = ClipStream(archive, batch_size=2, seed=3, decoder=decoder)
    alone = _seen(collate([sample]) for sample in ClipStream(archive, seed=3))
    assert len(set(alone)) == COUNT
    assert _seen(_loader(stream, workers, how)) == alone


@pytest.mark.parametrize(("workers", "how"), [*FORKED, *_fresh((2, "spawn"), (2, "forkserver"))])
def test_a_map_by_any_number_of_workers(archive: Path, workers: int, how: str) -> None:
    """It gives the same pixels, in the sampler's order, however workers are started."""
    clips = ClipDataset(archive)
    assert _seen(_loader(clips, workers, how)) == _seen(collate([clips[number]]) for number in range(COUNT))


def test_many_reads_by_forked_workers(archive: Path) -> None:
    """300 random reads by four workers that were forked after the archive had been opened: none fails, none differs."""
    clips = ClipDataset(archive, num_frames=1)
    known = {sample["sample_id"]: sample["video"] for sample in (clips[number] for number in range(COUNT))}
    sampler = RandomSampler(clips, replacement=True, num_samples=300)
    batches = list(_loader(clips, 4, "fork", batch_size=5, sampler=sampler))
    assert sum(len(batch["sample_id"]) for batch in batches) == 300
    for batch in batches:
        for sample_id, video in zip(batch["sample_id"], batch["video"], strict=True):
            assert torch.equal(video, known[sample_id])


@pytest.mark.filterwarnings("ignore:skipped")  # in the worker
def test_a_broken_clip_in_a_worker(tmp_path: Path) -> None:
    """Its name comes through to the training loop; with `skip` all the others come, once each."""
    tree = written(many(tmp_path, 5), "tree", tmp_path)
    clip = sorted((tree / "data" / "train" / "videos").glob("*.mp4"))[2]
    clip.write_bytes(bytes(clip.stat().st_size))
    with pytest.raises(Exception, match=clip.stem):
        list(_loader(ClipStream(tree, batch_size=2), 2, "fork"))
    ids = _ids(_loader(ClipStream(tree, batch_size=2, on_error="skip"), 2, "fork"))
    assert sorted([*ids, clip.stem]) == sorted(path.stem for path in clip.parent.glob("*.mp4"))


def test_workers_that_stay_learn_of_the_epoch(archive: Path) -> None:
    """`set_epoch` reaches persistent workers: each pass has its own order, that of a fresh loader."""
    stream = ClipStream(archive, batch_size=2)
    loader = _loader(stream, 2, "fork", persistent_workers=True)
    passes = []
    for epoch in range(3):
        stream.set_epoch(epoch)
        passes.append(_ids(loader))
    assert len({tuple(ids) for ids in passes}) == 3
    for epoch, ids in enumerate(passes):
        fresh = ClipStream(archive)
        fresh.set_epoch(epoch)
        assert [sample["sample_id"] for sample in fresh] == ids


# ------------------------------------------------------------------------------------------------------- sharing


@pytest.mark.parametrize("workers", [0, 2])
def test_ranks_share(archive: Path, workers: int) -> None:
    """Three ranks, with or without workers, give every sample once; the lengths are foretold."""
    shares = []
    for rank in range(3):
        stream = ClipStream(archive, batch_size=2, rank=rank, world_size=3, num_frames=1)
        ids = _ids(_loader(stream, workers, "fork"))
        assert len(ids) == len(stream)
        shares.append(ids)
    assert sorted(map(len, shares)) == [3, 4, 4]
    assert len({sample_id for ids in shares for sample_id in ids}) == COUNT


def test_equal_ranks(archive: Path) -> None:
    """Each has as many, and only the remainder is left out."""
    streams = [ClipStream(archive, rank=rank, world_size=3, equal_ranks=True, num_frames=1) for rank in range(3)]
    ids = [[sample["sample_id"] for sample in stream] for stream in streams]
    assert [len(some) for some in ids] == [len(stream) for stream in streams] == [3, 3, 3]
    assert len({sample_id for some in ids for sample_id in some}) == 9


@given(st.integers(0, 60), st.integers(0, 70), st.integers(0, 9), st.integers(1, 5), st.integers(1, 6))
def test_places_are_given_once(count: int, origin: int, later: int, block: int, workers: int) -> None:
    """Whatever the block and the number of workers, the places from the start on are given once, by one of them."""
    start = origin + later
    given = [
        place
        for worker in range(workers)
        for place in worker_places(count, origin=origin, start=start, block=block, worker=worker, workers=workers)
    ]
    assert sorted(given) == list(range(start, count))


def test_the_order_is_for_ever() -> None:
    """Seed and epoch decide it; these numbers must never change, or no run can be taken up with a newer version."""
    assert shuffled(8, seed=1, epoch=2).tolist() == ORDER_OF_8
    assert shuffled(8, seed=2, epoch=1).tolist() != ORDER_OF_8
    assert sorted(shuffled(1000, seed=0, epoch=0).tolist()) == list(range(1000))


ORDER_OF_8 = [4, 2, 0, 6, 1, 5, 7, 3]


# -------------------------------------------------------------------------------------------------------- resume


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("taken", [0, 1, 3, 5, 6])
def test_stateful_loader_goes_on(archive: Path, workers: int, taken: int) -> None:
    """After any batch, the last one too, a new loader of torchdata gives exactly the rest of the pass."""
    stateful = pytest.importorskip("torchdata.stateful_dataloader", reason="torchdata is not installed")

    def loader() -> Any:
        stream = ClipStream(archive, batch_size=2, num_frames=1)
        stream.set_epoch(4)
        return stateful.StatefulDataLoader(stream, batch_size=2, num_workers=workers, collate_fn=collate)

    whole = _ids(loader())
    first = loader()
    batches = iter(first)
    before = _ids(islice(batches, taken))
    state = first.state_dict()
    del batches
    second = loader()
    second.load_state_dict(state)
    rest = _ids(second)
    assert before + rest == whole


@pytest.mark.parametrize(("before", "after"), [(0, 0), (2, 2), (2, 4), (4, 0)])
def test_our_own_counter_goes_on(archive: Path, before: int, after: int) -> None:
    """With any loader the number of samples taken is enough, even with another number of workers afterwards."""
    stream = ClipStream(archive, batch_size=2, num_frames=1)
    stream.set_epoch(1)
    whole = _ids(_loader(stream, before, "fork"))
    taken = _ids(islice(_loader(stream, before, "fork"), 3))
    state = stream.state_after(len(taken))
    other = ClipStream(archive, batch_size=2, num_frames=1)
    other.load_state_dict(state)
    assert taken + _ids(_loader(other, after, "fork")) == whole


def test_iterating_again_starts_again(archive: Path) -> None:
    """A restored place is used once; the next pass is whole."""
    stream = ClipStream(archive, num_frames=1)
    stream.load_state_dict(stream.state_after(COUNT - 1))
    assert [len(list(stream)) for _ in range(2)] == [1, COUNT]


def test_state_of_another_stream(archive: Path) -> None:
    """Another seed, dataset, number of ranks or size of batches is refused: samples would be lost or come twice."""
    state = ClipStream(archive, seed=1).state_after(3)
    with pytest.raises(UsageError, match="seed is 1, here it is 2"):
        ClipStream(archive, seed=2).load_state_dict(state)
    with pytest.raises(UsageError, match="'position' is missing"):
        ClipStream(archive).load_state_dict({name: state[name] for name in state if name != "position"})
    of_worker = {**state, "origin": 0}
    with pytest.raises(UsageError, match="batch_size is 1, here it is 2"):
        ClipStream(archive, seed=1, batch_size=2).load_state_dict(of_worker)


# -------------------------------------------------------------------------------------------------------- batches


def test_batches_of_one_size(sizes: Path) -> None:
    """Each batch has one width, height and length; every clip comes once, and twice over the same."""
    clips = ClipDataset(sizes)
    sampler = BucketSampler(clips, 2, seed=5)
    batches = list(DataLoader(clips, batch_sampler=sampler, collate_fn=collate))
    shapes = sorted(tuple(batch["video"].shape) for batch in batches)
    assert shapes == sorted(
        [(2, 3, 3, 32, 48)] * 2 + [(1, 3, 3, 32, 48), (2, 3, 3, 48, 32), (1, 3, 3, 48, 32), (2, 5, 3, 32, 48)]
    )
    assert len(sampler) == len(batches)
    assert len(set(_ids(batches))) == 10
    assert list(sampler) == list(BucketSampler(ClipDataset(sizes), 2, seed=5))
    sampler.set_epoch(1)
    assert list(sampler) != list(BucketSampler(ClipDataset(sizes), 2, seed=5))


def test_batch_sizes_by_bucket(sizes: Path) -> None:
    """A rule gives long clips smaller batches; `drop_last` leaves only full ones."""
    clips = ClipDataset(sizes)
    batches = list(BucketSampler(clips, lambda bucket: 9 // bucket.num_frames, drop_last=True, shuffle=False))
    assert sorted(map(len, batches)) == [1, 1, 3, 3]


def test_ranks_share_batches(sizes: Path) -> None:
    """Every batch goes to one rank."""
    clips = ClipDataset(sizes)
    shares = [list(BucketSampler(clips, 2, rank=rank, world_size=4)) for rank in range(4)]
    assert sorted(number for share in shares for batch in share for number in batch) == list(range(10))
    equal = [BucketSampler(clips, 2, rank=rank, world_size=4, equal_ranks=True) for rank in range(4)]
    assert [len(list(one)) for one in equal] == [len(one) for one in equal] == [1, 1, 1, 1]


def test_sampler_goes_on(sizes: Path) -> None:
    """After any batch a new sampler gives the rest of the pass, and then whole passes again."""
    clips = ClipDataset(sizes)
    sampler = BucketSampler(clips, 2)
    sampler.set_epoch(3)
    whole = list(sampler)
    batches = iter(sampler)
    before = [next(batches) for _ in range(2)]
    other = BucketSampler(clips, 2)
    other.load_state_dict(sampler.state_dict())
    assert before + list(other) == whole
    assert list(other) == whole


def test_unknown_sizes_are_batches_of_their_own(tmp_path: Path) -> None:
    """A clip whose number of frames nobody counted is not put beside others."""
    dataset = many(tmp_path, 4)
    unknown = replace(next(dataset.samples("train")), frame_count=None)
    samples = [unknown, *list(dataset.samples("train"))[1:]]
    clips = ClipDataset(written(replace(dataset, samples=lambda split: iter(samples)), "tree", tmp_path))
    assert sorted(map(len, BucketSampler(clips, 4))) == [1, 3]
    assert clips[0]["num_frames"] == 9


def test_clips_that_are_no_batch(sizes: Path) -> None:
    """Different shapes are refused with their sizes and with what to do."""
    with pytest.raises(UsageError, match=r"no batch: v.*BucketSampler"):
        collate(list(ClipStream(sizes)))


def test_nothing_in_a_batch_is_none(archive: Path) -> None:
    """Texts and metadata are lists, numbers tensors, as many as samples."""
    batch = next(iter(_loader(ClipStream(archive), 0, batch_size=3)))
    assert {name: len(values) for name, values in batch.items()} == dict.fromkeys(batch, 3)
    assert all(isinstance(text, str) for name in ("caption", "prompt", "sample_id") for text in batch[name])
    assert (batch["fps"].dtype, batch["num_frames"].dtype) == (torch.float64, torch.int64)


def test_a_fork_after_decoding(archive: Path) -> None:
    """A forked child reads through a descriptor of its own, and may throw away what its parent decoded.

    Once, the parent's converters had threads; whichever child's garbage collector ended them ended its process.
    """
    clips = ClipDataset(archive, decoder="pyav")
    gc.disable()
    try:
        assert clips[0]["num_frames"] == 9
        child = os.fork()
        if child == 0:
            signal.alarm(30)  # rather than wait for ever
            gc.collect()
            os._exit(0 if clips[1]["num_frames"] == 9 else 1)
        assert os.waitpid(child, 0)[1] == 0
    finally:
        gc.enable()
    assert clips[2]["num_frames"] == 9
