import VectorisedLayout

// Here and not beside the memory's declaration: a function of another module would be called, not inlined.
extension SeriesMemory {
  /// The start of a row.
  @inline(__always)
  func row(_ number: Int) -> UnsafeMutablePointer<Float> { rows + number * rowStride }

  /// The start of a row that is only read.
  @inline(__always)
  func constantRow(_ number: Int) -> UnsafePointer<Float> { UnsafePointer(row(number)) }

  /// The start of one of the three lists of slopes.
  @inline(__always)
  func slopes(ofList list: Int) -> UnsafeMutablePointer<Double> {
    windowSlopes + list * (slopeCapacity + SeriesMemory.padding)
  }
}
