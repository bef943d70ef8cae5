"""The project as a whole: it starts from nothing, its locks are tight, its files say nothing of any one machine."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
VENDORED = re.compile(r"(^|/)vendor/")

pytestmark = pytest.mark.once


def run(*command: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment that holds nothing but what is given."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def tracked_files(*patterns: str) -> list[Path]:
    """Return the files under version control, vendored ones left out."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if not VENDORED.search(name)]


def own_python_files() -> list[Path]:
    """Return the portal's own Python files, without migrations and tests."""
    return [
        path
        for path in tracked_files("*.py")
        if "migrations" not in path.parts and path.relative_to(ROOT).parts[0] != "tests"
    ]


def lines_with(sought: re.Pattern[str]) -> list[str]:
    """Return where SOUGHT is found in a text file under version control, and the line."""
    found = []
    for path in tracked_files():
        if path.is_symlink() or b"\0" in (content := path.read_bytes()):
            continue
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
            if sought.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return found


def test_deployment_check_is_clean(tmp_path: Path) -> None:
    done = run(
        *(sys.executable, "-W", "error", "manage.py"),
        *("check", "--deploy", "--fail-level", "WARNING"),
        tmp_path=tmp_path,
    )

    assert done.stderr == ""
    assert done.returncode == 0


def test_deployment_check_warns_of_passwords_alone(tmp_path: Path) -> None:
    done = run(
        *(sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        tmp_path=tmp_path,
        SECOND_FACTOR="off",
    )

    assert "core.W001" in done.stderr
    assert done.returncode == 1


def test_static_files_collect_with_a_hash_in_every_name(tmp_path: Path) -> None:
    done = run(
        *(sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"),
        tmp_path=tmp_path,
    )

    assert done.stderr == ""
    assert (tmp_path / "static" / "staticfiles.json").is_file()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_pins_and_hashes_every_package_and_names_no_index(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith((" ", "#"))]

    assert packages
    assert [line for line in packages if not re.fullmatch(r"[a-z0-9._-]+==[^ ]+ \\", line)] == []
    assert sum(line.startswith("    --hash=sha256:") for line in lines) >= len(packages)
    assert [line for line in lines if "://" in line or re.match(r"\s*--(?!hash)", line)] == []


def test_development_lock_holds_the_runtime_lock() -> None:
    runtime, development = (
        set(re.findall(r"^([^ #]+==[^ ]+) ", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )

    assert runtime - development == set()


def test_no_file_names_a_package_index_or_a_folder_of_one_machine() -> None:
    hosts = [
        "pypi" + ".org",
        "python" + "hosted",
        "npm" + "js",
        "deb." + "debian",
        "snapshot." + "debian",
    ]
    folders = [
        "/" + folder + "/" for folder in ("work", "root", "home/[a-z]+", "opt/(wheels|pypi)")
    ]
    told = re.compile(
        "|".join([re.escape(host) for host in hosts] + [rf"(?<![\w.$}}]){f}" for f in folders])
    )
    assert lines_with(told) == []


def test_no_file_holds_the_marks_of_a_merge_that_was_not_settled() -> None:
    assert lines_with(re.compile(r"^(?:[<|>]{7}(?: |$)|={7}$)")) == []


def test_no_module_has_400_lines_tests_neither() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked_files("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) >= 400
    }

    assert long == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = []
    for path in own_python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > 40:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines}")

    assert long == []


def test_no_module_is_named_for_nothing_in_particular() -> None:
    nameless = {"utils.py", "helpers.py", "common.py", "misc.py", "services.py"}

    assert [path for path in own_python_files() if path.name in nameless] == []


def test_every_migration_says_what_it_does() -> None:
    migrations = [path.name for path in tracked_files("*/migrations/0*.py")]

    assert [name for name in migrations if "_auto_" in name] == []


@pytest.mark.parametrize("script", sorted((ROOT / "bin").glob("*.sh")), ids=lambda path: path.name)
def test_shell_script_is_well_formed_and_may_be_run(script: Path) -> None:
    checked = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)

    assert checked.stderr == ""
    assert os.access(script, os.X_OK)


def test_every_command_that_the_readme_names_is_there() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)\b", readme)) - targets == set()


@pytest.mark.parametrize("guide", ["README.md", "docs/architecture.md", "docs/operations.md"])
def test_every_file_that_a_guide_points_to_is_there(guide: str) -> None:
    path = ROOT / guide
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_button_that_a_guide_names_is_there() -> None:
    """What a reader is to press stands in a page, a form or the admin; the month changes."""
    sources = tracked_files("*.html", "*.py", "*.po", "fixtures/*.json")
    texts = [path.read_text("utf-8") for path in sources if "tests" not in path.parts]
    pages = re.sub(r"<wbr>|</?span[^>]*>", "", "".join(texts))
    guides = "".join(path.read_text("utf-8") for path in tracked_files("docs/guides/*.md"))
    pressed = set(re.findall(r"[按点]“([^”]+)”", guides))

    assert len(pressed) > 50
    assert {word for word in pressed if word not in pages} == set()
