import TestSupport
import Testing

@testable import Distributed

/// The files that other tests rely on are what they claim to be.
@MainActor @Suite struct TestEnsembleTests {
  static let moisture = TestField("SM", units: "m3/m3") { sample in
    sample.cell % 7 == 3
      ? .nan
      : 0.1 + 0.01 * Double(sample.member) + 0.001 * Double(sample.month.month)
        + 1e-4 * Double(sample.cell) + 1e-5 * Double(sample.level)
  }
  static let productivity = TestField("GPP", units: "gC/m^2/s") { 1e-5 * Double($0.cell + 100 * $0.member) }
  static let time = TestTime(from: Month(year: 2003, month: 11), count: 4)

  static let ensemble = TestEnsemble(
    grid: .regular(rows: 4, columns: 5), time: time, fields: [moisture, productivity])

  /// Compares a file's variable with the function that it was made from.
  private func check(
    _ ensemble: TestEnsemble, _ path: String, members: [Int], months: [Month], _ comment: Comment
  ) throws {
    let header = try FileDescription.read(try NetCDFFile(path), variables: ["SM"])
    #expect(header.time.months == months, comment)
    #expect(header.grid.cellCount == ensemble.grid.cellCount, comment)
    for cell in 0..<ensemble.grid.cellCount {
      let place = ensemble.grid.place(ofCell: cell)
      #expect(abs(header.grid.latitude(ofCell: cell) - place.latitude) < 1e-4, comment)
      #expect(abs(header.grid.longitude(ofCell: cell) - place.longitude) < 1e-4, comment)
    }
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable("SM")
    let stored = try StoredValues(variable, in: file)
    let values = try file.values(variable).map(stored.value)
    let names = file.dimensionNames(variable)
    let levels = Self.moisture.hasLevels ? ensemble.levels?.nodes.count ?? 1 : 1
    var records = months.flatMap { month in members.map { ($0, month) } }
    if names.first == "member" { records = members.flatMap { member in months.map { (member, $0) } } }
    let expected = records.flatMap { member, month in
      (0..<levels).flatMap { level in
        (0..<ensemble.grid.cellCount).map {
          ensemble.expected(ensemble.fields[0], member: member, month: month, level: level, cell: $0)
        }
      }
    }
    #expect(values.count == expected.count, comment)
    for (value, wanted) in zip(values, expected) {
      #expect(value == wanted || value.isNaN && wanted.isNaN || abs(value - wanted) < 1e-12, comment)
    }
  }

  @Test(arguments: [NetCDFFormat.classic, .offset64, .data64, .netCDF4, .netCDF4Classic])
  func everyFormatAndPackingReadsBack(format: NetCDFFormat) throws {
    let packings: [(TestStorage.Packing, Double)] = [
      (.float, 1e36), (.double, -9999), (.int16(scale: 1e-5, offset: 0.15), -32768), (.float, .nan),
    ]
    for (packing, fill) in packings {
      try withTemporaryFolder { folder in
        var ensemble = Self.ensemble
        ensemble.storage.format = format
        ensemble.storage.packing = packing
        ensemble.storage.fill = fill
        try ensemble.write(to: folder)
        #expect(contents(of: folder) == ["EXP_01.nc", "EXP_02.nc", "REF.nc"])
        try check(ensemble, "\(folder)/EXP_02.nc", members: [2], months: Self.time.months, "\(format) \(packing)")
        #expect(try NetCDFFile("\(folder)/REF.nc").format == format)
      }
    }
  }

  @Test func layoutsSpreadMembersMonthsAndVariables() throws {
    let months = Self.time.months
    try withTemporaryFolder { folder in
      var ensemble = Self.ensemble
      ensemble.layout = .monthFiles
      try ensemble.write(to: "\(folder)/months")
      let path = "\(folder)/months/EXP_01/lnd/hist/EXP_01.clm2.h0.2003-12.nc"
      try check(ensemble, path, members: [1], months: [months[1]], "month files")
      ensemble.layout = .variableFiles
      try ensemble.write(to: "\(folder)/variables")
      try check(ensemble, "\(folder)/variables/EXP_01.SM.nc", members: [1], months: months, "variable files")
      for layout in [TestEnsemble.Layout.memberFiles, .monthFiles, .variableFiles] {
        ensemble.layout = layout
        try ensemble.write(to: "\(folder)/all")
        let source = try SourceSpecification(ensemble.source("SM", in: "\(folder)/all"))
        #expect(!source.files(member: "REF").isEmpty, "\(layout)")
      }
    }
  }

