"""Numbers, words and drawings of the script of a page, for scripts/check_page.py."""

# What functions of the page's script give.
WORDS = [
    ("unit('umolCO2 m-2 s-1')", "umolCO2 m⁻² s⁻¹"), ("unit('kg m^2')", "kg m²"), ("unit('nmol CH4')", "nmol CH4"),
    # Ticks between whole numbers, and those of years.
    ("ticksOf({x: [2000, 2015], y: [0, 1]}).includes('2002.5')", True),
    ("ticksOf({x: [2000, 2015], y: [0, 1], isWhole: true}).includes('2005')", True),
    ("ticksOf({x: [2000, 2015], y: [5, 6], isWhole: true}).some((tick) => tick.startsWith('200') && tick.includes('.'))",
     False),
    ("ticksOf({x: [0, 1], y: [1000, 1015]}).includes('1002.5')", True),
    # Only like quantities have a common range and a line where both are equal.
    ("scatter([[1, 100], [2, 300]], 't', 'x', 'y', true).querySelectorAll('path[stroke-dasharray]').length", 1),
    ("scatter([[1, 100], [2, 300]], 't', 'x', 'y', false).querySelectorAll('path[stroke-dasharray]').length", 0),
    ("[...scatter([[1, 100], [2, 300]], 't', 'x', 'y', false).querySelectorAll('text')].some("
     "(one) => one.textContent === '1.2')", True),
    # What is missing comes last both ways; texts stay as they are.
    ("['2', '', 'a', '10'].sort((one, other) => compare(one, other, 1)).join()", "2,10,a,"),
    ("['2', '', 'a', '10'].sort((one, other) => compare(one, other, -1)).join()", "a,10,2,"),
    ("[...table(['s'], [['007'], ['-1234567.89']]).querySelectorAll('td')].map((one) => one.textContent).join()",
     "007,−1234567.89"),
    # Elements of HTML leave a drawing.
    ("picture({path: 'p', svg: '<svg xmlns=\"http://www.w3.org/2000/svg\"><g/><meta xmlns=\"http://www.w3.org/1999/xhtml\" "
     "http-equiv=\"refresh\"/></svg>'}).querySelectorAll('meta, g').length", 1),
    ("histogram({...page.maps.find((one) => one.histogram), histogram: {edges: [0, 1], counts: [3], below: 2, above: 1}},"
     " 0, 1).textContent.includes('2 cells lie below, 1 above')", True),
]


def check_words(browser):
    """What is wrong with numbers, words and drawings of the page's script."""
    ticks = "const ticksOf = (one) => [...new Frame(one).svg.querySelectorAll('text')].map((text) => text.textContent);"
    found = []
    for expression, expected in WORDS:
        told = browser.value(f"(() => {{ {ticks} return {expression}; }})()")
        if told != expected:
            found.append(f"{expression}: {told}, expected {expected}")
    return found
