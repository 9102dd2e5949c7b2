"""Looks at pages of smt-mpi in a headless Chromium, as scripts/check-page.sh makes them.

Usage: python3 check_page.py CHROMIUM FOLDER PAGE…   each PAGE is FILE.html[=MAP.nc[,SECTION…]]

Of each page: it draws without an error in the console, its map is not blank, nothing is fetched, it has the sections
that are named, and where there is a map file the value under the pointer is the file's in 20 cells of several maps, and
the meaning of the status where there is none; that of a mesh (mesh.html) has no holes.
Pictures of the pages are left in FOLDER.
Exit status: 0 all is well, 1 a page is wrong.
"""

import json
import pathlib
import re
import sys
import tempfile

import netCDF4
import numpy as np

from browser import Browser
from page_words import check_words

LARGEST = 5_000_000
PER_MAP = 20
# Colours of cells without a value.
ABSENT = ["#e4eaf0", "#b4b4b4", "#cfcac2"]
# Pixels of the latitudes at the left of a map.
AXIS = 46


def number(text):
    """The number that a text begins with; NaN for none."""
    try:
        return np.float32(text.split()[0].replace("\u2212", "-"))
    except (IndexError, ValueError):
        return np.float32("nan")


def field(file, one):
    """A map of a page as the file has it, by the names that the page gives to the indices of its dimensions."""
    variable = file[one["name"]]
    chosen = dict(part.split("=", 1) for part in one["label"].split(", ")[1:])
    place = []
    for dimension in variable.dimensions:
        if dimension not in chosen:
            place.append(slice(None))
            continue
        coordinate = file[dimension]
        if "flag_meanings" in coordinate.ncattrs():
            place.append(coordinate.flag_meanings.split().index(chosen[dimension]))
        else:
            place.append(int(np.argmin(abs(coordinate[:] - float(chosen[dimension])))))
    return np.ma.filled(variable[tuple(place)].astype("f4"), np.nan).ravel()


def expected(path, maps):
    """Values and statuses of the maps of a page, as the file has them."""
    with netCDF4.Dataset(path) as file:
        return {index: field(file, one) for index, one in enumerate(maps)
                if pathlib.Path(one["file"]).name == pathlib.Path(path).name}


def spot(browser, grid, cell):
    """Where a cell is in the window, and on the globe."""
    view = browser.value("(() => { const canvas = document.getElementById('map');"
                         "const {left, top} = canvas.getBoundingClientRect();"
                         "return {...canvas.dataset, left, top}; })()")
    west, north, scale = (float(view[key]) for key in ("west", "north", "scale"))
    row, column = divmod(cell, len(grid["longitude"])) if grid["kind"] == "regular" else (cell, cell)
    latitude, longitude = grid["latitude"][row], grid["longitude"][column]
    # Within a turn of the left side of the map; half a pixel from the poles, where it ends.
    east = west + AXIS / scale + (longitude - west - AXIS / scale) % 360
    up = min(90 - 0.5 / scale, max(-90 + 0.5 / scale, latitude))
    return view["left"] + (east - west) * scale, view["top"] + (north - up) * scale, latitude, longitude


def painted(browser, x, y):
    """The colour of the map at a place of the window."""
    return "#" + browser.value(
        "(() => { const canvas = document.getElementById('map'); const {left, top} = canvas.getBoundingClientRect();"
        f"const pixel = canvas.getContext('2d').getImageData(Math.floor({x} - left), Math.floor({y} - top), 1, 1).data;"
        "return [...pixel.slice(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join(''); })()")


def colour(one, value):
    """The colours that a cell may have."""
    scale = one["scale"]
    if np.isnan(value):
        return ABSENT
    if one["kind"] == "classes":
        return [scale["colours"][[flag["value"] for flag in one["flags"]].index(int(value))]]
    count = len(scale["colours"])
    place = int(min(count - 1, max(0, (float(value) - scale["low"]) / (scale["high"] - scale["low"]) * count)))
    return scale["colours"][max(0, place - 1):place + 2]


