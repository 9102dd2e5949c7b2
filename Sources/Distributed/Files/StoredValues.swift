/// How the numbers of a variable are stored: which are missing, and how packed ones are unpacked.
///
/// `_FillValue`, `missing_value` (one or several), `valid_min`, `valid_max`, `valid_range`, NaN, `scale_factor` and
/// `add_offset` as in the CF conventions, section 2.5 and 8.1; where there is no `_FillValue`, netCDF's default one.
public struct StoredValues: Codable, Sendable, Hashable {
  /// The type on disk.
  public var type: NetCDFType
  /// Stored values that mean missing.
  public var missing: [Double]
  /// Smallest stored value that is valid.
  public var validMinimum: Double
  /// Largest stored value that is valid.
  public var validMaximum: Double
  /// Multiplies what is stored.
  public var scale: Double
  /// Is added after scaling.
  public var offset: Double

  /// Values of this magnitude or more are none: 2⁵⁰, about 1.1e15.
  ///
  /// Nothing on land is as large in the units of models and satellites; fill values that a file does not declare, 1e20 or
  /// 9.97e36, are. Fields have an infinity in their place, which sums and means of fields keep.
  public static let implausible = 0x1p50

  /// Reads the attributes of a variable.
  ///
  /// - Throws: exit code 65 where the variable holds text.
  public init(_ variable: NetCDFFile.Variable, in file: NetCDFFile) throws {
    guard variable.type != .character, variable.type != .string else {
      throw JobError(.inputData, "\(file.path): variable '\(variable.name)' holds text; expected numbers")
    }
    type = variable.type
    let fill = file.numbers("_FillValue", of: variable)
    missing = fill + file.numbers("missing_value", of: variable)
    if fill.isEmpty, let standard = Self.defaultFill(type) { missing.append(standard) }
    let range = file.numbers("valid_range", of: variable)
    validMinimum = range.count == 2 ? range[0] : file.numbers("valid_min", of: variable).first ?? -.infinity
    validMaximum = range.count == 2 ? range[1] : file.numbers("valid_max", of: variable).first ?? .infinity
    scale = file.numbers("scale_factor", of: variable).first ?? 1
    offset = file.numbers("add_offset", of: variable).first ?? 0
    if type == .float {
      // Attributes of type double (1e36) are compared with floats, so they are rounded as the data were.
      missing = missing.map { Double(Float($0)) }
      validMinimum = Double(Float(validMinimum))
      validMaximum = Double(Float(validMaximum))
    }
    missing = Array(Set(missing.filter { !$0.isNaN })).sorted()
  }

  /// Numbers of a type, some of which mean missing, without a valid range.
  init(_ type: NetCDFType, missing: [Double], scale: Double, offset: Double) {
    self.type = type
    self.missing = missing.filter { !$0.isNaN }.map { type == .float ? Double(Float($0)) : $0 }
    (validMinimum, validMaximum) = (-.infinity, .infinity)
    self.scale = scale
    self.offset = offset
  }

  /// The value that a stored number stands for; NaN where it means missing.
  @inline(__always)
  public func value(_ stored: Double) -> Double {
    // NaN fails the range test, too.
    guard stored >= validMinimum, stored <= validMaximum else { return .nan }
    for candidate in missing where stored == candidate { return .nan }
    return stored * scale + offset
  }

  /// The same times 2⁹⁷⁴ for many numbers; nil where more than two numbers mean missing.
  var loop: StoredValueLoop? {
    guard missing.count <= 2 else { return nil }
    return StoredValueLoop(
      minimum: validMinimum, maximum: validMaximum, missing: (missing.first ?? .nan, missing.last ?? .nan),
      scale: scale * StoredValueLoop.factor, offset: offset * StoredValueLoop.factor)
  }

  /// The value that a field has for a stored number: an infinity where it is implausible.
  func fieldValue(_ stored: Double) -> Double {
    value(stored) * StoredValueLoop.factor * StoredValueLoop.inverseFactor
  }

  private static func defaultFill(_ type: NetCDFType) -> Double? {
    switch type {
    case .float: Double(Float(9.969_209_968_386_869e36))
    case .double: 9.969_209_968_386_869e36
    case .int16: -32767
    case .int32: -2_147_483_647
    case .uint16: 65535
    case .uint32: 4_294_967_295
    default: nil
    }
  }
}

/// `StoredValues` with at most two numbers that mean missing, without branches: loops over it become vector instructions.
///
/// Its values are multiplied by `factor`, which takes those that are implausible beyond the range of numbers, to infinity.
/// What they are weighted with afterwards is multiplied by the inverse. Both are powers of two, so that no bit of the others
/// changes, and that nothing is compared.
struct StoredValueLoop {
  /// Multiplies the values: 2¹⁰²⁴, the first number that there is none of, over what is implausible.
  static let factor = 0x1p974
  static let inverseFactor = 0x1p-974

  fileprivate let minimum: Double
  fileprivate let maximum: Double
  /// NaN, which equals nothing, in place of a number that is not there.
  fileprivate let missing: (Double, Double)
  fileprivate let scale: Double
  fileprivate let offset: Double

  /// Whether a stored number is a value.
  @inline(__always)
  func isValid(_ stored: Double) -> Bool {
    stored >= minimum && stored <= maximum && stored != missing.0 && stored != missing.1
  }

  /// `factor` times the value that a stored number stands for; NaN where it means missing.
  @inline(__always)
  func scaledValue(_ stored: Double) -> Double { isValid(stored) ? stored * scale + offset : .nan }
}
