import Distributed

/// Where and when a value of a test file lies.
public struct TestSample: Sendable {
  /// Index among the members; 0 where there are none.
  public var member = 0
  /// The month.
  public var month: Month
  /// Index of the level; 0 where there are none.
  public var level = 0
  /// The cell in memory order.
  public var cell: Int
  /// Degrees north of the cell.
  public var latitude: Double
  /// Degrees east of the cell.
  public var longitude: Double
}

/// A variable of test files whose values are a function of place, month and member.
public struct TestField: Sendable {
  /// Name of the variable.
  public var name: String
  /// Its units.
  public var units: String
  /// Whether it has the vertical dimension.
  public var hasLevels: Bool
  /// The value; NaN where it is missing.
  public var value: @Sendable (TestSample) -> Double

  /// A variable.
  public init(
    _ name: String, units: String, hasLevels: Bool = false, value: @escaping @Sendable (TestSample) -> Double
  ) {
    self.name = name
    self.units = units
    self.hasLevels = hasLevels
    self.value = value
  }
}

/// The vertical dimension of test files.
public struct TestLevels: Sendable {
  /// Name of the dimension.
  public var name: String
  /// Depths of the nodes, m.
  public var nodes: [Double]
  /// Edges of the layers, m, one more than nodes; nil writes no bounds.
  public var edges: [Double]?

  /// Levels at these depths.
  public init(name: String = "levsoi", nodes: [Double], edges: [Double]? = nil) {
    self.name = name
    self.nodes = nodes
    self.edges = edges
  }
}

/// How test files store numbers.
public struct TestStorage: Sendable {
  /// How netCDF-4 variables lie on disk.
  public enum Chunks: Sendable {
    /// One month (of one member) a chunk.
    case wholeField
    /// Chunk lengths of these numbers along time and the horizontal dimensions.
    case tiles(time: Int, horizontal: [Int])
    /// No chunks and no compression.
    case contiguous
    /// Everything one chunk.
    case wholeRecord
  }

  /// The type of a field's numbers on disk.
  public enum Packing: Sendable {
    case float, double
    /// 16-bit integers, to be scaled and shifted.
    case int16(scale: Double, offset: Double)
  }

  /// The format of the file.
  public var format = NetCDFFormat.netCDF4
  /// How netCDF-4 variables lie on disk.
  public var chunks = Chunks.wholeField
  /// Compression level of netCDF-4.
  public var deflate = 1
  /// The type of a field's numbers on disk.
  public var packing = Packing.float
  /// What stands for missing values, as stored; NaN is allowed with real numbers.
  public var fill = 1e36
  /// Whether the fill value is repeated in `missing_value`, as CLM does.
  public var repeatsFill = true
  /// Type of the coordinates, `.float` or `.double`.
  public var coordinates = NetCDFType.double

  /// CLM's habits.
  public init() {}

  var type: NetCDFType {
    switch packing {
    case .float: .float
    case .double: .double
    case .int16: .int16
    }
  }

  /// The number that is stored for a value.
  func stored(_ value: Double) -> Double {
    guard !value.isNaN else { return fill }
    switch packing {
    case .float: return Double(Float(value))
    case .double: return value
    case .int16(let scale, let offset): return ((value - offset) / scale).rounded()
    }
  }

  /// The value that a reader should find for a value.
  func restored(_ value: Double) -> Double {
    guard !value.isNaN else { return .nan }
    guard case .int16(let scale, let offset) = packing else { return stored(value) }
    return stored(value) * scale + offset
  }
}
