"""What the repository promises about itself."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in names.split("\0") if name]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_pins_every_package_by_hash_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.findall(r"^(\S+)==\S+((?:.*\\\n)*.*)", text, flags=re.MULTILINE)

    assert len(packages) > 20
    assert [package for package, rest in packages if "--hash=sha256:" not in rest] == []
    assert re.search(r"https?://|--index|--find-links", text) is None


def test_dev_lock_agrees_with_the_lock_on_every_version() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in tracked("*.md")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
        if "://" not in target and not (document.parent / target).exists()
    ]

    assert broken == []


def test_every_picture_is_shown_and_all_are_soon_fetched() -> None:
    pictures = tracked("docs/pictures")
    documents = "".join(document.read_text() for document in tracked("*.md"))

    folder = ROOT / "docs"
    assert [picture.name for picture in pictures if f"{picture.relative_to(folder)})" not in documents] == []
    catalogue = {picture for picture in pictures if picture.parent.name == "screens"}
    assert sum(picture.stat().st_size for picture in set(pictures) - catalogue) < 1_500_000
    assert sum(picture.stat().st_size for picture in catalogue) < 6_000_000  # on a page of its own


def test_every_decision_is_listed() -> None:
    decisions = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\((\d{4}-[a-z-]+\.md)\)", (decisions / "README.md").read_text()))

    assert listed == {path.name for path in decisions.glob("0*.md")}


def test_make_offers_what_the_readme_and_the_contract_name() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))

    assert {"demo", "test", "check", "run", "lock", "format"} <= targets


def test_compose_depends_only_on_services_that_exist() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    wanted = {name for service in services.values() for name in service.get("depends_on", {})}

    assert wanted <= services.keys()
