"""Hooks of MkDocs: formulas become MathML while the manual is built, and links to files of the project beside docs/ work.

A page links to such a file as it would on the project's own page, ../slurm/threshold.sbatch; the manual holds a copy of it
in project/. Formulas are written $…$ and $$…$$.
"""

import html
import os
import re
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
# What pages link to outside docs/. Markdown becomes a page, anything else is copied as it is.
BESIDE = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff", "LICENSE", "Makefile"]
BESIDE_GLOBS = ["benchmarks/README.md", "benchmarks/*.svg", "slurm/*", "pbs/*", "packaging/**/*", "scripts/*.sh"]

LINK = re.compile(r"(?P<open>!?\[[^\]]*\]\()(?P<target>[^)\s#:]+)(?P<anchor>#[^)\s]*)?(?P<close>\))")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def _beside():
    paths = [ROOT / name for name in BESIDE]
    for pattern in BESIDE_GLOBS:
        paths += sorted(ROOT.glob(pattern))
    return [path.relative_to(ROOT).as_posix() for path in paths if path.is_file()]


def on_files(files, config):
    """Adds the files beside docs/ to the manual; they have no place in its table of contents."""
    for name in _beside():
        file = File.generated(config, "project/" + _site_name(name), abs_src_path=str(ROOT / name))
        file.inclusion = file.inclusion.NOT_IN_NAV
        files.append(file)
    return files


def _site_name(name):
    """Files without an ending, and scripts, get one with which browsers show them."""
    return name if Path(name).suffix in (".md", ".svg", ".png") else name + ".txt"


def on_page_markdown(markdown, page, config, files):
    """Leads links to files of the project to where the manual has them; whatever else does not exist fails the build."""
    source = page.file.src_uri
    inside = source.startswith("project/")
    here = os.path.dirname(source.removeprefix("project/") if inside else "docs/" + source)
    known = set(_beside())

    def lead(match):
        target = os.path.normpath(os.path.join(here, match["target"]))
        if target.startswith("docs/"):
            site = target.removeprefix("docs/")
        elif target in known:
            site = "project/" + _site_name(target)
        else:
            return match[0]
        return match["open"] + os.path.relpath(site, os.path.dirname(source) or ".") + (match["anchor"] or "") + match["close"]

    return LINK.sub(lead, markdown)


def on_page_content(content, page, config, files):
    """Turns formulas into MathML, which browsers draw by themselves."""

    def formula(match):
        kind = "inline" if match[2] == "(" else "block"
        return convert(html.unescape(match[3]), display=kind)

    return FORMULA.sub(formula, content)
