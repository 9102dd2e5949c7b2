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

  /// Elements that were shuffled and deflated; nil where the bytes are not so many of them.
  package static func inflated<Element: BitwiseCopyable>(_ bytes: [UInt8], count: Int, of type: Element.Type)
    -> [Element]?
  {
    let width = MemoryLayout<Element>.size
    guard count > 0, let inflater = shim_inflater_create() else { return nil }
    defer { shim_inflater_free(inflater) }
    let plain = [UInt8](unsafeUninitializedCapacity: count * width) { buffer, size in
      let code = shim_inflate(inflater, bytes, bytes.count, buffer.baseAddress, buffer.count, &size)
      if Int(code) != SHIM_INFLATE_DONE { size = 0 }
    }
    guard plain.count == count * width else { return nil }
    return [Element](unsafeUninitializedCapacity: count) { elements, filled in
      let result = UnsafeMutableRawBufferPointer(elements)
      for byte in 0..<width {
        for element in 0..<count { result[element * width + byte] = plain[byte * count + element] }
      }
      filled = count
    }
  }
}
