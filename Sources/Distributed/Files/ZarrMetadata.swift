import Foundation

/// The metadata of a group of a Zarr store: those of all arrays at once where they were consolidated (`.zmetadata`), else of
/// each in its folder.
struct ZarrMetadata {
  /// What `.zarray` says, by array.
  private(set) var arrays: [String: [String: JSONValue]] = [:]
  /// Attributes of the group.
  private(set) var attributes: [String: JSONValue] = [:]
  /// Groups within.
  private(set) var groups: [String] = []
  private var arrayAttributes: [String: [String: JSONValue]] = [:]
  private let path: String

  /// Bytes of all metadata, and of those of one array, and arrays of a group at the most.
  private static let (consolidatedBytes, bytes, largestCount) = (64 << 20, 4 << 20, 10_000)

  /// Reads the metadata of a group.
  ///
  /// - Throws: exit code 65 or 66.
  init(_ path: String) throws {
    self.path = path
    if let consolidated = try Self.read("\(path)/.zmetadata", limit: Self.consolidatedBytes) {
      guard let entries = consolidated["metadata"]?.object else {
        throw Self.damage("\(path)/.zmetadata", "it has no object 'metadata'")
      }
      try take(entries)
    } else {
      try list()
    }
    guard arrays.count <= Self.largestCount else {
      throw JobError(.inputData, "\(path): holds \(arrays.count) arrays; expected \(Self.largestCount) at most")
    }
  }

  private mutating func take(_ entries: [String: JSONValue]) throws {
    for (key, value) in entries {
      let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard let kind = parts.last, parts.count <= 2, let object = value.object else {
        if parts.count == 2 { throw Self.damage("\(path)/.zmetadata", "'\(key)' is no object") }
        continue
      }
      switch (kind, parts.count) {
      case (".zarray", 2): arrays[parts[0]] = object
      case (".zattrs", 2): arrayAttributes[parts[0]] = object
      case (".zattrs", 1): attributes = object
      case (".zgroup", 2): groups.append(parts[0])
      default: break
      }
    }
    groups.sort()
  }

  private mutating func list() throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw JobError(.noInput, "\(path): the folder cannot be read")
    }
    attributes = try Self.read("\(path)/.zattrs", limit: Self.bytes) ?? [:]
    for name in names where !name.hasPrefix(".") {
      if let array = try Self.read("\(path)/\(name)/.zarray", limit: Self.bytes) {
        arrays[name] = array
        arrayAttributes[name] = try Self.read("\(path)/\(name)/.zattrs", limit: Self.bytes)
        guard arrays.count <= Self.largestCount else { return }
      } else if FileManager.default.fileExists(atPath: "\(path)/\(name)/.zgroup") {
        groups.append(name)
      }
    }
  }

  /// Attributes of an array.
  func attributes(of array: String) -> [String: JSONValue] { arrayAttributes[array] ?? [:] }

  /// Reads an object of a file; nil where there is no such file.
  private static func read(_ path: String, limit: Int) throws -> [String: JSONValue]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try ForeignFile(anyFormat: path, expected: "metadata of Zarr")
    guard file.byteCount <= limit else {
      throw damage(path, "it has \(file.byteCount) bytes; expected \(limit) at most")
    }
    guard let object = JSONValue.object(try ForeignFile.bytes(of: path, at: 0, count: file.byteCount)) else {
      throw damage(path, "it is no JSON object")
    }
    return object
  }

  private static func damage(_ path: String, _ what: String) -> JobError {
    JobError(.inputData, "\(path): the metadata of the Zarr store are truncated or damaged: \(what)")
  }
}
