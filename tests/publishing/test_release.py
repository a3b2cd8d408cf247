"""What is published: the packages of a commit, the metadata in them, and the workflows that publish them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import hatch_build
import packages as released
import pytest
import ready

import agentls
import generate
from agentls import owner

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel of this commit."""
    folder = tmp_path_factory.mktemp("packages")
    released.build_packages(folder, "1750000000")
    return folder


def test_two_builds_are_equal(packages: Path, tmp_path: Path) -> None:
    released.build_packages(tmp_path, "1750000000")
    files = sorted(path.name for path in packages.iterdir())
    version = agentls.__version__
    assert files == [f"agentls-{version}-py3-none-any.whl", f"agentls-{version}.tar.gz"]
    for name in files:
        assert (packages / name).read_bytes() == (tmp_path / name).read_bytes()


def test_the_packages_pass_the_checks_of_the_index(packages: Path) -> None:
    files = [str(path) for path in packages.iterdir()]
    wheels = [file for file in files if file.endswith(".whl")]
    for command in (["twine", "check", "--strict", *files], ["check_wheel_contents", *wheels]):
        done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode()


def test_the_sdist_has_what_a_build_needs_and_nothing_else(packages: Path) -> None:
    (file,) = packages.glob("*.tar.gz")
    with tarfile.open(file) as opened:
        names = {name.partition("/")[2].partition("/")[0] for name in opened.getnames()}
    own = {
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "hatch_build.py",
        "pyproject.toml",
        "src",
    }
    assert names == own


def test_the_wheel_has_the_sources_and_the_licences(packages: Path) -> None:
    (file,) = packages.glob("*.whl")
    tracked = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src"], cwd=ROOT, text=True
    ).splitlines()
    with zipfile.ZipFile(file) as opened:
        names = opened.namelist()
        metadata = next(opened.read(name) for name in names if name.endswith("METADATA")).decode()
    assert {f"src/{name}" for name in names if name.startswith("agentls/")} == set(tracked)
    read = Parser().parsestr(metadata)
    assert read["Version"] == agentls.__version__
    assert read.get_all("License-File") == ["LICENSE", "src/agentls/reports/map/LICENSES.md"]
    assert str(read.get_payload()) == (ROOT / "README.md").read_text("utf-8")


def test_the_readme_has_links_that_work_elsewhere_once_there_is_a_repository() -> None:
    page = "[rules](docs/rules.md), ![a](docs/a.png), [here](#there), [there](https://agentls.example)"
    assert hatch_build.absolute_links(page, "") == page
    assert hatch_build.absolute_links(page, "https://agentls.example/r") == (
        "[rules](https://agentls.example/r/blob/main/docs/rules.md), "
        "![a](https://agentls.example/r/raw/main/docs/a.png), [here](#there), [there](https://agentls.example)"
    )


def test_a_release_needs_what_the_owner_fills_in() -> None:
    empty = [name for name in ("PUBLISHER", "REPOSITORY", "SITE") if not getattr(owner, name)]
    told = "\n".join(ready.missing("v0.0.0"))
    assert all(f"{name} in src/agentls/owner.py is empty" in told for name in empty)
    assert "the tag is v0.0.0" in told
    assert "the tag" not in "\n".join(ready.missing(f"v{agentls.__version__}"))


def test_the_manifest_of_the_extension_has_what_the_owner_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "editors" / "vscode" / "package.json").read_text("utf-8")
    monkeypatch.setattr(owner, "PUBLISHER", "somebody")
    monkeypatch.setattr(owner, "REPOSITORY", "https://agentls.example/r")
    monkeypatch.setattr(owner, "SITE", "https://agentls.example")
    filled = generate.with_owner(text)
    manifest = json.loads(filled)
    assert manifest["publisher"] == "somebody"
    assert manifest["repository"]["url"] == "https://agentls.example/r.git"
    assert manifest["bugs"]["url"] == "https://agentls.example/r/issues"
    assert manifest["homepage"] == "https://agentls.example"
    assert generate.with_owner(filled) == filled


def actionlint(*files: Path) -> str:
    """What actionlint reports about workflows. The shell scripts in them are not its subject."""
    program = shutil.which("actionlint", path=str(Path(sys.executable).parent))
    assert program, "run `make test`, which installs it"
    command = [program, "-no-color", "-shellcheck=", "-pyflakes=", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_a_linter_accepts_the_workflows(tmp_path: Path) -> None:
    assert actionlint(*WORKFLOWS) == ""
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOWS[0].read_text("utf-8").replace("runs-on: ", "run-on: "), "utf-8")
    assert 'unexpected key "run-on"' in actionlint(broken)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_use_exact_versions_and_few_permissions(path: Path) -> None:
    text = path.read_text("utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", one)] == []
    assert "\npermissions:\n  contents: read\n" in text
