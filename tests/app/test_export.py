"""The written site: complete, known by hash, replaced as a whole or not at all."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app import export
from app.errors import SiteError
from app.export import export_site
from app.headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS
from app.models import default_models

MakeModel = Callable[..., Path]


class Elements(HTMLParser):
    """All elements of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def shell_of(site: Path) -> dict:
    first, rest = (site / "service-worker.js").read_text().split("\n", 1)
    assert rest.startswith("(function")
    return json.loads(first.removeprefix("const SHELL = ").removesuffix(";"))


@pytest.fixture
def site(tmp_path: Path, webui: Path, make_model: MakeModel) -> Path:
    return export_site(tmp_path / "dist", [make_model()], webui).out


def test_the_page_names_its_assets_and_nothing_of_other_origins(site: Path):
    elements = Elements((site / "index.html").read_text()).found
    links = [a["href"] for tag, a in elements if tag == "link"]
    scripts = [a["src"] for tag, a in elements if tag == "script"]
    assert scripts == ["assets/page-1a.js"]
    assert {"assets/page-1a.css", "assets/shared-2b.css", "assets/shared-2b.js"} <= set(links)
    for address in [*links, *scripts]:
        assert not re.match(r"/|[a-z]+:", address), f"{address} works in one place only"
        assert (site / address).is_file()


