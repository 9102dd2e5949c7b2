# Spack recipe of smt-mpi: put this file into packages/smt_mpi/ of a repository of your own (spack repo create), or
# "spack repo add" one that has it. Spack has no Swift: a toolchain (6.1 or later) must be on the PATH, and the build
# fetches the Swift packages that Package.swift names.

from spack.package import *


class SmtMpi(Package):
    """Land-surface analyses in every cell of a grid, on all ranks of an MPI job: soil moisture thresholds, attribution,
    trends, ecosystem respiration and sensitivities, as CF netCDF."""

    # Where the sources are: the page of the project, or a folder of yours ("spack dev-build smt-mpi@0.2.0").
    # git = "https://HOST/PROJECT/smt-mpi.git"
    has_code = True
    license("Apache-2.0")

    version("0.2.0", tag="v0.2.0")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("gmake", type="build")
    depends_on("mpi")
    depends_on("hdf5+mpi+hl")
    depends_on("netcdf-c+mpi")
    depends_on("libdeflate")
    depends_on("libtiff")
    depends_on("libgeotiff")
    depends_on("libpng")
    depends_on("lapack")
    depends_on("zlib-api")
    depends_on("xxhash", type="build")
    depends_on("boost@1.74:+math", type="build")

    def setup_build_environment(self, env):
        spec = self.spec
        libraries = ["mpi", "hdf5", "netcdf-c", "libdeflate", "libtiff", "libgeotiff", "libpng", "lapack", "zlib-api"]
        headers = libraries + ["xxhash", "boost"]
        compile_flags = [f"-I{spec[name].prefix.include}" for name in headers]
        link_flags = []
        for name in libraries:
            for folder in spec[name].libs.directories:
                link_flags += [f"-L{folder}", f"-Wl,-rpath,{folder}"]
        env.set("SMT_MPI_CFLAGS", " ".join(compile_flags))
        env.set("SMT_MPI_LDFLAGS", " ".join(link_flags + ["-lhdf5"] + spec["mpi"].libs.link_flags.split()))

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def check_program(self):
        Executable(self.prefix.bin.join("smt-mpi"))("--version")
