import Distributed
import Foundation
import TestSupport
import Testing

extension TestGrid {
  /// One of each kind, with more cells than rows are long.
  static let kinds: [TestGrid] = [
    .regular(rows: 5, columns: 4, ascending: false, fromZero: false), .curvilinear(rows: 4, columns: 5),
    .unstructured(cells: 19, dimension: "lndgrid"),
  ]
}

/// The pairs that the program makes of files in every layout are those that the files were made from.
@MainActor @Suite struct ReadingTests {
  @Test func everyLayoutGivesThePairs() throws {
    let layouts: [TestEnsemble.Layout] = [
      .memberFiles, .monthFiles, .variableFiles, .memberDimension(.none), .memberDimension(.integers),
      .memberDimension(.strings), .memberDimension(.characters),
    ]
    for layout in layouts {
      try withTemporaryFolder { folder in
        let fixture = ThresholdFixture.make(layout)
        try fixture.ensemble.write(to: folder)
        for (ranks, plan) in [(nil, "auto"), (2, "slab"), (3, "field")] as [(Int?, String)] {
          try fixture.check(in: folder, ["--read-plan", plan], ranks: ranks, "\(layout), plan \(plan)")
        }
      }
    }
  }

  @Test func everyFormatAndPackingGivesThePairs() throws {
    let packings: [(TestStorage.Packing, Double)] = [
      (.float, 1e36), (.double, -9999), (.int16(scale: 2e-5, offset: 0.3), -32768),
    ]
    for format in [NetCDFFormat.classic, .offset64, .data64, .netCDF4, .netCDF4Classic] {
      for (packing, fill) in packings {
        try withTemporaryFolder { folder in
          var fixture = ThresholdFixture.make(months: 12, members: 4)
          fixture.ensemble.storage.format = format
          fixture.ensemble.storage.packing = packing
          fixture.ensemble.storage.fill = fill
          // The productivity must be of the size that the packing can hold.
          fixture.ensemble.fields[1] = TestField("GPP", units: "gC/m^2/s") {
            1e4 * ThresholdFixture.productivity.value($0)
          }
          if case .int16 = packing {
            fixture.ensemble.fields[1].value = { 0.1 + 1e3 * ThresholdFixture.productivity.value($0) }
          }
          try fixture.ensemble.write(to: folder)
          try fixture.check(in: folder, [], "\(format) \(packing)")
          if case .int16 = packing {
            try fixture.check(in: folder, ["--read-plan", "slab"], ranks: 3, "\(format) \(packing) slab")
          }
        }
      }
    }
  }

  @Test func everyStorageOnEveryGridGivesThePairs() throws {
    for grid in TestGrid.kinds {
      let tiles = grid.shape.map { ($0 + 1) / 2 }
      let chunks: [TestStorage.Chunks] = [
        .contiguous, .wholeField, .wholeRecord, .tiles(time: 5, horizontal: tiles),
        .tiles(time: 100, horizontal: grid.shape.map { _ in 1 }),
      ]
      for chunk in chunks {
        try withTemporaryFolder { folder in
          var fixture = ThresholdFixture.make(grid: grid, members: 4)
          fixture.ensemble.storage.chunks = chunk
          fixture.ensemble.storage.coordinates = .float
          try fixture.ensemble.write(to: folder)
          for (ranks, plan) in [(3, "slab"), (2, "field")] {
            try fixture.check(in: folder, ["--read-plan", plan], ranks: ranks, "\(grid) \(chunk) \(plan)")
          }
        }
      }
    }
  }

