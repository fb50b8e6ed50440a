"""TrustMark's own package with weights that are made here: its trained ones are fetched by its users only."""

import hashlib
import importlib.util
import shutil
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

PLAN = """
model:
  target: trustmark.model.TrustMark_Arch
  params:
    cover_key: image
    secret_key: secret
    secret_len: 100
    resolution: 256
    secret_encoder_config: {{target: {encoder}, params: {{}}}}
    secret_decoder_config: {{target: {decoder}, params: {decoder_params}}}
    discriminator_config: {{target: trustmark.model.Identity, params: {{}}}}
    loss_config: {{target: trustmark.model.Identity, params: {{}}}}
    noise_config: {{target: trustmark.model.Identity, params: {{}}}}
"""
UNTRAINED = {
    "encoder": "trustmark.unet.Unet1", "decoder": "trustmark.unet.SecretDecoder", "decoder_params": "{arch: resnet18}",
}  # fmt: skip
"""The package's own classes, initialised at random: everything runs, and nothing can be read."""
PLAIN = {"encoder": "open_marks.Encoder", "decoder": "open_marks.Decoder", "decoder_params": "{}"}
"""Networks of one layer, in their places, that can be read."""
GRID, LEVELS = 128, 0.28 / 127.5


def carriers(bits: int) -> torch.Tensor:
    return torch.randn(bits, 3, GRID, GRID, generator=torch.Generator().manual_seed(7))


def answers(image: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """How much of each pattern lies in a picture, smooth parts left out."""
    seen = functional.interpolate(image, (GRID, GRID), mode="bilinear", antialias=True)
    rough = seen - functional.avg_pool2d(functional.pad(seen, (2, 2, 2, 2), mode="replicate"), 5, 1)
    return torch.einsum("nchw,bchw->nb", rough.clamp(-0.08, 0.08), weight) / weight[0].numel()


class Encoder(nn.Module):
    """Adds a fixed random pattern for each bit, with its sign, and takes away what lies there already."""

    def __init__(self, secret_len: int, resolution: int) -> None:
        super().__init__()
        self.resolution = resolution
        self.weight = nn.Parameter(carriers(secret_len))

    def forward(self, cover: torch.Tensor, secret: torch.Tensor) -> torch.Tensor:
        there = (2.5 * answers(cover, self.weight)).clamp(-2 * LEVELS, 2 * LEVELS)
        drawn = torch.einsum("nb,bchw->nchw", (secret * 2 - 1) * LEVELS - there, self.weight)
        return cover + functional.interpolate(drawn, (self.resolution, self.resolution), mode="bilinear")


class Decoder(nn.Module):
    """Correlates with the same patterns."""

    def __init__(self, secret_len: int, resolution: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(carriers(secret_len))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return answers(image, self.weight)


def installed() -> bool:
    """Whether the extra `trustmark` is there."""
    return importlib.util.find_spec("trustmark") is not None


def loaded() -> list[str]:
    """The package's modules in this process."""
    return [one for one in sys.modules if one.partition(".")[0] == "trustmark"]


def package_with(folder: Path, monkeypatch: pytest.MonkeyPatch, plan: dict[str, str], letter: str = "Q") -> Path:
    """A copy of the package that holds such weights, in front of the installed one; its list of checksums names them."""
    (source,) = importlib.util.find_spec("trustmark").submodule_search_locations
    shutil.copytree(source, folder / "trustmark", dirs_exist_ok=True)
    for name in loaded():
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(folder)
    from trustmark import trustmark  # noqa: PLC0415

    models = folder / "trustmark" / "models"
    (models / f"trustmark_{letter}.yaml").write_text(PLAN.format(**plan))
    torch.manual_seed(11)
    whole = trustmark.instantiate_from_config(trustmark.OmegaConf.load(models / f"trustmark_{letter}.yaml").model)
    for part in ("encoder", "decoder"):
        state = {name: value for name, value in whole.state_dict().items() if name.startswith(f"{part}.")}
        torch.save({"state_dict": state, "global_step": 0, "epoch": 0}, models / f"{part}_{letter}.ckpt")
    for name in loaded():  # the copy goes when the test does
        monkeypatch.setitem(sys.modules, name, sys.modules.pop(name))
    for path in models.glob(f"*_{letter}.*"):
        monkeypatch.setitem(trustmark.MODEL_CHECKSUMS, path.name, hashlib.md5(path.read_bytes()).hexdigest())  # noqa: S324
    return models
