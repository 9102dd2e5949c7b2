"""Parses the recipes of packaging/ and looks whether they say what the program needs. Called by recipes.sh."""

import pathlib
import re
import sys
import types

version = re.search(r"^version: *(\S+)", pathlib.Path("CITATION.cff").read_text(), re.M).group(1)


def expect(condition, message):
    if not condition:
        sys.exit(f"check_recipes: FAILED: {message}")


def conda():
    """Renders the recipe for each MPI, as rattler-build does before it builds."""
    from rattler_build import RenderConfig, Stage0Recipe, VariantConfig

    recipe = Stage0Recipe.from_file("packaging/conda/recipe.yaml")
    variants = VariantConfig.from_file("packaging/conda/variants.yaml")
    rendered = [variant.recipe for variant in recipe.render(variants)]
    found = set()
    for one in rendered:
        mpi = str(one.used_variant["mpi"])
        found.add(mpi)
        requirements = str(one.requirements.to_dict())
        expect(str(one.package.version) == version, f"conda's version is {one.package.version}")
        for name in (f"hdf5 * mpi_{mpi}_*", f"libnetcdf * mpi_{mpi}_*", "libdeflate", "libtiff", "geotiff", "libpng", "liblapack"):
            expect(name in requirements, f"conda's {mpi} variant lacks {name}: {requirements}")
        expect(f"mpi_{mpi}_h" in str(one.build.to_dict()), f"conda's {mpi} variant is not named by its MPI")
    expect(found == {"openmpi", "mpich"}, f"conda's variants are {found}")
    print(f"check_recipes: conda's recipe renders for {', '.join(sorted(found))}")


def apptainer():
    """Reads the definition's stages."""
    from spython.main.parse.parsers import SingularityParser

    text = pathlib.Path("packaging/apptainer/smt-mpi.def").read_text()
    parsed = SingularityParser("packaging/apptainer/smt-mpi.def").parse()
    stages = re.findall(r"^Stage: (\w+)", text, re.M)
    expect(stages == ["build", "final"], f"the stages of Apptainer are {stages}")
    expect(set(re.findall(r"^%files from (\w+)", text, re.M)) <= set(stages), "Apptainer copies from a stage that is not there")
    known = "files post environment runscript test labels help".split()
    for section in re.findall(r"^%(\w+)", text, re.M):
        expect(section in known, f"Apptainer has no section {section}")
    expect(parsed is not None, "spython cannot read the definition of Apptainer")
    print("check_recipes: Apptainer's definition is read by spython")


def spack():
    """Runs the recipe with a stand-in for Spack's directives and for what a build hands to it."""
    directives = {"version": [], "depends_on": []}
    stub = types.ModuleType("spack.package")

    class Package:
        """What the recipe is a kind of."""

    def record(name):
        return lambda first, **options: directives.setdefault(name, []).append((first, options))

    def decorator(*_, **__):
        return lambda function: function

    made = []
    stub.__dict__.update(
        Package=Package, version=record("version"), depends_on=record("depends_on"), license=record("license"),
        run_after=decorator, on_package_attributes=decorator, make=lambda *words: made.append(words), Executable=None)
    sys.modules["spack"] = types.ModuleType("spack")
    sys.modules["spack.package"] = stub
    names = {}
    source = pathlib.Path("packaging/spack/package.py").read_text()
    exec(compile(source, "packaging/spack/package.py", "exec"), names)  # the recipe is the project's own
    expect([first for first, _ in directives["version"]] == [version], f"Spack's version is {directives['version']}")

    class Library:
        directories = ["/opt/lib"]
        link_flags = "-L/opt/lib -lmpi"

    class Dependency:
        prefix = types.SimpleNamespace(include="/opt/include")
        libs = Library()

    class Spec:
        """Knows what the recipe depends on, and nothing else."""

        known = {re.split(r"[+@]", first)[0] for first, _ in directives["depends_on"]}

        def __getitem__(self, name):
            expect(name in self.known, f"Spack's recipe uses {name}, which it does not depend on")
            return Dependency()

    package = names["SmtMpi"]()
    package.spec = Spec()
    environment = {}
    package.setup_build_environment(types.SimpleNamespace(set=environment.__setitem__))
    expect("-I/opt/include" in environment["SMT_MPI_CFLAGS"], "Spack's recipe passes no headers on")
    for name in ("libdeflate", "libtiff", "libgeotiff", "libpng", "netcdf-c"):
        expect(name in Spec.known, f"Spack's recipe does not depend on {name}")
    expect("-lhdf5" in environment["SMT_MPI_LDFLAGS"] and "-lmpi" in environment["SMT_MPI_LDFLAGS"], "nor libraries")
    package.install(package.spec, "/opt/smt")
    expect(made == [("install", "PREFIX=/opt/smt")], f"Spack's recipe makes {made}")
    print("check_recipes: Spack's recipe runs against a stand-in for Spack")


conda()
apptainer()
spack()
