/// Reading on its own, for measuring.
public enum ReadingBenchmark {
  /// Reads variables of each file whole, one file after the other, and returns the bytes of their numbers: by HDF5's own
  /// filters (`H5Dread`), or chunk by chunk.
  public static func readWhole(_ variables: [String], of paths: [String], inflatesChunks: Bool) throws -> Int {
    let chunks = inflatesChunks ? ChunkReader() : nil
    var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    defer { buffer.deallocate() }
    var bytes = 0
    for path in paths {
      let header = try NetCDFFile(path)
      let file = try HDF5File(path, parallel: false)
      for variable in variables {
        let description = try header.requiredVariable(variable)
        let (shape, type) = (header.shape(description), ElementType(description.type))
        let size = shape.reduce(type.byteCount, *)
        if buffer.count < size {
          buffer.deallocate()
          buffer = .allocate(byteCount: size, alignment: 64)
        }
        guard let base = buffer.baseAddress else { continue }
        try file.read(variable, start: shape.map { _ in 0 }, count: shape, type: type, by: chunks, into: base)
        bytes += size
      }
    }
    return bytes
  }
}
