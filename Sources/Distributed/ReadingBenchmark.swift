/// Reading on its own, for measuring.
public enum ReadingBenchmark {
  /// Reads a variable of each file whole, one file after the other, and returns the bytes of its numbers: by HDF5's own
  /// filters (`H5Dread`), or chunk by chunk.
  public static func readWhole(_ variable: String, of paths: [String], inflatesChunks: Bool) throws -> Int {
    let chunks = inflatesChunks ? ChunkReader() : nil
    var bytes = 0
    for path in paths {
      let header = try NetCDFFile(path)
      let shape = header.shape(try header.requiredVariable(variable))
      let type = ElementType(try header.requiredVariable(variable).type)
      let buffer = UnsafeMutableRawPointer.allocate(byteCount: shape.reduce(type.byteCount, *), alignment: 64)
      defer { buffer.deallocate() }
      try HDF5File(path, parallel: false).read(
        variable, start: shape.map { _ in 0 }, count: shape, type: type, by: chunks, into: buffer)
      bytes += shape.reduce(type.byteCount, *)
    }
    return bytes
  }
}
