// swift-tools-version: 6.1
import PackageDescription

// Where pkg-config does not know MPI and parallel HDF5 (most clusters), their flags come from the environment; see docs/install.md.
func flags(_ name: String) -> [String]? {
  guard let value = Context.environment[name] else { return nil }
  let words = value.split(whereSeparator: \.isWhitespace).map(String.init)
  return words.isEmpty ? nil : words
}

/// Flags as the C compiler wrappers print them, in the form that `swiftc` links with.
func swiftLinkerFlags(_ flag: String) -> [String] {
  if flag == "-pthread" { return ["-lpthread"] }
  if flag.hasPrefix("-Wl,") { return flag.dropFirst(4).split(separator: ",").flatMap { ["-Xlinker", String($0)] } }
  return [flag]
}

let compileFlags = flags("SMT_MPI_CFLAGS")
let linkFlags = flags("SMT_MPI_LDFLAGS")?.flatMap(swiftLinkerFlags)

// SMT_MPI_STATIC=1 links the program with Swift's runtime inside, so that it needs no Swift where it runs. SwiftPM's own
// --static-swift-stdlib would compile everything a second time, and the tests cannot be linked so: the toolchain has no
// Testing to be linked statically. The objects are the same either way; Foundation's parts are named because objects that
// were compiled for its shared library name that alone.
#if os(Linux)
  let isStatic = Context.environment["SMT_MPI_STATIC"] == "1"
#else
  let isStatic = false
#endif
let runtime: [LinkerSetting] =
  isStatic
  ? [
    .unsafeFlags([
      "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections",
      "-lswiftSynchronization",
    ])
  ] : []

// The hot loops, networks and the slopes of all pairs, are compiled once for each level of the x86-64 instruction set
// and chosen at run time (InstructionLevel.functions). V3 and V4 are symbolic links to Code. Other architectures have one
// level, the baseline: there all copies are compiled alike, and the others are never chosen.
func level(_ name: String, _ folder: String, march: String? = nil, vector: Int = 4) -> Target {
  var optimise = ["-Ounchecked"]
  #if arch(x86_64)
    // Innermost loops on 64-byte boundaries: across one, the loop that counts ties costs such series 8 % to 15 %.
    optimise += ["-Xllvm", "-x86-experimental-pref-innermost-loop-alignment=6"]
  #else
    let march: String? = nil
  #endif

  let instructions: [SwiftSetting] =
    march.map {
      [
        .unsafeFlags(["-Xcc", "-march=\($0)"], .when(configuration: .release)),
        .define("FUSED_MULTIPLY_ADD", .when(configuration: .release)),
        .define("VECTOR_\(vector)", .when(configuration: .release)),
      ]
    } ?? []
  return .target(
    name: name, dependencies: ["CVectorised", "VectorisedLayout"], path: "Sources/Vectorised/\(folder)",
    swiftSettings: [.unsafeFlags(optimise, .when(configuration: .release))] + instructions)
}

// Release builds stay testable, so that the program and its tests share one build (see the Makefile).
let testable: [SwiftSetting] = [.unsafeFlags(["-enable-testing"], .when(configuration: .release))]

