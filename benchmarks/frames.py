"""Measuring a video frame by frame, beside decoding it and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np

from benchmarks.measuring import Absent, Contender, Row, Table, compared
from benchmarks.scene import scene
from tests.recipes import REC709, Recipe
from tests.videos import write
from turnover.core.rate import Rate
from turnover.frames.measure import measure, metrics
from turnover.media.decode import pictures
from turnover.media.faces import finder
from turnover.work.measuring import picture_of, with_faces

REPOSITORY = Path(__file__).resolve().parent.parent
FLOW = ("motion_score", "flow")
FACES = ("face_found", "face_confidence", "face_confidence_measured")
CORE = tuple(name for name in metrics() if name not in (*FLOW, *FACES))
SIZES = {"832x480": (832, 480, 240), "1920x1080": (1920, 1080, 96)}
SCENEDETECT = "scenedetect==0.7.2"


def tables(*, is_quick: bool) -> Iterator[Table]:
    with TemporaryDirectory() as place:
        for name, (width, height, frames) in SIZES.items():
            count = 24 if is_quick else frames
            recipe = Recipe(
                f"{name}.mp4",
                width=width,
                height=height,
                frames=count,
                rate=Rate(24),
                colour=REC709,
                picture=scene,
                encoder={"preset": "medium", "crf": "25"},
            )
            path = write(recipe, Path(place))
            megabits = path.stat().st_size * 8 * 24 / count / 1e6
            title = f"Measure {count} frames of {name}, H.264 of {megabits:.1f} Mb/s, one process"
            yield Table(title, "seconds", _rows(path, count, is_quick), "÷ decode")
        yield _memory(Path(place), is_quick=is_quick)


def _rows(path: Path, count: int, is_quick: bool) -> tuple[Row, ...]:
    model = _model()
    yunet: Contender | Absent = Absent("…, and faces by YuNet every 8th", "its file is not there")
    all_on: Contender | Absent = Absent("all on", "the file of YuNet is not there")
    if model is not None:
        yunet = Contender("core, and faces by YuNet every 8th", partial(_with_faces, path, model, (*CORE, *FACES)))
        all_on = Contender("all on: and optical flow", partial(_with_faces, path, model, None))
    ours = Contender("decode, luma as a view, and nothing else", partial(_decode, path))
    peers: list[Contender | Absent] = [
        Contender("turnover: core metrics", partial(_core, path)),
        yunet,
        all_on,
        Contender("all on, with Haar in place of YuNet", partial(_with_faces, path, None, None)),
        _program("ffmpeg -f null, one thread", path),
        *([] if is_quick else [_scene_detector(path)]),
        Contender(f"usual OpenCV recipe, of {count // 8} frames, times 8", partial(_usual, path, count // 8)),
    ]
    cv2.setNumThreads(1)
    rows = compared(ours, peers, rounds=1 if is_quick else 7)
    *most, usual = rows
    return (*most, _times(usual, 8))


def _times(row: Row, factor: float) -> Row:
    if row.value is None or row.ratio is None:
        return row
    return Row(row.name, row.value * factor, row.ratio * factor)


def _decode(path: Path) -> int:
    count = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            np.frombuffer(memoryview(frame.planes[0]), np.uint8)
            count += 1
    return count


def _core(path: Path) -> None:
    with pictures(path) as frames:
        measure(map(picture_of, frames), frames_per_second=24.0, names=CORE)


def _with_faces(path: Path, model: Path | None, names: tuple[str, ...] | None) -> None:
    detector = finder(model)
    with pictures(path) as frames:
        measure(with_faces(frames, detector, []), frames_per_second=24.0, names=names)


def _program(name: str, path: Path) -> Contender | Absent:
    program = shutil.which("ffmpeg")
    if program is None:
        return Absent(name, "the program ffmpeg is not installed")
    words = [program, "-v", "error", "-threads", "1", "-i", str(path), "-f", "null", "-"]
    return Contender(name, lambda: subprocess.run(words, check=True))


def _usual(path: Path, count: int) -> None:
    """What scripts do: OpenCV's reader, Laplacian in float64, scikit-image's SSIM, Farneback's flow."""
    from skimage.metrics import structural_similarity  # noqa: PLC0415  # slow to load

    video = cv2.VideoCapture(str(path))
    before = None
    for _ in range(count):
        is_there, picture = video.read()
        if not is_there:
            break
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        cv2.Laplacian(grey, cv2.CV_64F).var()
        if before is not None:
            structural_similarity(before, grey)  # type: ignore[no-untyped-call]
            cv2.calcOpticalFlowFarneback(before, grey, None, 0.5, 3, 15, 3, 5, 1.2, 0)  # type: ignore[call-overload]
        before = grey
    video.release()


def _scene_detector(path: Path) -> Contender | Absent:
    """PySceneDetect in an environment of its own, because it brings another OpenCV; started once for all rounds."""
    name = "PySceneDetect, content detector"
    uv = Path(sys.executable).with_name("uv")
    code = (
        "import sys, scenedetect\n"
        "for _ in sys.stdin:\n"
        f"    scenedetect.detect({str(path)!r}, scenedetect.ContentDetector())\n"
        "    print('done', flush=True)\n"
    )
    words = [str(uv), "run", "--quiet", "--isolated", "--no-project", "--with", SCENEDETECT, "python", "-c", code]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ask = _asker(child)
    try:
        ask()
    except OSError:
        return Absent(name, f"{SCENEDETECT} cannot be installed")
    return Contender(name, ask)


def _asker(child: subprocess.Popen[str]) -> Callable[[], None]:
    def ask() -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write("\n")
        child.stdin.flush()
        if child.stdout.readline().strip() != "done":
            raise OSError("the other program ended")

    return ask


def _model() -> Path | None:
    """The file of YuNet: the one that this user added, or the one beside the checkout."""
    from turnover.cli.place import data_folder  # noqa: PLC0415  # doors are above the rest
    from turnover.files.models import FACE, model_file  # noqa: PLC0415

    shared = Path(os.environ.get("TURNOVER_SHARED") or REPOSITORY.parent / "shared") / "media" / "models"
    beside = shared / FACE.file_name
    return model_file(data_folder()) or (beside if beside.is_file() else None)


_PEAK = """
import sys
from pathlib import Path
from turnover.media.decode import pictures
from turnover.frames.measure import measure
from turnover.work.measuring import picture_of
with pictures(Path(sys.argv[1])) as frames:
    measure(map(picture_of, frames), frames_per_second=24.0)
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""


def _memory(place: Path, *, is_quick: bool) -> Table:
    """Peak of resident memory of a process that measures a short and a long clip."""
    rows: list[Row] = []
    for frames in (24, 48) if is_quick else (100, 1000, 4000):
        recipe = Recipe(f"{frames}.mp4", width=640, height=360, frames=frames, rate=Rate(24), picture="moving_box")
        path = write(recipe, place)
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
        done = subprocess.run(
            [sys.executable, "-c", _PEAK, str(path)], env=environment, capture_output=True, text=True, check=True
        )
        peak = float(done.stdout)
        rows.append(Row(f"{frames} frames", peak, peak / (rows[0].value or peak) if rows else 1.0))
    return Table("Peak memory of measuring 640x360", "MiB", tuple(rows), "÷ first")
