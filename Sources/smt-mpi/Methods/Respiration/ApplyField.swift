import Distributed

/// What is kept of a year that networks were applied to, so that a run that ends in the middle can be taken up.
enum ApplyField: CaseIterable {
  case value, remark, variance

  /// Those that are kept of years of so many networks: one has no variance.
  static func kept(networks: Int) -> [ApplyField] { networks > 1 ? allCases : [.value, .remark] }

  /// The number of a cell; NaN for none.
  func value(of year: ApplyCells.Year, at position: Int) -> Double {
    switch self {
    case .value: Double(year.values[position])
    case .variance: Double(year.variances[position])
    case .remark: Double(year.remarks[position])
    }
  }

  /// The bytes of some rows of a field; of values those of the file.
  func part(_ values: UnsafeBufferPointer<Double>, count: Int) throws -> [UInt8] {
    switch self {
    case .value, .variance: try ApplyColumn.mean.part(values, count: count)
    case .remark: try ApplyColumn.extrapolation.part(values, count: count)
    }
  }

  /// Takes some rows of a field into a year.
  ///
  /// - Parameters:
  ///   - count: numbers of the rows.
  ///   - places: those of the cells that are wanted.
  ///   - first: the position in the year of the first of them.
  /// - Returns: whether the bytes are rows of this length.
  func take(_ bytes: [UInt8], count: Int, _ places: [Int], into year: inout ApplyCells.Year, from first: Int) -> Bool {
    guard self != .remark else {
      guard let numbers = ChunkCompression.inflated(bytes, count: count, of: Int16.self) else { return false }
      for (index, place) in places.enumerated() { year.remarks[first + index] = numbers[place] }
      return true
    }
    guard let numbers = ChunkCompression.inflated(bytes, count: count, of: Float.self) else { return false }
    for (index, place) in places.enumerated() {
      let number = numbers[place] == MapWriter.floatFill ? .nan : numbers[place]
      if self == .value { year.values[first + index] = number } else { year.variances[first + index] = number }
    }
    return true
  }
}
