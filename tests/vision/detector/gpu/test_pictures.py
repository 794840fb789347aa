import av
import numpy as np
import pytest

from vision.detector.boxes import letterbox, to_input

torch = pytest.importorskip("torch", reason="TORCH ABSENT: make test-train tries the networks in torch")
pytestmark = pytest.mark.train


def shown(stack: np.ndarray, form: str, longest_px: int) -> np.ndarray:
    from vision.detector.gpu import pictures

    found = pictures.to_input(torch.as_tensor(stack[None]), pictures.Form(form), longest_px, dtype=torch.float32)
    return found[0].numpy()


def street(height: int, width: int) -> np.ndarray:
    """Return a picture that is smooth, as scaling of noise would tell nothing."""
    y, x = np.mgrid[:height, :width]
    planes = [127 + 100 * np.sin(x / 40 + phase) * np.cos(y / 30) for phase in (0, 1, 2)]
    return np.stack(planes, 2).astype(np.uint8)


@pytest.mark.parametrize(("size", "longest_px"), [((1080, 1920), 640), ((540, 960), 320)])
def test_a_picture_is_shown_as_the_default_engine_shows_it(size: tuple[int, int], longest_px: int) -> None:
    image = street(*size)
    expected = to_input(letterbox(image, longest_px)[0])[0]
    found = shown(image, "bgr", longest_px)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 1 / 255


def test_a_picture_of_the_networks_size_is_not_scaled() -> None:
    image = street(96, 128)
    assert np.abs(shown(image, "bgr", 128) - to_input(image)[0]).max() < 1e-6


def test_the_bytes_of_decoders_have_the_colours_that_frames_have_elsewhere() -> None:
    image = street(480, 640)
    frame = av.VideoFrame.from_ndarray(image, format="bgr24")
    expected = to_input(letterbox(frame.reformat(format="yuv420p").to_ndarray(format="bgr24"), 320)[0])[0]
    for form, theirs in (("nv12", "nv12"), ("i420", "yuv420p")):
        found = shown(frame.to_ndarray(format=theirs), form, 320)
        # The library draws colours of two by two pixels as blocks, here they are drawn between.
        assert np.abs(found - expected).mean() < 3 / 255
