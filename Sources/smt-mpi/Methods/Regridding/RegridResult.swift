import Distributed
import Kernels

/// A variable of the result, and how its parts are made.
struct RegridResult {
  let variable: RecordWriter.Variable
  private let plan: RegridPlan
  private let method: RegridJob.Method
  private let classes: [Double]

  /// - Parameters:
  ///   - classes: those of which there are fractions.
  ///   - isAlone: whether the file has no other variable, so that its classes need no name of their own.
  init(_ plan: RegridPlan, _ method: RegridJob.Method, _ recoding: Recoding, classes: [Double], isAlone: Bool) {
    self.plan = plan
    self.method = method
    self.classes = classes
    let (record, header) = (plan.record, plan.record.headers[0])
    let flags = header.flags(recoding)
    var attributes = header.attributes.filter { !["flag_values", "flag_meanings"].contains($0.name) }
    if let words = method.cellMethod {
      let before = attributes.first { $0.name == "cell_methods" }?.text.map { $0 + " " } ?? ""
      attributes.removeAll { $0.name == "cell_methods" }
      attributes.append(StoredAttribute(name: "cell_methods", text: before + words))
    }
    if method == .fractions {
      let named = Dictionary(flags.map { ($0.value, $0.meaning) }, uniquingKeysWith: { first, _ in first })
      let meanings = classes.map { named[$0] ?? "class_\($0.shortText.replacing("-", with: "minus_"))" }
      attributes.removeAll { ["units", "long_name", "standard_name", "cell_methods"].contains($0.name) }
      attributes += [
        StoredAttribute(name: "units", text: "1"),
        StoredAttribute(name: "long_name", text: "share of the cell's area that is of a class of \(record.name)"),
      ]
      var axis = MapAxis(
        isAlone ? "class" : "class_\(record.name)", longName: "class of \(record.name)", names: meanings)
      axis.values = classes
      variable = RecordWriter.Variable(
        record.name + "_fraction", .float, fill: Double(MapWriter.floatFill), axes: record.axes, made: [axis],
        attributes: attributes)
    } else {
      let keepsValues = method == .nearest || method.needsClasses
      let (type, fill) =
        keepsValues && record.headers.allSatisfy(\.isWhole)
        ? Self.wholeType(header, recoding) : (.float, Self.floatFill(header))
      variable = RecordWriter.Variable(record.name, type, fill: fill, axes: record.axes, attributes: attributes)
        .with(flags: keepsValues ? flags : [])
    }
  }

  /// The file's own fill value, where numbers are stored as they are.
  private static func floatFill(_ header: RecordHeader) -> Double {
    let isPlain =
      [.float, .double].contains(header.stored.type) && header.stored.scale == 1 && header.stored.offset == 0
    guard isPlain, let own = header.fillValue, Float(own).isFinite else { return Double(MapWriter.floatFill) }
    return Double(Float(own))
  }

  /// The type of whole numbers: that of the file where the result has it too, with the file's own fill value.
  private static func wholeType(_ header: RecordHeader, _ recoding: Recoding) -> (NetCDFType, fill: Double) {
    let (least, largest) = (recoding.results.min() ?? 0, recoding.results.max() ?? 0)
    let ranges: [(type: NetCDFType, holds: Set<NetCDFType>, range: ClosedRange<Double>, fill: Double)] = [
      (.int8, [.int8], -128...127, -127), (.int16, [.int8, .uint8, .int16], -32768...32767, -32767),
    ]
    let own = header.fillValue
    for (type, holds, range, fill) in ranges
    where holds.contains(header.stored.type) && range.contains(least) && range.contains(largest) {
      if let own, range.contains(own), !recoding.results.contains(own) { return (type, own) }
      // A byte may be any number, where none means missing.
      if type != .int8 { return (type, fill) }
    }
    if let own, abs(own) < 2_147_483_647, !recoding.results.contains(own) { return (.int32, own) }
    return (.int32, -2_147_483_647)
  }

  /// A part as chunks of the file: one, or one for each class.
  func chunks(_ part: RegridPart, _ source: SourceRows) throws -> [[UInt8]] {
    let width = plan.target.rowLength
    let fieldCount = max(1, classes.count)
    var values = [Double](repeating: .nan, count: fieldCount * part.rows.count * width)
    for band in plan.bands(of: part.rows) {
      try source.load(band.sources, part.field)
      values.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress else { return }
        fill(band.rows, of: part, source, base)
      }
    }
    let size = part.rows.count * width
    return try values.withUnsafeBufferPointer { values in
      try (0..<fieldCount).map { index in
        let own = UnsafeBufferPointer(rebasing: values[index * size..<(index + 1) * size])
        guard
          let chunk = RecordWriter.part(
            own, count: RegridPart.rows(of: plan.target) * width, of: variable.type, fill: variable.fill)
        else {
          throw JobError(
            .inputData,
            "\(plan.record.headers[part.field.file].path): '\(plan.record.name)' holds values that integers of "
              + "\(8 * variable.type.byteCount) bits do not: expected them from -2147483648 to 2147483647")
        }
        return chunk
      }
    }
  }

  private func fill(
    _ rows: Range<Int>, of part: RegridPart, _ source: SourceRows, _ values: UnsafeMutablePointer<Double>
  ) {
    let width = plan.target.rowLength
    switch plan.regridding {
    case .rows(let regridding, _):
      var shares = [Double](repeating: 0, count: classes.count * width)
      for row in rows {
        let offset = (row - part.rows.lowerBound) * width
        if method == .fractions {
          regridding.shares(of: classes, row, from: source.row, into: &shares)
          for index in classes.indices {
            for column in 0..<width {
              values[index * part.rows.count * width + offset + column] = shares[index * width + column]
            }
          }
        } else {
          regridding.regrid(row, from: source.row, into: values + offset)
        }
      }
    case .cells(let cells):
      // All rows are held, one after the other.
      let field = source.row(0)
      for cell in rows.lowerBound * width..<rows.upperBound * width {
        values[cell - part.rows.lowerBound * width] = cells.interpolation(cell, of: field)
      }
    }
  }

  /// Writes the chunks of a part.
  func write(_ chunks: [[UInt8]], of part: RegridPart, to writer: RecordWriter?) throws {
    for (index, chunk) in chunks.enumerated() {
      try writer?.write(
        chunk, of: variable.name, at: part.field.indices + (classes.isEmpty ? [] : [index]), row: part.rows.lowerBound)
    }
  }
}

extension RegridJob.Method {
  /// What was done over the cell's area, in the words of CF.
  fileprivate var cellMethod: String? {
    switch self {
    case .nearest, .bilinear, .fractions: nil
    case .mean: "area: mean"
    case .majority, .block: "area: mode"
    }
  }
}

extension RecordWriter.Variable {
  fileprivate func with(flags: [(value: Double, meaning: String)]) -> Self {
    var variable = self
    variable.flags = flags
    return variable
  }
}
