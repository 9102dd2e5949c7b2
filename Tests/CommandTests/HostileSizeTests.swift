import Distributed
import Foundation
import TestSupport
import Testing

/// Files whose header gives absurd sizes, times or attributes: each ends with 65, the file, the variable and what was found,
/// in a run and in `--dry-run`, with a memory limit and without.
@MainActor @Suite struct HostileSizeTests {
  /// A file of one moisture and one response that a test makes absurd in one place.
  private struct File {
    var lengths = (time: 24, rows: 3, columns: 4)
    var units = "days since 2004-01-01"
    var times: [Double]?
    /// Length of a level dimension; none where it is 0.
    var levels = 0
    /// Length of the labels of a member dimension of length 3; none where it is 0.
    var labelLength = 0
    var chunk: [Int]?
    var missing = [-9999.0]
    /// Length of the global attribute `title`.
    var title = 10

    /// Whether dimensions are as long as the values that are written.
    private var isWritten: Bool { lengths.rows < 1000 && levels == 0 && labelLength == 0 && chunk == nil }

    func write(to path: String) throws {
      let writer = try NetCDFWriter(path, format: .netCDF4)
      let time = try writer.dimension("time", lengths.time)
      // Chunks may be longer than a dimension that can grow.
      let latitude = try writer.dimension("lat", lengths.rows, unlimited: chunk != nil)
      let longitude = try writer.dimension("lon", lengths.columns, unlimited: chunk != nil)
      var dimensions = [time, latitude, longitude]
      if levels > 0 { dimensions.insert(try writer.dimension("depth", levels), at: 1) }
      if labelLength > 0 {
        let member = try writer.dimension("member", 3)
        dimensions.insert(member, at: 0)
        _ = try writer.variable(
          "member", .character, [member, try writer.dimension("n", labelLength)], chunks: [1, 100])
      }
      try writer.put("title", .text(String(repeating: "x", count: title)))
      let stamps = try writer.variable(
        "time", .double, [time], attributes: [("units", .text(units)), ("calendar", .text("noleap"))])
      let latitudes = try writer.variable(
        "lat", .double, [latitude], attributes: [("units", .text("degrees_north"))],
        chunks: [min(lengths.rows, 1000)])
      let longitudes = try writer.variable(
        "lon", .double, [longitude], attributes: [("units", .text("degrees_east"))])
      let chunks = chunk ?? dimensions.map { min($0.length, 100) }
      let variables = try ["SM", "GPP"].map {
        try writer.variable(
          $0, .float, dimensions,
          attributes: [
            ("units", .text("1")), ("_FillValue", .numbers([1e36], .float)),
            ("missing_value", .numbers(missing, .float)),
          ], chunks: chunks, deflate: 1)
      }
      try writer.endDefinitions()
      try writer.write(
        times ?? (0..<lengths.time).map { 15 + 30.4 * Double($0) }, to: stamps, start: [0],
        count: [lengths.time])
      if lengths.rows < 1000 {
        try writer.write((0..<lengths.rows).map(Double.init), to: latitudes, start: [0], count: [lengths.rows])
        try writer.write((0..<lengths.columns).map(Double.init), to: longitudes, start: [0], count: [lengths.columns])
      }
      if isWritten {
        let shape = [lengths.time, lengths.rows, lengths.columns]
        for (number, variable) in variables.enumerated() {
          let values = (0..<shape.reduce(1, *)).map { 1 + Double($0 * (number + 3) % 17) }
          try writer.write(values, to: variable, start: [0, 0, 0], count: shape)
        }
      }
      try writer.commit()
    }
  }

  private func check(
    _ code: Int32 = 65, naming parts: [String], limits: [String?] = [nil, "100MiB"],
    location: SourceLocation = #_sourceLocation, _ change: (inout File) -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var file = File()
      change(&file)
      let path = "\(folder)/hostile.nc"
      try file.write(to: path)
      let plain =
        [
          "threshold", "--response", "\(path):GPP", "--moisture", "\(path):SM", "--output", "\(folder)/o.nc",
          "--overwrite",
        ]
        + ThresholdFixture.quick
      let members = file.labelLength > 0 ? ["--members", "A,B,C"] : []
      for limit in limits {
        for dryRun in [[], ["--dry-run"]] {
          let done = try run(plain + members + dryRun + (limit.map { ["--memory-limit", $0] } ?? []))
          #expect(done.status == code, "\(limit ?? ""), \(dryRun): \(done.standardError)", sourceLocation: location)
          for part in parts + (code == 0 ? [] : [path]) {
            #expect(done.standardError.contains(part), "\(done.standardError)", sourceLocation: location)
          }
        }
      }
    }
  }

  /// The file as such is in order.
  @Test func plainFile() throws { try check(0, naming: [], limits: [nil, "1GiB"]) { _ in } }

  /// The memory of the process that starts a run, such as a Python session, is not the run's.
  @Test func startedByALargeProcess() throws {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 600 << 20, alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 1, count: 600 << 20)
    defer { memory.deallocate() }
    try check(0, naming: [], limits: ["500MiB"]) { _ in }
  }

  @Test func dimensions() throws {
    for rows in [1 << 31, 1 << 61] {
      try check(naming: ["'GPP'", "\(rows) × 4 cells", "2147483647"]) { $0.lengths.rows = rows }
    }
    try check(naming: ["'GPP'", "34359738368 levels", "10000"]) { $0.levels = 1 << 35 }
    try check(naming: ["'member'", "3 × 34359738368", "4096"]) { $0.labelLength = 1 << 35 }
  }

  /// What the limits let through needs memory, which is asked for before it is taken.
  @Test func memory() throws {
    try check(71, naming: ["--memory-limit", "'lat'", "762.9 MiB"], limits: ["100MiB"]) {
      $0.lengths.rows = 100_000_001
    }
    try check(71, naming: ["--memory-limit", "a chunk of variable", "1 × 30000 × 30000"], limits: ["100MiB"]) {
      $0.chunk = [1, 30_000, 30_000]
    }
  }

  @Test func times() throws {
    let wrongUnits = [
      "days since 9223372036854775807-01-01", "days since 99999999999999999-01-01",
      "days since 25000000000000000-01-01",
      "months since 900000000000000000-01-01", "days since 2004-01-01 inf:00", "days since 2004-01-01 nan",
      "days since 2004-01-01 1e300:00", "hours since -9223372036854775808-01-01",
    ]
    for units in wrongUnits { try check(naming: ["'time'", "'\(units)'"], limits: [nil]) { $0.units = units } }
    for (unit, far) in [("days", 4e11), ("days", 9.9e14), ("months", 9.9e14), ("seconds", 1e300), ("years", -1e6)] {
      try check(naming: ["'time'", "\(far) \(unit) since", "99999"], limits: [nil]) {
        $0.units = "\(unit) since 2004-01-01"
        $0.times = (0..<23).map { 15 + 30.4 * Double($0) } + [far]
      }
    }
    // Within the years that are taken, and yet too many steps between.
    try check(naming: ["GPP", "1-minutely steps", "16777216"], limits: [nil]) {
      $0.units = "minutes since 2004-01-01"
      $0.times = (0..<23).map(Double.init) + [5e8]
    }
  }

  @Test func attributes() throws {
    try check(naming: ["'GPP'", "'missing_value'", "2000 numbers", "1000"], limits: [nil]) {
      $0.missing = (0..<2000).map(Double.init)
    }
    try check(naming: ["'title'", "2000000 characters", "1048576"], limits: [nil]) { $0.title = 2_000_000 }
  }
}