let package = Package(
  name: "smt-mpi",
  platforms: [.macOS(.v14)],
  products: [.executable(name: "smt-mpi", targets: ["smt-mpi"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // Headers and libraries of parallel HDF5 and, through it, MPI. The others are linked by name: netCDF's pkg-config file
    // would put the serial HDF5's headers first, and libgeotiff has none everywhere.
    .systemLibrary(name: "CParallelHDF5", pkgConfig: compileFlags == nil ? "hdf5-openmpi" : nil),
    .target(
      name: "CMPIShim",
      dependencies: ["CParallelHDF5"],
      cSettings: compileFlags.map { [.unsafeFlags($0)] } ?? [],
      linkerSettings: [
        .linkedLibrary("netcdf"), .linkedLibrary("deflate"), .linkedLibrary("z"), .linkedLibrary("tiff"),
        .linkedLibrary("geotiff"), .linkedLibrary("png"),
      ]
        + (linkFlags.map { [.unsafeFlags($0)] } ?? [])
    ),
    // Headers of Boost.Math, and LAPACK.
    .target(
      name: "CNumerics", cxxSettings: compileFlags.map { [.unsafeFlags($0)] } ?? [],
      linkerSettings: [.linkedLibrary("lapack")]),

    .target(name: "BuildVersion"),
    .target(name: "CVectorised", path: "Sources/Vectorised/C"),
    .target(name: "VectorisedLayout", path: "Sources/Vectorised/Layout"),
    level("Vectorised", "Code"),
    level("VectorisedV3", "V3", march: "x86-64-v3", vector: 8),
    level("VectorisedV4", "V4", march: "x86-64-v4", vector: 16),
    .target(
      name: "Kernels",
      dependencies: [
        "CNumerics", "CVectorised", "Vectorised", "VectorisedLayout", "VectorisedV3", "VectorisedV4",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: testable
    ),
    .target(name: "Distributed", dependencies: ["CMPIShim"], swiftSettings: testable),
    // Window networks in files of ONNX.
    .target(
      name: "ONNXModel", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["Format/onnx.proto"], swiftSettings: testable),
    .executableTarget(
      name: "smt-mpi",
      dependencies: [
        "BuildVersion", "Distributed", "Kernels", "ONNXModel", "Yams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      // In the program itself: it needs no files beside it.
      resources: [
        "elements.js", "grids.js", "colours.js", "drawings.js", "tables.js", "canvas.js", "maps.js", "page.js",
        "page.css",
      ].map { .embedInCode("Page/Assets/\($0)") },
      swiftSettings: testable, linkerSettings: runtime
    ),
    // Manual pages, made of what the program says of its options.
    .executableTarget(name: "make-manual", dependencies: ["BuildVersion"], path: "packaging/manual"),

    .target(name: "BenchmarkReport", dependencies: ["BuildVersion", "CVectorised"], path: "benchmarks/report"),
    .executableTarget(
      name: "benchmark-network", dependencies: ["BenchmarkReport", "Kernels"], path: "benchmarks/network",
      exclude: ["peers.py"]),
    .executableTarget(
      name: "benchmark-convolution", dependencies: ["BenchmarkReport", "Kernels"], path: "benchmarks/convolution",
      exclude: ["peers.py"]),
    .target(
      name: "ScalingBenchmark", dependencies: ["BenchmarkReport", "Distributed"], path: "benchmarks/scaling"),
    .executableTarget(
      name: "benchmark-strong-scaling", dependencies: ["ScalingBenchmark"], path: "benchmarks/strong-scaling"),
    .executableTarget(
      name: "benchmark-weak-scaling", dependencies: ["ScalingBenchmark"], path: "benchmarks/weak-scaling"),
    .executableTarget(
      name: "benchmark-scaling-model", dependencies: ["BenchmarkReport", "Distributed"],
      path: "benchmarks/scaling-model"),
    .executableTarget(
      name: "benchmark-trend", dependencies: ["BenchmarkReport", "Kernels"], path: "benchmarks/trend",
      exclude: ["peers.py"]),
    .executableTarget(
      name: "benchmark-sites",
      dependencies: ["BenchmarkReport", "Kernels", .product(name: "RealModule", package: "swift-numerics")],
      path: "benchmarks/sites"),
    .executableTarget(
      name: "benchmark-drought", dependencies: ["BenchmarkReport", "Kernels"], path: "benchmarks/drought",
      exclude: ["peers.py"]),
    .executableTarget(
      name: "benchmark-regression", dependencies: ["BenchmarkReport", "Kernels"], path: "benchmarks/regression",
      exclude: ["peers.R"]),
    .executableTarget(
      name: "benchmark-reading", dependencies: ["BenchmarkReport", "Distributed"], path: "benchmarks/reading",
      exclude: ["peers.py"]),
    .executableTarget(
      name: "benchmark-balance", dependencies: ["BenchmarkReport", "Distributed"], path: "benchmarks/balance"),
    .executableTarget(
      name: "benchmark-series", dependencies: ["BenchmarkReport", "Distributed"], path: "benchmarks/series"),
    .executableTarget(
      name: "benchmark-halo", dependencies: ["BenchmarkReport", "Distributed", "Kernels"], path: "benchmarks/halo"),
    .target(name: "ThresholdCurves", dependencies: ["Kernels"], path: "benchmarks/threshold-curves"),
    .executableTarget(
      name: "calibrate-threshold",
      dependencies: [
        "BenchmarkReport", "Kernels", "ThresholdCurves", .product(name: "RealModule", package: "swift-numerics"),
      ],
      path: "benchmarks/calibrate-threshold"),
    .target(name: "RespirationTrials", dependencies: ["Kernels"], path: "benchmarks/respiration-trials"),
    .executableTarget(
      name: "calibrate-respiration", dependencies: ["BenchmarkReport", "RespirationTrials"],
      path: "benchmarks/calibrate-respiration"),
    .executableTarget(
      name: "benchmark-recovery", dependencies: ["BenchmarkReport", "Kernels", "ThresholdCurves"],
      path: "benchmarks/recovery"),

    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "RespirationTrials"],
      exclude: ["Resources/trend_expected.py", "Resources/bend_expected.py", "Resources/window_expected.py"],
      resources: [
        .copy("Resources/trend-expected.txt"), .copy("Resources/bend-expected.txt"),
        .copy("Resources/window-expected.txt"),
      ]),
    .target(name: "TestSupport", dependencies: ["CMPIShim", "Distributed"], path: "Tests/TestSupport"),
    // HDF5 files as netCDF does not write them.
    .target(
      name: "HDF5TestFiles", dependencies: ["CParallelHDF5"], path: "Tests/HDF5TestFiles",
      cSettings: compileFlags.map { [.unsafeFlags($0)] } ?? []),
    // What the tests start on several ranks where the program itself would hide what they look at.
    .executableTarget(name: "rank-program", dependencies: ["Distributed", "TestSupport"], path: "Tests/RankProgram"),
    // Faults put into jobs from outside.
    .executableTarget(
      name: "inject-faults", dependencies: ["Distributed", "TestSupport"], path: "Tests/faults/inject-faults"),
    // Damages files and looks how the program ends on them.
    .executableTarget(
      name: "mutate-files", dependencies: ["Distributed", "ONNXModel", "TestSupport"], path: "Tests/faults/mutate-files"
    ),
    // Writes networks in files of ONNX and applies them, for comparison with other runtimes.
    .executableTarget(name: "model-program", dependencies: ["Kernels", "ONNXModel"], path: "Tests/ModelProgram"),
    .testTarget(
      name: "ONNXModelTests", dependencies: ["ONNXModel", .product(name: "SwiftProtobuf", package: "swift-protobuf")]),
    .testTarget(
      name: "DistributedTests", dependencies: ["Distributed", "TestSupport", "HDF5TestFiles", "rank-program"]),
    .testTarget(
      name: "CommandTests", dependencies: ["smt-mpi", "Distributed", "Kernels", "TestSupport", "HDF5TestFiles"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)

// Tests and benchmarks are started by name. All of these programs are built with this target, so that a build of the tests'
// product is all that is needed: a build of everything would take swift-protobuf's own compiler in C++ with it, many minutes.
package.targets.append(
  .testTarget(
    name: "ProgramTests",
    dependencies: package.targets.filter { $0.type == .executable }.map { .target(name: $0.name) }))
