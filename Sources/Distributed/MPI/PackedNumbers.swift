import Foundation

/// Numbers that are encoded as their bytes: as decimal text, maps would take longer to decode than to read from files.
@propertyWrapper
public struct PackedNumbers: Codable, Sendable, Hashable {
  /// The numbers.
  public var wrappedValue: [Double]

  /// Packs numbers.
  public init(wrappedValue: [Double]) { self.wrappedValue = wrappedValue }

  /// Decodes the bytes.
  public init(from decoder: any Decoder) throws {
    let data = try decoder.singleValueContainer().decode(Data.self)
    wrappedValue = data.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
  }

  /// Encodes the bytes as they are in memory; encoder and decoder are ranks of one job.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.withUnsafeBytes { Data($0) })
  }
}
