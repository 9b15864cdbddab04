"""Builds the site of the documents into build/site: `make docs`.

Documents link to files as they lie in the checkout, so that they can be read there too. Here each gets its place on
the site, and its links lead to the places of what they name: code and notices become pages that show them. A link to
what is not there, or to a heading that is not there, ends the build. Nothing is fetched, neither now nor by who reads
the site.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent
STAGED, PICTURES = ROOT / "build" / "site-source", ROOT / "build" / "site-gallery"
API = "reference"
"""Folder of the Python interface on the site."""

PLACES = {
    "docs/site/start.md": "index.md",
    "docs/site/gallery.md": "gallery.md",
    "docs/site/extra.css": "site/extra.css",
    "EXPERIMENTS.md": "experiments/index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
}
"""Files that have another place on the site than in the checkout."""

LINK = re.compile(r"(\[[^\]]*\]\()([^)\s#]+)?(#[^)\s]*)?\)")
PICTURE = (".webp", ".png", ".svg")


def main() -> None:
    """Lays all out and builds it."""
    shutil.rmtree(STAGED, ignore_errors=True)
    for page in documents():
        stage(page)
    put(STAGED / PLACES["docs/site/extra.css"], (ROOT / "docs/site/extra.css").read_text(encoding="utf-8"))
    put(STAGED / "plugins" / "index.md", plugins())
    stage_api()
    build()
    print(f"the site: {ROOT / 'build' / 'site' / 'index.html'}")


def build() -> None:
    """Builds what is laid out.

    Raises:
        SystemExit: with the warnings: of a page, a link or a heading that is not there.
    """
    # Not --quiet, which would keep --strict from hearing warnings.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(ROOT / "docs/site/mkdocs.yml")]
    # Else the theme tells at length of another one that its makers write.
    given = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
        sys.exit("\n".join([*said, "docs_site.py: not built"]))


def documents() -> list[str]:
    """The pages of the site, as they are named in the checkout; others come in because one of these names them."""
    pages = [f.relative_to(ROOT).as_posix() for f in (ROOT / "docs").rglob("*.md")]
    pages += [f.relative_to(ROOT).as_posix() for f in (ROOT / "plugins").glob("*/README.md")]
    return sorted([*pages, "EXPERIMENTS.md", "CHANGELOG.md", "CONTRIBUTING.md", "examples/CREDITS.md"])


def place(name: str) -> str:
    """Where a file of the checkout stands on the site.

    >>> [place(n) for n in ("docs/guide/lines.md", "docs/strip.webp", "NOTICE", "examples/CREDITS.md", "tools/soak.py")]
    ['guide/lines.md', 'strip.webp', 'source/NOTICE.md', 'examples/CREDITS.md', 'source/tools/soak.py.md']
    """
    if name in PLACES:
        return PLACES[name]
    if re.fullmatch(r"plugins/\w+/README\.md", name):
        return f"{name.removesuffix('/README.md')}.md"
    if name.endswith((".md", *PICTURE)):
        return name.removeprefix("docs/")
    return f"source/{name}.md"


def stage(name: str) -> None:
    """A document onto its place."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name == "docs/site/gallery.md":
        text = re.sub(r"<!-- pictures: (\w+) -->", lambda found: figures(found[1]), text)
    put(STAGED / place(name), written(text, lambda link: moved(link, name)))


def written(text: str, move: Callable[[str], str]) -> str:
    r"""A document as the site's Markdown wants it: links moved, lists indented by four, no comments but those that are
    text of the site alone.

    >>> print(written("1. See [x](y.md#z),\n   and\n```\n   [x](y.md)\n```", lambda link: "../" + link))
    1. See [x](../y.md#z),
        and
    ```
       [x](y.md)
    ```
    """
    lines, fenced = [], False
    text = re.sub(r"^<!-- on the site: (.*?) -->$", r"\1", text, flags=re.M | re.S)
    for line in re.sub(r"^<!--.*?-->\n", "", text, flags=re.M | re.S).splitlines():
        inside = fenced
        if line.startswith("```"):
            fenced = not fenced
        if not inside and not line.startswith("```"):
            if line.startswith("   "):
                line = f" {line}"
            line = LINK.sub(lambda found: f"{found[1]}{move(found[2] or '')}{found[3] or ''})", line)
        lines.append(line)
    return "\n".join(lines) + ("\n" if text.endswith("\n") else "")


