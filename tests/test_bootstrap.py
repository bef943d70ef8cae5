"""What a bare machine lacks: installed where root may, else one sentence says what to install."""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("bash", "cat", "chmod", "cut", "dirname", "mkdir", "rm", "sha256sum", "touch")
# Debian's python3 as it comes: it knows its version and cannot make environments until told how.
PYTHON = """#!/bin/bash
case "$*" in
  *version_info*) exit 0 ;;
  *ensurepip*) [ -f {venv} ] ;;
  "-m venv .venv") mkdir -p .venv/bin && printf '#!/bin/bash\n' > .venv/bin/python && chmod +x .venv/bin/python ;;
esac
"""
APT = """#!/bin/bash
echo "$*" >> {asked}
case "$*" in *python3-venv*) touch {venv} ;; esac
"""

pytestmark = pytest.mark.once


class Machine(NamedTuple):
    """A folder with the portal's scripts, and a PATH that holds little else than a bare Python."""

    folder: Path
    path: Path

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the portal there."""
        return subprocess.run(
            [self.folder / "bin" / script, *arguments],
            env={"PATH": str(self.path), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def installed(self) -> list[str]:
        """What apt-get was asked for."""
        asked = self.folder / "asked"
        return asked.read_text().splitlines() if asked.exists() else []


def machine(folder: Path, *, user: int, apt: bool = True, python: str = "python3") -> Machine:
    """Set up a bare machine on which the scripts are run as USER."""
    path = folder / "path"
    path.mkdir()
    for name in TOOLS:
        (path / name).symlink_to(str(shutil.which(name)))
    made = {python: PYTHON, "id": f"#!/bin/bash\necho {user}\n"} | ({"apt-get": APT} if apt else {})
    for name, text in made.items():
        text = text.replace("{venv}", f"{folder}/venv").replace("{asked}", f"{folder}/asked")
        (path / name).write_text(text)
        (path / name).chmod(0o755)
    (folder / "bin").mkdir()
    for name in ("bootstrap.sh", "packages.sh"):
        shutil.copy(ROOT / "bin" / name, folder / "bin" / name)
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder / name)
    return Machine(folder, path)


def test_root_gets_what_makes_environments_without_being_asked(tmp_path: Path) -> None:
    bare = machine(tmp_path, user=0)

    done = bare.run("bootstrap.sh", "runtime")

    assert (done.returncode, done.stderr) == (0, "")
    assert bare.installed[-1] == (
        "install --quiet --quiet --yes --no-install-recommends python3-venv"
    )
    assert "正在安装运行需要的 Debian 软件包：python3-venv …" in done.stdout
    assert (tmp_path / ".venv" / ".installed-runtime").exists()
    assert bare.run("bootstrap.sh", "runtime").stdout == ""


@pytest.mark.parametrize(("user", "apt"), [(1000, True), (0, False)])
def test_who_may_not_install_reads_what_to_install(tmp_path: Path, user: int, apt: bool) -> None:
    bare = machine(tmp_path, user=user, apt=apt)

    done = bare.run("bootstrap.sh", "runtime")

    assert done.returncode == 1
    assert done.stderr == (
        "运行还缺少这些 Debian 软件包，请先安装：apt-get install python3-venv。"
        " The portal needs: apt-get install python3-venv.\n"
    )
    assert bare.installed == []
    assert not (tmp_path / ".venv").exists()


def test_without_any_python_the_sentence_names_it(tmp_path: Path) -> None:
    done = machine(tmp_path, user=0, python="perl").run("bootstrap.sh", "runtime")

    assert done.returncode == 1
    assert done.stderr.startswith("没有找到 Python 3.11 或 3.12，请先安装（Debian 12：apt-get")


def test_who_is_not_root_reads_in_one_sentence_what_the_tests_need(tmp_path: Path) -> None:
    bare = machine(tmp_path, user=1000)

    done = bare.run("packages.sh")

    assert done.returncode == 1
    assert done.stderr.startswith(
        "测试还缺少这些 Debian 软件包，请先安装：apt-get install python3-venv "
    )
    assert {"redis-server", "chromium-headless-shell", "git。"} <= set(done.stderr.split())
    assert done.stderr.count("\n") == 1
    assert bare.installed == []