def check_pointer(browser, page, path, random):
    """What is wrong with what the page says of cells and with their colours, and how many were asked."""
    maps, found, count, others = page["maps"], [], 0, 0
    fields = expected(path, maps)
    chosen = [index for index in fields if maps[index]["kind"] == "quantity"][:4] + [
        index for index in fields if maps[index]["kind"] == "classes"][:1]
    for index in chosen:
        one, values = maps[index], fields[index]
        browser.value(f"(() => {{ const chooser = document.getElementById('choose-map'); chooser.value = '{index}';"
                      "chooser.dispatchEvent(new Event('change')); })()")
        browser.wait(f"document.getElementById('map').dataset.map === '{index}'")
        browser.value("document.getElementById('map').scrollIntoView({block: 'center'})")
        browser.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
        grid = page["grids"][one["grid"]]
        present, missing = np.flatnonzero(np.isfinite(values)), np.flatnonzero(np.isnan(values))
        cells = np.concatenate([random.choice(some, min(PER_MAP, len(some)), replace=False)
                                for some in (present, missing) if len(some)])
        for cell in cells:
            x, y, latitude, longitude = spot(browser, grid, int(cell))
            browser("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
            text = browser.value("document.getElementById('readout').textContent")
            asked = browser.value("document.getElementById('readout').dataset.cell")
            status = None
            if one.get("status") is not None and one["status"] in fields:
                flags = {flag["value"]: flag["meaning"] for flag in maps[one["status"]]["flags"]}
                status = flags.get(int(fields[one["status"]][cell]))
            place, _, told = text.partition(": ")
            count += 1
            # At the poles lies the frame.
            others += abs(latitude) < 89 and painted(browser, x, y) not in colour(one, values[cell])
            if np.isnan(values[cell]):
                want = f"no value: {status.replace('_', ' ')}" if status else "no value"
                is_right = told == want
            elif one["kind"] == "classes":
                want = {flag["value"]: flag["meaning"] for flag in one["flags"]}[int(values[cell])].replace("_", " ")
                is_right = told == want
            else:
                want = values[cell]
                is_right = number(told) == want
            is_right = is_right and f"{abs(round(latitude, 4)):g}" in place and int(asked) == cell
            if not is_right:
                found.append(f"{one['label']}, cell {cell} at {latitude:g}, {longitude:g}: '{text}' "
                             f"(cell {asked}), expected {want}")
    # The lines of the graticule cross some.
    if others > 0.2 * count:
        found.append(f"{others} of {count} cells have another colour than their value")
    return found, count


def told(browser, grid, cell):
    """The cell that the page tells of where a cell lies."""
    x, y, *_ = spot(browser, grid, cell)
    browser("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    return int(browser.value("document.getElementById('readout').dataset.cell"))


def is_ringed(browser, grid, count, frame):
    """Whether the cell farthest to the right gets a ring where it is clicked; of those that are not near a pole."""
    columns = len(grid["longitude"])
    cells = [cell for cell in range(0, count, max(1, count // 300))
             if abs(grid["latitude"][cell // columns if grid["kind"] == "regular" else cell]) < 60]
    x, y, *_ = max(spot(browser, grid, cell) for cell in cells)
    before = painted(browser, x - 8, y)
    for kind in ("mousePressed", "mouseReleased"):
        browser("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, x=x, y=y)
    browser.value("new Promise((done) => setTimeout(() => done(1), 200))")
    browser.value(frame)
    return painted(browser, x - 8, y) != before


def check_whole(browser):
    """What is wrong where a map that is to fill its frame has holes."""
    share = browser.value(
        "(() => { const canvas = document.getElementById('map');"
        f"const {{data}} = canvas.getContext('2d').getImageData({AXIS}, 0, canvas.width - {AXIS}, canvas.height - 22);"
        "let holes = 0; for (let byte = 3; byte < data.length; byte += 4) holes += data[byte] === 0;"
        "return 4 * holes / data.length; })()")
    return [f"{share:.1%} of the map are holes"] if share > 0.001 else []


def check_hands(browser, page):
    """What is wrong with zooming, keys and the list of a cell's values."""
    found = []
    scale = "Number(document.getElementById('map').dataset.scale)"
    frame = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
    grid = page["grids"][page["maps"][int(browser.value("document.getElementById('map').dataset.map"))]["grid"]]
    count = len(grid["latitude"]) * (len(grid["longitude"]) if grid["kind"] == "regular" else 1)
    x, y, *_ = spot(browser, grid, count // 2)
    box = {"x": x, "y": y}
    before = browser.value(scale)
    browser("Input.dispatchMouseEvent", type="mouseWheel", deltaX=0, deltaY=-240, **box)
    browser.value(frame)
    browser.wait(f"{scale} > {before}", 5)
    if told(browser, grid, count // 2) != count // 2:
        found.append("another cell is under the pointer after zooming")
    browser.value("document.getElementById('map').focus()")
    browser("Input.dispatchKeyEvent", type="keyDown", key="0")
    browser.value(frame)
    if browser.value(scale) != before:
        found.append("the key 0 does not show the whole map")
    turn = "[...document.querySelectorAll('.tools button')].find((one) => one.textContent.includes('180'))"
    if not browser.value(f"{turn}.hidden"):
        browser.value(f"{turn}.click()")
        browser.value(frame)
        if told(browser, grid, count // 2) != count // 2:
            found.append("another cell is under the pointer after turning the globe")
        browser.value(f"{turn}.click()")
        browser.value(frame)
    x, y, *_ = spot(browser, grid, count // 2)
    box = {"x": x, "y": y}
    for kind in ("mousePressed", "mouseReleased"):
        browser("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **box)
    browser.wait("document.querySelectorAll('#pins tbody tr').length > 0", 10)
    rows = browser.value("document.querySelectorAll('#pins tbody tr').length")
    # Of many maps the first are listed, until all are asked for.
    if rows != min(20, browser.value("document.querySelectorAll('#choose-map option').length")):
        found.append(f"{rows} values are listed of a cell")
    if not is_ringed(browser, grid, count, frame):
        found.append("the cell at the right edge has no ring where it is clicked")
    browser("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight")
    if not browser.value("document.getElementById('readout').textContent"):
        found.append("the arrow keys tell nothing")
    return found


def check(browser, folder, page, map_file, sections, random):
    text = page.read_text()
    data = json.loads(re.search(r'<script type="application/json" id="page">(.*?)</script>', text, re.S).group(1))
    found = []
    if len(text.encode()) > LARGEST:
        found.append(f"{len(text.encode())} bytes, expected {LARGEST} at most")
    if re.search(r"""(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import""", text):
        found.append("it names something to be fetched")
    browser.open(page, 390, 844, is_phone=True)
    if browser.value("document.documentElement.scrollWidth > innerWidth + 1"):
        found.append("it is wider than a telephone")
    browser.picture(folder / f"{page.stem}-phone.png")
    found += browser.faults(page)
    browser("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.open(page, 1360, 900)
    browser.picture(folder / f"{page.stem}-dark.png")
    browser("Emulation.setEmulatedMedia", features=[])
    browser.open(page, 1360, 900)
    browser.picture(folder / f"{page.stem}.png")
    there = browser.value("[...document.querySelectorAll('section')].map((section) => section.id)")
    found += [f"there is no section {name}" for name in sections if name not in there]
    count = 0
    if data["maps"]:
        if map_file:
            wrong, count = check_pointer(browser, data, map_file, random)
            found += wrong
        if page.stem == "mesh":
            found += check_whole(browser)
        found += check_hands(browser, data)
        found += check_words(browser)
    found += browser.faults(page)
    print(f"{page.name}: {len(text.encode())} bytes, {len(data['maps'])} maps, {count} cells asked: "
          + ("all is well" if not found else f"{len(found)} faults"))
    for fault in found[:12]:
        print(f"  {fault}")
    return not found


def main():
    program, folder, pages = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(program, profile)
        try:
            is_well = True
            for one in pages:
                path, _, rest = one.partition("=")
                map_file, *sections = rest.split(",") if rest else [""]
                is_well = check(browser, folder, pathlib.Path(path), map_file, sections, random) and is_well
        finally:
            browser.close()
    sys.exit(0 if is_well else 1)


main()
