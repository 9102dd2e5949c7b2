import Distributed
import Foundation

/// How a Zarr store of version 2 is written, for tests.
public struct ZarrStyle: Sendable {
  /// Lengths of chunks along the dimensions; those that are missing, or longer than the dimension, are that of the dimension.
  public var chunks: [Int] = []
  /// Whether chunks are deflated.
  public var isDeflated = true
  /// Whether the most significant bytes come first.
  public var isBigEndian = false
  /// Between the numbers of a chunk in its name.
  public var separator = "."
  /// Whether all metadata are in `.zmetadata` too.
  public var isConsolidated = true
  /// Whether chunks that hold the fill value alone are left out.
  public var leavesOutEmpty = false

  /// A style as xarray writes.
  public init() {}
}

/// Puts Zarr stores in place of all netCDF files of a folder, under the same names.
@MainActor
public func replaceByZarr(filesIn folder: String, _ style: ZarrStyle = ZarrStyle()) throws {
  for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".nc") {
    let path = "\(folder)/\(name)"
    try writeZarr(from: path, to: path + ".store", style)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: path + ".store", toPath: path)
  }
}

/// Writes a Zarr store that holds what a netCDF file does.
@MainActor
public func writeZarr(from path: String, to store: String, _ style: ZarrStyle = ZarrStyle()) throws {
  let file = try NetCDFFile(path)
  var metadata: [(String, String)] = [(".zgroup", "{\"zarr_format\": 2}")]
  let title = file.text("title").map { "{\"title\": \(json($0))}" } ?? "{}"
  metadata.append((".zattrs", title))
  for variable in file.variables {
    let folder = "\(store)/\(variable.name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let labels = try file.labels(variable)
    let shape = labels.map { [$0.count] } ?? file.shape(variable)
    let chunks = shape.indices.map { max(1, min(shape[$0], $0 < style.chunks.count ? style.chunks[$0] : shape[$0])) }
    let fill = file.numbers("_FillValue", of: variable).first
    let (order, filters) = (style.isBigEndian ? ">" : "<", labels == nil ? "null" : "[{\"id\": \"vlen-utf8\"}]")
    let array = """
      {"zarr_format": 2, "shape": \(shape), "chunks": \(chunks), "order": "C", "filters": \(filters),
      "dtype": "\(labels == nil ? order + variable.type.zarr : "|O")", "fill_value": \(fill.map(json) ?? "null"),
      "dimension_separator": "\(style.separator)",
      "compressor": \(style.isDeflated ? "{\"id\": \"zlib\", \"level\": 1}" : "null")}
      """
    let attributes = file.attributes(of: variable).filter { $0.name != "_FillValue" }.map { attribute in
      let numbers = attribute.numbers.map(json).joined(separator: ", ")
      return "\(json(attribute.name)): " + (attribute.text.map(json) ?? "[\(numbers)]")
    }
    let names = file.dimensionNames(variable).prefix(shape.count).map(json)
    metadata.append((variable.name + "/.zarray", array))
    metadata.append(
      (
        variable.name + "/.zattrs",
        "{\((attributes + ["\"_ARRAY_DIMENSIONS\": [\(names.joined(separator: ", "))]"]).joined(separator: ",\n"))}"
      ))
    if let labels {
      try write(texts(labels), ofChunk: [0], in: folder, style)
    } else {
      try writeChunks(try file.values(variable), shape, chunks, variable.type, fill, in: folder, style)
    }
  }
  for (name, text) in metadata { try writeText(text, to: "\(store)/\(name)") }
  if style.isConsolidated {
    let entries = metadata.map { "\(json($0.0)): \($0.1)" }.joined(separator: ",\n")
    try writeText("{\"zarr_consolidated_format\": 1, \"metadata\": {\(entries)}}", to: "\(store)/.zmetadata")
  }
}

private func writeChunks(
  _ values: [Double], _ shape: [Int], _ chunks: [Int], _ type: NetCDFType, _ fill: Double?, in folder: String,
  _ style: ZarrStyle
) throws {
  let counts = zip(shape, chunks).map { ($0 + $1 - 1) / $1 }
  for number in 0..<counts.reduce(1, *) {
    var (chunk, rest) = (counts, number)
    for index in counts.indices.reversed() { (chunk[index], rest) = (rest % counts[index], rest / counts[index]) }
    // Chunks at the edges are whole; what is behind the edge may be anything.
    let elements = (0..<chunks.reduce(1, *)).map { element -> Double in
      var (rest, place, stride, isWithin) = (element, 0, 1, true)
      for index in chunks.indices.reversed() {
        let along = chunk[index] * chunks[index] + rest % chunks[index]
        isWithin = isWithin && along < shape[index]
        place += along * stride
        stride *= shape[index]
        rest /= chunks[index]
      }
      return isWithin ? values[place] : 77
    }
    if style.leavesOutEmpty, let fill, elements.allSatisfy({ $0 == fill || $0.isNaN && fill.isNaN }) { continue }
    try write(elements.flatMap { bytes($0, type, style.isBigEndian) }, ofChunk: chunk, in: folder, style)
  }
}

private func write(_ bytes: [UInt8], ofChunk chunk: [Int], in folder: String, _ style: ZarrStyle) throws {
  let name = chunk.isEmpty ? "0" : chunk.map(String.init).joined(separator: style.separator)
  let url = URL(fileURLWithPath: "\(folder)/\(name)")
  try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(style.isDeflated ? ChunkCompression.deflated(bytes) : bytes).write(to: url)
}

private func texts(_ labels: [String]) -> [UInt8] {
  func length(_ count: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(count).littleEndian) { Array($0) } }
  return length(labels.count) + labels.flatMap { length($0.utf8.count) + Array($0.utf8) }
}

private func json(_ text: String) -> String {
  "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
}

private func json(_ number: Double) -> String {
  number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
}

private func bytes(_ value: Double, _ type: NetCDFType, _ isBigEndian: Bool) -> [UInt8] {
  func bytes<Bits: FixedWidthInteger>(_ bits: Bits) -> [UInt8] {
    withUnsafeBytes(of: isBigEndian ? bits.bigEndian : bits.littleEndian) { Array($0) }
  }
  return switch type {
  case .int8: bytes(Int8(value))
  case .uint8, .character, .string: bytes(UInt8(value))
  case .int16: bytes(Int16(value))
  case .uint16: bytes(UInt16(value))
  case .int32: bytes(Int32(value))
  case .uint32: bytes(UInt32(value))
  case .int64: bytes(Int64(value))
  case .uint64: bytes(UInt64(value))
  case .float: bytes(Float(value).bitPattern)
  case .double: bytes(value.bitPattern)
  }
}

extension NetCDFType {
  /// Kind and bytes of an element as Zarr writes them.
  fileprivate var zarr: String {
    switch self {
    case .int8: "i1"
    case .uint8, .character, .string: "u1"
    case .int16: "i2"
    case .uint16: "u2"
    case .int32: "i4"
    case .uint32: "u4"
    case .int64: "i8"
    case .uint64: "u8"
    case .float: "f4"
    case .double: "f8"
    }
  }
}
