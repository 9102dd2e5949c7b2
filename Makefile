# make help lists the targets. Everything is built once, in one configuration: release, testable (see Package.swift).
# --disable-testable-imports keeps SwiftPM from building everything a second time for the tests; they may use @testable.
SWIFT ?= swift
# More options for every build.
SWIFTFLAGS ?=
# 0 where the toolchain has no libraries to link statically: the program then needs Swift's runtime where it runs.
SMT_MPI_STATIC ?= 1
# Where "make install" puts things: $(DESTDIR)$(PREFIX).
PREFIX ?= /usr/local
DESTDIR ?=
export PREFIX DESTDIR

configuration = -c release $(SWIFTFLAGS)
scripts = $(wildcard scripts/*.sh) .ci/run $(wildcard Tests/*/*.sh) $(wildcard slurm/*.sbatch) $(wildcard pbs/*.pbs)

.DEFAULT_GOAL := help
.PHONY: help setup build install uninstall deb test test-install test-deb test-recipes test-swift test-scripts test-readme test-benchmarks test-faults soak sanitise test-hosts test-slurm test-pbs test-cf test-onnx test-page test-arm64 fuzz demo manual pictures format lint clean

help:
	@echo 'make demo        set up, build, make a synthetic ensemble and find its thresholds with two ranks'
	@echo 'make test        set up, build and run every test'
	@echo 'make setup       install the system packages that are missing (Debian, Ubuntu)'
	@echo 'make build       build .build/release/smt-mpi, with the Swift runtime inside'
	@echo 'make install     build, and install to PREFIX=/usr/local (below DESTDIR=, if given);  make uninstall  takes it away'
	@echo 'make deb         build a package for this Debian or Ubuntu in .build/deb'
	@echo 'make test-install, test-deb, test-recipes   install and look; install the package in a fresh Debian; check packaging/'
	@echo 'make test-faults damage 500 files and disturb some 30 jobs;  make soak  20,000 files and hundreds of jobs (hours)'
	@echo 'make sanitise    run tests of the C shim and the kernels under AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make test-hosts  run jobs on two hosts that are network namespaces, and lose one (skipped where they are not allowed)'
	@echo 'make test-slurm  run the Slurm job scripts in a one-node cluster on this machine (needs root, slurm-wlm, munge)'
	@echo 'make test-pbs    run the PBS job script as a made-up PBS server would'
	@echo 'make test-cf     check files of make demo and of the other commands with both CF checkers and xarray (all from PyPI)'
	@echo 'make test-onnx   check written models with onnx, compare outputs with onnxruntime on 100,000 windows (both from PyPI)'
	@echo 'make test-page   look at pages in a headless Chromium (from Debian) beside the files that they show (skipped without it)'
	@echo 'make test-arm64  compile the numerical kernels for arm64 and compare bits in an emulator (skipped without the cross tools)'
	@echo 'make fuzz        feed inputs that libFuzzer makes to the parsers for SECONDS=60 each (skipped without it)'
	@echo 'make pictures GLDAS=FOLDER   make docs/*.png anew from the record of GLDAS-Noah'
	@echo 'make lint        check the layout of the Swift sources and that no folders use each other in a circle;  make format  changes it'
	@echo 'make manual      build the manual into .build/manual (MkDocs from PyPI; skipped without it)'
	@echo 'make clean       remove what was built and the demo'

setup:
	@scripts/install-dependencies.sh

# Never without a product: swift-protobuf brings a compiler in C++ that nothing here needs, many minutes.
# SMT_MPI_STATIC only changes how the program is linked (see Package.swift); what "make test" has compiled is not compiled again.
build: setup
	SMT_MPI_STATIC=$(SMT_MPI_STATIC) $(SWIFT) build $(configuration) --product smt-mpi
	SMT_MPI_STATIC=$(SMT_MPI_STATIC) $(SWIFT) build $(configuration) --product make-manual

# With sudo, which may not find Swift: make build, then sudo scripts/install.sh install.
install: build
	@scripts/install.sh install

uninstall:
	@scripts/install.sh uninstall

deb: build
	@scripts/make-deb.sh

test-install: build
	@Tests/packages/install.sh

test-deb: deb
	@Tests/packages/deb.sh

test-recipes:
	@Tests/packages/recipes.sh

test: setup test-scripts test-swift test-readme test-benchmarks test-faults

# Builds every program too (ProgramTests): the tests start them, alone and under mpirun.
test-swift: setup
	$(SWIFT) build $(configuration) --product smt-mpiPackageTests
	@scripts/run-tests.sh .build/release/smt-mpiPackageTests.xctest

# SECONDS for each of the parsers in Tests/fuzz.
SECONDS ?= 60
fuzz: build
	@scripts/fuzz.sh $(SECONDS)

test-scripts:
	@for script in $(scripts); do bash -n $$script || exit 1; done
	@if command -v shellcheck >/dev/null; then shellcheck $(scripts); fi

# The commands of README.md and of the manual.
test-readme: test-swift
	@scripts/check-readme.sh
	@scripts/check-manual.sh

# Each benchmark in a size of a few seconds: that they run, not how fast.
test-benchmarks: test-swift
	.build/release/benchmark-network --smoke
	.build/release/benchmark-convolution --smoke
	.build/release/benchmark-trend --smoke
	.build/release/benchmark-drought --smoke
	.build/release/benchmark-sites --smoke
	.build/release/benchmark-regression --smoke
	.build/release/benchmark-reading --smoke
	.build/release/benchmark-balance --smoke
	.build/release/benchmark-series --smoke
	.build/release/benchmark-halo --smoke
	.build/release/calibrate-threshold --smoke
	.build/release/calibrate-respiration --smoke
	.build/release/benchmark-recovery --smoke
	.build/release/benchmark-strong-scaling --smoke
	.build/release/benchmark-weak-scaling --smoke
	.build/release/benchmark-scaling-model

# Faults put into files and jobs.
test-faults: test-swift
	.build/release/mutate-files --count 500
	.build/release/inject-faults

# The same in long; a seed makes the same faults again.
SEED ?= 1
soak: test-swift
	.build/release/mutate-files --count 20000 --seed $(SEED)
	.build/release/inject-faults --long --seed $(SEED)

test-hosts: build
	@Tests/hosts/run.sh .build/release/smt-mpi

sanitise: setup
	@scripts/sanitise.sh

test-slurm: build
	@Tests/slurm/run.sh .build/release/smt-mpi

test-pbs: build
	@Tests/pbs/run.sh .build/release/smt-mpi

test-cf:
	@scripts/make-cf-files.sh .build/release/smt-mpi demo/cf
	@scripts/check-cf.sh demo/smt.nc demo/ensemble/truth.nc demo/ensemble/season.nc demo/cf/*.nc
	@scripts/check-xarray.sh demo/smt.nc demo/cf/*.nc

test-onnx: setup
	$(SWIFT) build $(configuration) --product model-program
	@scripts/check-onnx.sh .build/release/model-program demo/onnx

test-page: build
	@scripts/check-page.sh .build/release/smt-mpi demo/page

test-arm64:
	@scripts/check-arm64.sh

demo: build
	@scripts/demo.sh

manual:
	@scripts/build-manual.sh

# GLDAS: a folder of its monthly files, see the script.
pictures: build
	@scripts/make-pictures.sh .build/release/smt-mpi "$(GLDAS)"

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests benchmarks packaging

lint:
	@scripts/check-folders.sh
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests benchmarks packaging

clean:
	rm -rf .build demo
