extension GridMap {
  /// Makes a map on the grid given, on rank 0 for all ranks.
  ///
  /// Collective. The numbers travel as they are, since encoding and decoding them would take longer than to read them.
  /// - Parameter make: called on rank 0 alone.
  /// - Throws: on all ranks what `make` throws.
  public static func shared(
    on grid: Grid, _ communicator: Communicator, _ make: () throws -> GridMap
  ) throws -> GridMap {
    var values: [Double] = []
    var map = try communicator.onRoot {
      var map = try make()
      (values, map.values, map.grid) = (map.values, [], Grid(latitudes: [], longitudes: []))
      return map
    }
    map.grid = grid
    map.values = try communicator.broadcast(values.withUnsafeBytes { [UInt8]($0) }).withUnsafeBytes { bytes in
      [Double](unsafeUninitializedCapacity: bytes.count / 8) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        count = bytes.count / 8
      }
    }
    return map
  }
}