  @Test func memberDimensionInEveryStorage() throws {
    for chunks in [TestStorage.Chunks.contiguous, .wholeField, .tiles(time: 3, horizontal: [2, 2])] {
      for format in [NetCDFFormat.netCDF4, .classic] {
        try withTemporaryFolder { folder in
          var fixture = ThresholdFixture.make(.memberDimension(.characters))
          fixture.ensemble.storage.chunks = chunks
          fixture.ensemble.storage.format = format
          try fixture.ensemble.write(to: folder)
          try fixture.check(in: folder, ranks: 2, "\(chunks) \(format)")
          // Members by their labels, in another order and fewer of them.
          let some = try run(
            fixture.arguments(folder, output: "some.nc", ["--save-curves", "--members", "REF,EXP_05,EXP_02,EXP_04"]))
          #expect(some.status == 0, "\(some.standardError)")
          let x = fixture.pairs(cell: 3).x
          #expect(
            ThresholdFixture.areClose(try SavedCurves("\(folder)/some_curves.nc").x[3], [x[0], x[5], x[2], x[4]]))
        }
      }
    }
  }

  @Test func monthsWeighByTheirLengthInEveryCalendar() throws {
    for calendar in [TestTime.Calendar.noLeap, .day360, .standard] {
      for stamp in [TestTime.Stamp.start, .middle, .end] {
        try withTemporaryFolder { folder in
          var fixture = ThresholdFixture.make(members: 4)
          fixture.ensemble.time.calendar = calendar
          fixture.ensemble.time.stamp = stamp
          fixture.ensemble.time.inHours = stamp == .middle
          fixture.ensemble.time.referenceYear = calendar == .standard ? 1850 : 2004
          try fixture.ensemble.write(to: folder)
          try fixture.check(in: folder, [], "\(calendar) \(stamp)")
        }
      }
    }
  }

  /// What the months' lengths do to a pair is far more than the tolerance of the comparison.
  @Test func comparisonSeesTheLengthOfFebruary() {
    var fixture = ThresholdFixture.make()
    let with29Days = { () -> [Double] in
      fixture.ensemble.time.calendar = .standard
      return fixture.pairs(cell: 0).x
    }()
    fixture.ensemble.time.calendar = .noLeap
    #expect(!ThresholdFixture.areClose(with29Days, fixture.pairs(cell: 0).x))
  }

  @Test func seasonsOfEveryCell() throws {
    for grid in TestGrid.kinds {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make(grid: grid, months: 26, members: 4)
        // Within the year, wrapping its end, one month, the whole year, none.
        let seasons: [(Int, Int)?] = [(4, 9), (11, 2), (7, 7), (1, 12), nil, (12, 1), (9, 8)]
        fixture.season = { seasons[$0 % seasons.count] }
        try fixture.ensemble.write(to: folder)
        let pairs = (0..<grid.cellCount).map { fixture.season($0) }
        try writeMaps(
          [
            ("first", pairs.enumerated().map { $1.map { Double($0.0) } ?? ($0 % 2 == 0 ? 0 : .nan) }),
            ("last", pairs.map { $0.map { Double($0.1) } ?? 5 }),
          ], grid: grid, to: "\(folder)/season.nc")
        try fixture.check(
          in: folder, ["--season", "\(folder)/season.nc:first,last"], ranks: 2, "\(grid)",
          cells: Array(0..<grid.cellCount), noPairs: (0..<grid.cellCount).filter { fixture.season($0) == nil })
        let found = try statuses("\(folder)/smt.nc")
        for cell in 0..<grid.cellCount {
          #expect(
            (found[cell] == "no_season") == (fixture.season(cell) == nil), "\(grid), cell \(cell): \(found[cell])")
        }
      }
    }
  }

  @Test func filesAndRecordsInAnyOrder() throws {
    // Months as the files name them do not sort in time.
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(.monthFiles, members: 3)
      try fixture.ensemble.write(to: folder)
      for member in fixture.ensemble.members {
        let place = "\(folder)/\(member)/lnd/hist"
        for (index, month) in fixture.ensemble.time.months.enumerated() {
          let name = String(format: "%02d", (index * 5 + 3) % 14)
          try FileManager.default.moveItem(
            atPath: "\(place)/\(member).clm2.h0.\(month).nc", toPath: "\(place)/\(member).clm2.h0.x\(name).nc")
        }
      }
      try fixture.check(in: folder, ranks: 2, "shuffled files")
    }
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(members: 3)
      fixture.ensemble.time.months = fixture.ensemble.time.months.shuffledByNumber()
      for chunks in [TestStorage.Chunks.wholeField, .wholeRecord, .contiguous] {
        fixture.ensemble.storage.chunks = chunks
        try fixture.ensemble.write(to: folder)
        try fixture.check(in: folder, [], "shuffled records \(chunks)")
      }
    }
  }

  @Test func periodOfTheJob() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(months: 26, members: 4)
      try fixture.ensemble.write(to: folder)
      fixture.months = fixture.ensemble.time.months.filter {
        (Month(year: 2004, month: 3)...Month(year: 2005, month: 7)).contains($0)
      }
      try fixture.check(in: folder, ["--time", "2004-03/2005-07"], ranks: 2)
    }
  }

  @Test func layersOfTheSoilToThreeMetres() throws {
    let nodes = SoilLayers.clm5Nodes
    let weights = Array(SoilLayers.clm5Thicknesses.prefix(13)) + [0.28]
    for (format, chunks) in [
      (NetCDFFormat.netCDF4, TestStorage.Chunks.wholeField), (.netCDF4, .tiles(time: 2, horizontal: [2, 2])),
      (.netCDF4, .contiguous), (.classic, .contiguous),
    ] {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make(members: 4)
        fixture.ensemble.fields[0] = TestField("SM", units: "mm3/mm3", hasLevels: true) {
          ThresholdFixture.moisture.value($0) * (1 + 0.05 * Double($0.member) * Double($0.level))
        }
        fixture.ensemble.levels = TestLevels(nodes: nodes)
        fixture.ensemble.storage.format = format
        fixture.ensemble.storage.chunks = chunks
        fixture.levelWeights = weights
        try fixture.ensemble.write(to: folder)
        try fixture.check(in: folder, ["--depth", "0-3"], ranks: 2, "\(format) \(chunks)")
        try fixture.check(in: folder, ["--depth", "0-3", "--read-plan", "slab"], ranks: 3, "\(format) \(chunks) slab")
      }
    }
  }

  /// Bedrock: layers that are missing do not count.
  @Test func missingLayersAreLeftOut() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(members: 4)
      fixture.ensemble.levels = TestLevels(nodes: [0.05, 0.25, 0.7], edges: [0, 0.1, 0.4, 1])
      fixture.ensemble.fields[0] = TestField("SM", units: "m3/m3", hasLevels: true) {
        $0.level == 2 ? .nan : ThresholdFixture.moisture.value($0)
      }
      fixture.levelWeights = [0.1, 0.3]
      try fixture.ensemble.write(to: folder)
      try fixture.check(in: folder, [], "bedrock")
    }
  }

  @Test func severalVariablesSummedOrStacked() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(members: 4)
      let names = ["SoilMoi0_10cm_inst", "SoilMoi10_40cm_inst"]
      fixture.ensemble.fields =
        names.enumerated().map { number, name in
          TestField(name, units: "kg m-2") {
            (100 + 40 * Double(number * $0.member)) * ThresholdFixture.moisture.value($0)
          }
        } + [
          ThresholdFixture.productivity,
          TestField("R", units: "gC m-2 s-1") { 1e-5 * Double($0.cell + 3 * $0.member + 1) },
        ]
      fixture.moisture = names
      fixture.response = ["GPP", "R"]
      try fixture.ensemble.write(to: folder)
      try fixture.check(in: folder, ranks: 2, "sum")
      let stacked = ["--moisture", "\(folder)/{member}.nc:\(names.joined(separator: ","))"]
      // Amounts add up.
      try fixture.check(in: folder, stacked, "layers of amounts")
      // To 25 cm half of the second layer counts.
      var half = fixture
      let second = fixture.ensemble.fields[1].value
      half.ensemble.fields[1].value = { 0.5 * second($0) }
      try half.check(in: folder, stacked + ["--depth", "0-0.25"], "half a layer")
      // Fractions are averaged by thickness.
      var fractions = fixture
      for index in 0..<2 { fractions.ensemble.fields[index].units = "m3 m-3" }
      try fractions.ensemble.write(to: folder)
      var mean = fractions
      let first = fractions.ensemble.fields[0].value
      mean.ensemble.fields[0].value = { 0.25 * first($0) }
      mean.ensemble.fields[1].value = { 0.75 * second($0) }
      try mean.check(in: folder, stacked, "layers of fractions")
    }
  }

  /// Dimensions in any order, a single level among them.
  @Test func dimensionsInAnyOrder() throws {
    let orders = [
      ["time", "lat", "lon"], ["lat", "lon", "time"], ["lon", "time", "lat"], ["lon", "lat", "time"],
      ["lev", "time", "lon", "lat"],
    ]
    for order in orders {
      for format in [NetCDFFormat.netCDF4, .classic] {
        try withTemporaryFolder { folder in
          let fixture = ThresholdFixture.make(members: 3)
          for number in fixture.ensemble.members.indices {
            try write(
              fixture, member: number, order: order, format, to: "\(folder)/\(fixture.ensemble.members[number]).nc")
          }
          try fixture.check(in: folder, ["--read-plan", "slab"], ranks: 2, "\(order) \(format) slab")
          try fixture.check(in: folder, ["--read-plan", "field"], "\(order) \(format) field")
        }
      }
    }
  }

  /// Writes a member of a fixture on a regular grid with its dimensions in this order.
  private func write(
    _ fixture: ThresholdFixture, member: Int, order: [String], _ format: NetCDFFormat, to path: String
  ) throws {
    let (grid, time) = (fixture.ensemble.grid, fixture.ensemble.time)
    let (rows, columns, months) = (grid.shape[0], grid.shape[1], time.months)
    let lengths = ["time": months.count, "lat": rows, "lon": columns, "lev": 1]
    let writer = try NetCDFWriter(path, format: format)
    var dimensions: [String: NetCDFWriter.Dimension] = [:]
    for name in order { dimensions[name] = try writer.dimension(name, lengths[name] ?? 1) }
    let own = order.compactMap { dimensions[$0] }
    func axis(_ name: String, _ attributes: [(String, NetCDFWriter.Attribute)]) throws -> NetCDFWriter.Variable {
      try writer.variable(name, .double, dimensions[name].map { [$0] } ?? [], attributes: attributes)
    }
    let stamps = try axis("time", [("units", .text(time.units)), ("calendar", .text(time.calendar.rawValue))])
    let latitude = try axis("lat", [("units", .text("degrees_north"))])
    let longitude = try axis("lon", [("units", .text("degrees_east"))])
    let variables = try fixture.ensemble.fields.map {
      try writer.variable($0.name, .float, own, attributes: [("units", .text($0.units))])
    }
    try writer.endDefinitions()
    try writer.write(months.map { (time.bounds(of: $0).start + time.bounds(of: $0).end) / 2 }, to: stamps)
    try writer.write((0..<rows).map { grid.place(ofCell: $0 * columns).latitude }, to: latitude)
    try writer.write((0..<columns).map { grid.place(ofCell: $0).longitude }, to: longitude)
    let shape = order.map { lengths[$0] ?? 1 }
    for (field, variable) in zip(fixture.ensemble.fields, variables) {
      let values = (0..<shape.reduce(1, *)).map { position -> Double in
        var (rest, indices) = (position, [String: Int]())
        for (name, length) in zip(order, shape).reversed() { (rest, indices[name]) = (rest / length, rest % length) }
        return fixture.ensemble.expected(
          field, member: member, month: months[indices["time"] ?? 0],
          cell: (indices["lat"] ?? 0) * columns + (indices["lon"] ?? 0))
      }
      try writer.write(values, to: variable)
    }
    try writer.commit()
  }

  /// One member's files may store numbers in another type than another's.
  @Test func membersInDifferentTypes() throws {
    for (first, second) in [(TestStorage.Packing.float, TestStorage.Packing.double), (.double, .float)] {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make(grid: .regular(rows: 40, columns: 50), months: 36, members: 4)
        fixture.ensemble.storage.fill = -9999
        fixture.ensemble.storage.packing = first
        try fixture.ensemble.write(to: folder, members: ["REF"])
        fixture.ensemble.storage.packing = second
        try fixture.ensemble.write(to: folder, members: Array(fixture.ensemble.members.dropFirst()))
        for plan in ["slab", "field"] {
          try fixture.check(in: folder, ["--read-plan", plan], ranks: 2, "\(first) \(plan)")
        }
      }
    }
  }
}

extension [Month] {
  /// The same months in another order, always the same one.
  func shuffledByNumber() -> [Month] { indices.map { self[($0 * 5 + 3) % count] } }
}