  @Test func memberDimensionHasLabelsOfEveryKind() throws {
    for format in [NetCDFFormat.netCDF4, .classic] {
      for labels in [TestEnsemble.MemberLabels.none, .integers, .strings, .characters] {
        if format == .classic, case .strings = labels { continue }
        try withTemporaryFolder { folder in
          var ensemble = Self.ensemble
          ensemble.layout = .memberDimension(labels)
          ensemble.storage.format = format
          try ensemble.write(to: folder)
          let path = "\(folder)/ensemble.nc"
          try check(ensemble, path, members: [0, 1, 2], months: Self.time.months, "\(labels) \(format)")
          let file = try NetCDFFile(path)
          let found = try file.variable("member").flatMap { try file.labels($0) }
          switch labels {
          case .none, .integers: #expect(found == nil)
          case .strings, .characters: #expect(found == ensemble.members)
          }
        }
      }
    }
  }

  @Test func chunksAreAsAsked() throws {
    let shapes: [(TestStorage.Chunks, [Int]?)] = [
      (.wholeField, [1, 4, 5]), (.tiles(time: 2, horizontal: [3, 2]), [2, 3, 2]), (.contiguous, nil),
      (.wholeRecord, [4, 4, 5]),
    ]
    for (chunks, lengths) in shapes {
      try withTemporaryFolder { folder in
        var ensemble = Self.ensemble
        ensemble.storage.chunks = chunks
        try ensemble.write(to: folder)
        let file = try NetCDFFile("\(folder)/REF.nc")
        #expect(try file.chunks(try file.requiredVariable("SM"))?.lengths == lengths)
        try check(ensemble, file.path, members: [0], months: Self.time.months, "\(chunks)")
      }
    }
  }

  @Test func gridsAndCalendarsOfEveryKind() throws {
    let grids: [TestGrid] = [
      .regular(rows: 3, columns: 4, ascending: false, fromZero: false), .curvilinear(rows: 3, columns: 4),
      .unstructured(cells: 9), .unstructured(cells: 1, dimension: "lndgrid"), .regular(rows: 1, columns: 1),
    ]
    for grid in grids {
      for calendar in [TestTime.Calendar.noLeap, .day360, .standard] {
        for stamp in [TestTime.Stamp.start, .middle, .end] {
          try withTemporaryFolder { folder in
            var ensemble = Self.ensemble
            ensemble.grid = grid
            ensemble.time.calendar = calendar
            ensemble.time.stamp = stamp
            ensemble.time.inHours = calendar == .day360
            ensemble.storage.coordinates = calendar == .noLeap ? .float : .double
            try ensemble.write(to: folder, members: ["REF"])
            let comment = Comment("\(grid) \(calendar) \(stamp)")
            try check(ensemble, "\(folder)/REF.nc", members: [0], months: Self.time.months, comment)
          }
        }
      }
    }
  }

  @Test func levelsAndObservations() throws {
    try withTemporaryFolder { folder in
      var ensemble = Self.ensemble
      var field = Self.moisture
      field.hasLevels = true
      ensemble.fields = [field]
      ensemble.levels = TestLevels(nodes: [0.05, 0.3, 1], edges: [0, 0.1, 0.5, 1.5])
      try ensemble.write(to: folder)
      func levels(_ path: String) throws -> LevelAxis? {
        try FileDescription.read(try NetCDFFile(path), variables: ["SM"]).description.levels
      }
      #expect(try levels("\(folder)/REF.nc")?.edges == [0, 0.1, 0.5, 1.5])

      let record = TestEnsemble.observations(
        grid: .regular(rows: 3, columns: 4, fromZero: false), time: Self.time, fields: [Self.moisture])
      try record.write(to: "\(folder)/record")
      let path = "\(folder)/record/GLDAS_NOAH10_M.A200402.nc4"
      try check(record, path, members: [0], months: [Self.time.months[3]], "observations")
    }
  }
}
