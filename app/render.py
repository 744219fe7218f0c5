"""The page's HTML: the build's static shell and assets within the site's one template."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2

from app.errors import SiteError
from app.headers import CONTENT_SECURITY_POLICY

ENTRY = "src/page/main.tsx"
TEMPLATES = Path(__file__).parent / "templates"


@dataclass
class Assets:
    """Hashed files of the page, relative to the site."""

    script: str
    preloads: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)


def read_build(webui: Path, name: str) -> Any:
    """A JSON file of the built page; raises SiteError where the page was not built."""
    try:
        return json.loads((webui / name).read_text("utf-8"))
    except (OSError, ValueError):
        raise SiteError(
            f"{webui} does not hold the built page ({name} is missing or broken). "
            "Run `npm ci && npm run build` in webui first."
        ) from None


def page_assets(manifest: dict[str, Any]) -> Assets:
    """What the page loads, out of Vite's manifest: its script, that script's imports, styles."""
    assets = Assets(script=manifest[ENTRY]["file"])
    waiting, seen = [ENTRY], set()
    while waiting:
        key = waiting.pop(0)
        if key in seen:
            continue
        seen.add(key)
        chunk = manifest[key]
        waiting += chunk.get("imports", [])
        assets.styles += [style for style in chunk.get("css", []) if style not in assets.styles]
        if key != ENTRY:
            assets.preloads.append(chunk["file"])
    return assets


def render(template: str, **values: Any) -> str:
    """One of the site's templates, every value escaped that is not marked as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(csp=CONTENT_SECURITY_POLICY, **values)


def render_page(webui: Path) -> str:
    """`index.html`; the shell's HTML was rendered by the page's own code while it was built."""
    shell = read_build(webui, "shell.json")
    assets = page_assets(read_build(webui, "manifest.json"))
    return render("index.html", shell=shell, assets=assets)
