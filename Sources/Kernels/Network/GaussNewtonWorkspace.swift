import NetworkLayout

/// One aligned block of memory for the samples-by-samples matrices of Gauss–Newton steps.
final class GaussNewtonWorkspace {
  private let base: UnsafeMutableRawPointer
  let memory: GaussNewtonMemory

  /// Number of values in the block.
  static func valueCount(_ shape: NetworkShape, samples: Int) -> Int {
    let stride = NetworkMemory.roundedUp(samples)
    return 3 * samples * stride + ((shape.hidden.max() ?? 0) + 1) * stride + stride
  }

  init(_ shape: NetworkShape, samples: Int) {
    let count = Self.valueCount(shape, samples: samples)
    base = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    let values = base.initializeMemory(as: Float.self, repeating: 0, count: count)
    let stride = NetworkMemory.roundedUp(samples)
    let matrix = samples * stride
    memory = GaussNewtonMemory(
      stride: stride, gram: values, factor: values + matrix, product: values + 2 * matrix,
      transposed: values + 3 * matrix + stride, coefficients: values + 3 * matrix)
  }

  deinit { base.deallocate() }
}
