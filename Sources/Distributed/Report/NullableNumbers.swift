/// Numbers by name that JSON holds as `null` where they are not finite; `nan` of earlier versions is read, too.
@propertyWrapper
public struct NullableNumbers: Codable, Sendable {
  /// The numbers themselves, NaN where there is none.
  public var wrappedValue: [String: Double]

  /// The numbers as they are.
  public init(wrappedValue: [String: Double]) { self.wrappedValue = wrappedValue }

  /// Reads numbers, NaN where there is `null`.
  public init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode([String: Double?].self).mapValues { $0 ?? .nan }
  }

  /// Writes numbers, `null` where they are not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.mapValues(\.orNull))
  }
}

/// Sequences of numbers by name, likewise; absent where there are none at all.
@propertyWrapper
public struct NullableSeries: Codable, Sendable {
  /// The numbers themselves, NaN where there is none.
  public var wrappedValue: [String: [Double]]?

  /// The numbers as they are.
  public init(wrappedValue: [String: [Double]]?) { self.wrappedValue = wrappedValue }

  /// Reads numbers, NaN where there is `null`.
  public init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode([String: [Double?]]?.self)?.mapValues { numbers in
      numbers.map { $0 ?? .nan }
    }
  }

  /// Writes numbers, `null` where they are not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue?.mapValues { $0.map(\.orNull) })
  }
}

extension KeyedDecodingContainer {
  /// Reads sequences that a report without any lacks.
  public func decode(_: NullableSeries.Type, forKey key: Key) throws -> NullableSeries {
    try decodeIfPresent(NullableSeries.self, forKey: key) ?? NullableSeries(wrappedValue: nil)
  }
}

extension KeyedEncodingContainer {
  /// Leaves sequences out where there are none.
  public mutating func encode(_ series: NullableSeries, forKey key: Key) throws {
    if series.wrappedValue != nil { try encodeIfPresent(series, forKey: key) }
  }
}

extension Double {
  /// The number; nil where it is not finite.
  fileprivate var orNull: Double? { isFinite ? self : nil }
}
