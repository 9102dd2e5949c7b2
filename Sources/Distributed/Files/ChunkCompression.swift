import CMPIShim

/// Compression of an output file's chunks as HDF5's filters shuffle and deflate do it, but faster.
package enum ChunkCompression {
  /// Level of deflate.
  static let level = 4

  /// Elements shuffled and deflated.
  package static func deflated<Element>(_ elements: [Element]) -> [UInt8] {
    elements.withUnsafeBytes { bytes in
      [UInt8](unsafeUninitializedCapacity: shim_deflate_bound(bytes.count)) { buffer, count in
        count = shim_deflate_chunk(
          bytes.baseAddress, elements.count, MemoryLayout<Element>.size, Int32(level), buffer.baseAddress, buffer.count)
        precondition(count > 0, "no memory to compress \(bytes.count) bytes")
      }
    }
  }
}