def test_the_page_carries_the_policy_and_breaks_none_of_it(site: Path):
    html = (site / "index.html").read_text()
    elements = Elements(html).found
    policies = [
        a["content"] for _, a in elements if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [CONTENT_SECURITY_POLICY]
    assert html.index("Content-Security-Policy") < html.index("<link")
    for tag, attributes in elements:
        assert tag != "style"
        assert tag != "script" or attributes.get("src"), "inline script"
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_the_static_html_stands_in_the_page_and_texts_are_escaped(site: Path):
    html = (site / "index.html").read_text()
    assert '<div id="app"><h1>Visit scribe</h1><button>Generate note</button></div>' in html
    assert "Notes from &#34;visits&#34;" in html
    assert '<html lang="en">' in html


def test_models_are_links_to_the_built_files(site: Path, tmp_path: Path):
    built, copied = (
        folder / "small" / "params_shard_0.bin" for folder in (tmp_path / "models", site / "models")
    )
    assert os.path.samefile(built, copied)
    assert (site / "models" / "small" / "manifest.json").is_file()


def test_models_are_copied_where_links_are_not_possible(
    tmp_path: Path, webui: Path, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise OSError("another file system")

    monkeypatch.setattr(os, "link", refuse)
    model = make_model()
    site = export_site(tmp_path / "dist", [model], webui).out
    copied = site / "models" / "small" / "params_shard_0.bin"
    assert copied.read_bytes() == (model / "params_shard_0.bin").read_bytes()
    assert not os.path.samefile(copied, model / "params_shard_0.bin")


def test_files_that_the_manifest_does_not_list_stay_behind(
    tmp_path: Path, webui: Path, make_model: MakeModel
):
    model = make_model()
    (model / "notes.txt").write_text("private")
    site = export_site(tmp_path / "dist", [model], webui).out
    assert not (site / "models" / "small" / "notes.txt").exists()


def test_the_site_lists_models_and_samples(site: Path):
    manifest = (site / "models" / "small" / "manifest.json").read_bytes()
    listing = json.loads((site / "site.json").read_text())
    assert listing["format"] == 1
    assert listing["models"] == [
        {
            "name": "small",
            "title": "Model small",
            "testModel": False,
            "bytes": 500,
            "licence": {"model": "Apache-2.0"},
            "manifest": hashlib.sha256(manifest).hexdigest(),
            "memory": None,
        }
    ]
    assert len(listing["samples"]) >= 3
    for sample in listing["samples"]:
        words = len((site / "samples" / sample["file"]).read_text().split())
        assert 600 <= words <= 1500, f"{sample['file']} has {words} words"


def test_a_model_says_how_much_memory_it_takes(tmp_path: Path, webui: Path, make_model: MakeModel):
    plan = b'{"memory": 464000000}'
    listed = {"path": "plan.wasm.json", "bytes": len(plan), "sha256": "0" * 64}
    model = make_model(files=[listed])
    (model / "plan.wasm.json").write_bytes(plan)
    site = export_site(tmp_path / "dist", [model], webui).out
    assert json.loads((site / "site.json").read_text())["models"][0]["memory"] == 464_000_000


def test_the_page_can_be_installed_wherever_it_lies(site: Path):
    """No `id`: two sites of one server would share it; the start address serves as one."""
    manifest = json.loads((site / "site.webmanifest").read_text())
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == (
        "standalone",
        "./",
        "./",
    )
    icons = {(icon["sizes"], icon["purpose"]): icon["src"] for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= set(icons)
    for source in icons.values():
        assert (site / source).is_file()


def test_the_service_worker_knows_every_file_of_the_shell_by_hash(site: Path):
    shell = shell_of(site)
    listed = {entry["path"] or "index.html": entry["sha256"] for entry in shell["files"]}
    present = {
        file.relative_to(site).as_posix()
        for file in site.rglob("*")
        if file.is_file() and "models" not in file.relative_to(site).parts
    }
    assert set(listed) == present - {"service-worker.js"}
    for path, digest in listed.items():
        assert hashlib.sha256((site / path).read_bytes()).hexdigest() == digest
    assert shell["headers"] == SECURITY_HEADERS
    types = {entry["path"]: entry["type"] for entry in shell["files"]}
    assert types[""] == "text/html; charset=utf-8"
    assert types["icons/icon-192.png"] == "image/png"


def test_the_version_changes_with_any_file_and_with_nothing_else(
    site: Path, tmp_path: Path, webui: Path
):
    models = [tmp_path / "models" / "small"]
    before = shell_of(site)["version"]
    export_site(site, models, webui)
    assert shell_of(site)["version"] == before
    (webui / "assets" / "worker-3c.js").write_text("changed")
    export_site(site, models, webui)
    assert shell_of(site)["version"] != before


def test_a_site_is_replaced_whole(site: Path, tmp_path: Path, webui: Path, make_model: MakeModel):
    export_site(site, [make_model("other")], webui)
    assert [folder.name for folder in (site / "models").iterdir()] == ["other"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_failure_leaves_the_old_site(
    site: Path, tmp_path: Path, webui: Path, monkeypatch: pytest.MonkeyPatch
):
    before = {file: file.read_bytes() for file in site.rglob("*") if file.is_file()}

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(export, "_copy_model", fail)
    with pytest.raises(OSError, match="No space"):
        export_site(site, [tmp_path / "models" / "small"], webui)
    assert {file: file.read_bytes() for file in site.rglob("*") if file.is_file()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path, webui: Path, make_model: MakeModel
):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("mine")
    with pytest.raises(SiteError, match="holds other files"):
        export_site(tmp_path / "home", [make_model()], webui)
    assert (tmp_path / "home" / "thesis.txt").read_text() == "mine"


class TestWhatIsMissing:
    """Each is one sentence that names the place and the way out."""

    def test_the_built_page(self, tmp_path: Path, make_model: MakeModel):
        with pytest.raises(SiteError, match=r"shell\.json.*npm run build"):
            export_site(tmp_path / "dist", [make_model()], tmp_path / "nothing")

    def test_a_model(self, tmp_path: Path, webui: Path):
        with pytest.raises(SiteError, match=r"holds no manifest\.json"):
            export_site(tmp_path / "dist", [tmp_path / "none"], webui)
        with pytest.raises(SiteError, match="no built model"):
            export_site(tmp_path / "dist", [], webui)

    def test_a_shard(self, tmp_path: Path, webui: Path, make_model: MakeModel):
        model = make_model()
        (model / "params_shard_0.bin").unlink()
        with pytest.raises(SiteError, match=r"params_shard_0\.bin is missing"):
            export_site(tmp_path / "dist", [model], webui)
        assert not (tmp_path / "dist").exists()

    def test_a_part_of_a_shard(self, tmp_path: Path, webui: Path, make_model: MakeModel):
        model = make_model()
        (model / "params_shard_0.bin").write_bytes(b"cut")
        with pytest.raises(SiteError, match="has 3 bytes instead of 500"):
            export_site(tmp_path / "dist", [model], webui)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "format 2, and format 1"),
        ({"name": "../up"}, "cannot be named"),
        ({"files": [{"path": "../../secret", "bytes": 1, "sha256": ""}]}, "outside its folder"),
    ],
)
def test_a_manifest_that_cannot_be_used(
    tmp_path: Path, webui: Path, make_model: MakeModel, change: dict, sentence: str
):
    with pytest.raises(SiteError, match=sentence):
        export_site(tmp_path / "dist", [make_model(folder="odd", **change)], webui)


def test_two_models_of_one_name(tmp_path: Path, webui: Path, make_model: MakeModel):
    models = [make_model(folder="a"), make_model(folder="b")]
    with pytest.raises(SiteError, match="named 'small'"):
        export_site(tmp_path / "dist", models, webui)


def test_by_default_the_smallest_real_model_comes_first(tmp_path: Path, make_model: MakeModel):
    make_model("large", weights_bytes=900)
    make_model("small", weights_bytes=500)
    make_model("random", weights_bytes=1, test_model=True)
    found = default_models(tmp_path / "models")
    assert [path.name for path in found] == ["small", "large"]


def test_a_test_model_is_offered_where_there_is_no_other(tmp_path: Path, make_model: MakeModel):
    make_model("random", test_model=True)
    assert [path.name for path in default_models(tmp_path / "models")] == ["random"]