def moved(link: str, name: str) -> str:
    """A link of a document, from its place to that of what it names, which is brought there.

    Raises:
        SystemExit: it names nothing.
    """
    if not link or "://" in link or link.startswith("mailto:"):
        return link
    target = Path(os.path.normpath(ROOT / name / ".." / link))
    if not target.exists() or not target.is_relative_to(ROOT):
        sys.exit(f"docs_site.py: {name}: links to {link}, which is not there")
    wanted = target.relative_to(ROOT).as_posix()
    bring(target, wanted)
    return os.path.relpath(place(wanted), PurePosixPath(place(name)).parent)


def bring(target: Path, name: str) -> None:
    """A picture onto its place, or a page that shows a file of text or names those of a folder."""
    to = STAGED / place(name)
    if name.endswith(".md") or to.exists():
        return
    if name.endswith(PICTURE):
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(target, to)
        return
    if target.is_dir():
        shown, kind = "\n".join(sorted(f.name for f in target.iterdir() if f.is_file())), "text"
    else:
        shown, kind = target.read_text(encoding="utf-8"), {".py": "python", ".toml": "toml"}.get(target.suffix, "text")
    head = "---\nsearch: { exclude: true }\nhide: [navigation, toc]\n---\n"
    put(to, f"{head}\n# {name}\n\n~~~~~ {kind}\n{shown.rstrip()}\n~~~~~\n")


def figures(section: str) -> str:
    """HTML of a section of the gallery; its pictures are kept until the weights or the tool change."""
    from docs_gallery import save
    from docs_gallery import section as made

    import senga
    from senga.model.shipped import WEIGHTS

    folder, rows = PICTURES / section, []
    sources = [*WEIGHTS.iterdir(), *(ROOT / "examples").iterdir(), ROOT / "tools" / "docs_gallery.py"]
    newest = max(f.stat().st_mtime for f in sources)
    if not folder.is_dir() or folder.stat().st_mtime < newest:
        shutil.rmtree(folder, ignore_errors=True)
        unfinished = PICTURES / f"{section}.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        for number, (said, pictures) in enumerate(made(section, senga.Colorizer.open())):
            for at, picture in enumerate(pictures):
                save(picture, unfinished / f"{number}-{said}" / f"{at}.webp")
        unfinished.rename(folder)
    shutil.copytree(folder, STAGED / "gallery" / section, dirs_exist_ok=True)
    for figure in sorted(folder.iterdir()):
        files = sorted(figure.iterdir())
        said = figure.name.partition("-")[2]
        kind = ' class="three"' if len(files) == 3 else ""
        shown = "".join(
            f'<img src="gallery/{section}/{figure.name}/{f.name}" alt="{said}, {at + 1}" loading="lazy">'
            for at, f in enumerate(files)
        )
        rows.append(f"<figure{kind}>{shown}<figcaption>{said}</figcaption></figure>")
    return '<div class="pairs">' + "".join(rows) + "</div>"


def plugins() -> str:
    """The page that leads to what senga has for other programs."""
    rows = ["# In other programs", ""]
    for file in sorted((ROOT / "plugins").glob("*/README.md")):
        title = re.search(r"^# (.*)$", file.read_text(encoding="utf-8"), re.M)
        rows.append(f"- [{title[1] if title else file.parent.name}]({file.parent.name}.md)")
    return "\n".join(rows) + "\n"


def stage_api() -> None:
    """The Python interface, from docstrings."""
    theme = ["-t", "docs/site/api-theme", "-d", "google", "--no-search", "-o", str(STAGED / API)]
    subprocess.run(
        [sys.executable, "-m", "pdoc", *theme, "senga", "!senga.learn", "!senga.verbs"], cwd=ROOT, check=True
    )


def put(file: Path, text: str) -> None:
    """Writes a file, its folders too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
