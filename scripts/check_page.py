"""Looks at pages of smt-mpi in a headless Chromium, as scripts/check-page.sh makes them.

Usage: python3 check_page.py make FILE     a netCDF file of 12 maps of 192 x 288 cells, with a status
       python3 check_page.py points FILE   one of places without an order
       python3 check_page.py record FILE   one of 20 years of months
       python3 check_page.py look CHROMIUM FOLDER PAGE…   each PAGE is FILE.html[=MAP.nc[,SECTION…]]

Of each page: it draws without an error in the console, its map is not blank, nothing is fetched, it has the sections
that are named, and where there is a map file the value under the pointer is the file's in 20 cells of several maps, and
the meaning of the status where there is none. Pictures of the pages are left in FOLDER.
Exit status: 0 all is well, 1 a page is wrong.
"""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import netCDF4
import numpy as np

LARGEST = 5_000_000
PER_MAP = 20
# Colours of cells without a value.
ABSENT = ["#e4eaf0", "#b4b4b4", "#cfcac2"]
# Pixels of the latitudes at the left of a map.
AXIS = 46


class Browser:
    """A headless Chromium that is told by the DevTools protocol, over pipes, what to do."""

    def __init__(self, program, profile):
        read, self.commands = os.pipe()
        self.answers, write = os.pipe()
        # The protocol goes over descriptors 3 and 4 of the browser.
        high = [os.dup2(end, number, inheritable=True) for end, number in ((read, 50), (write, 51))]
        options = ["--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage",
                   "--no-first-run", "--disable-background-networking", "--disable-component-update",
                   "--force-device-scale-factor=1",
                   "--hide-scrollbars", f"--user-data-dir={profile}"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec 3<&50 4>&51 50<&- 51>&-; exec "$0" "$@"', program, *options], pass_fds=high,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in (read, write, *high):
            os.close(end)
        self.rest, self.number, self.events = b"", 0, []
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Network", "Page"):
            self(f"{domain}.enable")

    def __call__(self, method, **parameters):
        """The result of a command; events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self):
        while b"\0" not in self.rest:
            part = os.read(self.answers, 1 << 20)
            if not part:
                raise RuntimeError("the browser has ended")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def value(self, expression):
        """What a JavaScript expression gives."""
        result = self("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", expression))
        return result["result"].get("value")

    def wait(self, expression, seconds=20):
        end = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > end:
                raise RuntimeError(f"waited {seconds} s for {expression}")
            time.sleep(0.05)

    def open(self, path, width, height, is_phone=False):
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=is_phone)
        self.events.clear()
        self("Page.navigate", url=path.absolute().as_uri())
        self.wait("document.body && document.body.dataset.ready === 'true'")
        # Two frames, so that what was asked for is drawn.
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def picture(self, path):
        """The whole page."""
        size = self("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000), "scale": 1}
        picture = self("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        path.write_bytes(base64.b64decode(picture))

    def faults(self, page):
        """Errors in the console, and addresses that were asked for."""
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"].get("exception", {}).get("description", "an exception"))
            elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                found.append(parameters["entry"]["text"])
            elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
                found.append(f"console: {parameters['args']}")
            elif event["method"] == "Network.requestWillBeSent":
                address = parameters["request"]["url"]
                if address != page.absolute().as_uri() and not address.startswith(("data:", "blob:")):
                    found.append(f"asked for {address}")
        return found

    def close(self):
        self("Browser.close")
        self.process.wait(20)


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
    if rows != browser.value("document.querySelectorAll('#choose-map option').length"):
        found.append(f"{rows} values are listed of a cell")
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
        found += check_hands(browser, data)
    found += browser.faults(page)
    print(f"{page.name}: {len(text.encode())} bytes, {len(data['maps'])} maps, {count} cells asked: "
          + ("all is well" if not found else f"{len(found)} faults"))
    for fault in found[:12]:
        print(f"  {fault}")
    return not found


def smooth(random, rows, columns):
    """A field of waves with noise, which compresses as badly as a model's."""
    latitude = np.linspace(-90, 90, rows)[:, None]
    longitude = np.arange(columns)[None] * 360 / columns
    numbers = random.uniform(1, 6, (5, 3)).round()
    waves = sum(np.sin(np.radians(latitude * a + longitude * b + c)) for a, b, c in numbers)
    return waves + random.normal(0, 0.1, (rows, columns))


def make(path, rows=192, columns=288):
    """Maps in the layout of CLM, of both signs, positive, with seasons and with a status."""
    random = np.random.default_rng(7)
    land = smooth(random, rows, columns) > 0
    with netCDF4.Dataset(path, "w") as file:
        for name, size in (("season", 2), ("lat", rows), ("lon", columns)):
            file.createDimension(name, size)
        for name, units, values in (("lat", "degrees_north", np.linspace(-90, 90, rows)),
                                    ("lon", "degrees_east", np.arange(columns) * 360 / columns)):
            variable = file.createVariable(name, "f8", (name,))
            variable.units, variable[:] = units, values
        season = file.createVariable("season", "i1", ("season",))
        season.flag_values, season.flag_meanings, season[:] = np.array([0, 1], "i1"), "wet dry", [0, 1]
        status = np.where(land, np.where(smooth(random, rows, columns) > 1.5, 2, 0), 1)
        variable = file.createVariable("status", "i1", ("lat", "lon"))
        variable.flag_values, variable.flag_meanings = np.array([0, 1, 2], "i1"), "computed not_land no_threshold"
        variable.long_name, variable[:] = "why a cell has no value", status
        for name, units, mean, spread in (("smt", "percent", 90, 10), ("trend", "kg m-2 year-1", 0, 0.01),
                                          ("gpp", "g m-2 d-1", 8, 2), ("level", "m", 1e-8, 1e-9),
                                          ("bias", "percent", 3, 9)):
            variable = file.createVariable(name, "f4", ("season", "lat", "lon"), fill_value=1e20)
            variable.units, variable.long_name = units, f"a quantity with the mean {mean:g}"
            fields = np.stack([mean + spread * smooth(random, rows, columns) for _ in range(2)])
            variable[:] = np.ma.masked_where(np.broadcast_to(status != 0, fields.shape), fields)
        variable = file.createVariable("r2", "f4", ("lat", "lon"), fill_value=1e20)
        variable.units, variable.valid_range = "1", np.array([0, 1], "f4")
        variable[:] = np.ma.masked_where(status != 0, 1 / (1 + np.exp(-smooth(random, rows, columns))))


def points(path, count=300):
    """Stations in a region across the date line."""
    random = np.random.default_rng(9)
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("station", count)
        for name, units, values in (("lat", "degrees_north", random.uniform(-50, 20, count)),
                                    ("lon", "degrees_east", (random.uniform(150, 230, count) + 180) % 360 - 180)):
            variable = file.createVariable(name, "f8", ("station",))
            variable.units, variable[:] = units, values
        for name, values in (("smt", random.normal(90, 20, count)), ("anomaly", random.normal(0, 3, count))):
            variable = file.createVariable(name, "f4", ("station",), fill_value=1e20)
            variable.units, variable.coordinates = "percent", "lat lon"
            variable[:] = np.ma.masked_where(random.random(count) < 0.1, values)


def record(path, years=20, rows=18, columns=36):
    """Months of a quantity with a trend that differs from place to place."""
    random = np.random.default_rng(8)
    lengths = np.resize([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], 12 * years)
    with netCDF4.Dataset(path, "w") as file:
        for name, size in (("time", None), ("lat", rows), ("lon", columns), ("bnds", 2)):
            file.createDimension(name, size)
        for name, units, values in (("lat", "degrees_north", np.linspace(-85, 85, rows)),
                                    ("lon", "degrees_east", np.linspace(-175, 175, columns))):
            variable = file.createVariable(name, "f8", (name,))
            variable.units, variable[:] = units, values
        ends = np.cumsum(lengths)
        variable = file.createVariable("time", "f8", ("time",))
        variable.units, variable.calendar, variable.bounds = "days since 2000-01-01", "noleap", "time_bnds"
        variable[:] = ends - lengths
        file.createVariable("time_bnds", "f8", ("time", "bnds"))[:] = np.stack([ends - lengths, ends], 1)
        slope, land = smooth(random, rows, columns), smooth(random, rows, columns) > -0.5
        for name, share in (("SM1", 0.3), ("SM2", 0.7)):
            variable = file.createVariable(name, "f4", ("time", "lat", "lon"), fill_value=1e20)
            variable.units = "kg m-2"
            for month in range(12 * years):
                values = 200 + 20 * np.sin(2 * np.pi * month / 12) + slope * month / 12
                values = values + random.normal(0, 5, (rows, columns))
                variable[month] = np.ma.masked_where(~land, share * values)


def main():
    if len(sys.argv) == 3:
        {"make": make, "points": points, "record": record}[sys.argv[1]](sys.argv[2])
        return
    program, folder, pages = sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4:]
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
