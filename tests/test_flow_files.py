"""What Prefect needs of the files in flows/: it loads crosspost.py by path, with flows/ first on sys.path."""

import ast
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.prefect_kit import ROOT, private_environment

FLOWS = ROOT / "flows"
OURS = {"flows", "connectors", "templates", "state", "tests"}


def top_level_imports(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = [
        name
        for node in tree.body
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    return {name.partition(".")[0] for name in modules}


def test_only_crosspost_py_imports_prefect_at_its_top() -> None:
    assert [file.name for file in FLOWS.glob("*.py") if "prefect" in top_level_imports(file)] == ["crosspost.py"]


def test_crosspost_py_defines_no_class_for_its_module_has_two_names() -> None:
    tree = ast.parse((FLOWS / "crosspost.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_no_file_in_flows_hides_a_library() -> None:
    libraries = set(sys.stdlib_module_names) | set(packages_distributions()) - OURS
    assert {file.stem for file in FLOWS.glob("*.py")} & libraries == set()


def test_the_flows_load_from_their_file(tmp_path: Path) -> None:
    for folder in ("flows", "connectors", "templates", "state"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    load = "from prefect.flows import load_flow_from_entrypoint as load\n" + "".join(
        f"print(load('flows/crosspost.py:{name}', use_placeholder_flow=False).fn.__code__.co_filename)\n"
        for name in ("crosspost", "collect", "publish")
    )
    environment = private_environment(tmp_path / "home") | {"PYTHONPATH": str(tmp_path)}
    loaded = subprocess.run(
        [sys.executable, "-c", load], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert [Path(line).resolve() for line in loaded.stdout.splitlines()] == [tmp_path / "flows" / "crosspost.py"] * 3
