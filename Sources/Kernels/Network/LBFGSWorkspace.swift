import NetworkLayout

/// One aligned block of memory for the vectors of L-BFGS.
final class LBFGSWorkspace {
  private let base: UnsafeMutableRawPointer
  let memory: LBFGSMemory

  /// Number of values in the block.
  static func valueCount(_ shape: NetworkShape, pairs: Int) -> Int {
    var arena = Arena(base: nil)
    _ = layOut(shape, pairs: pairs, in: &arena)
    return arena.used
  }

  init(_ shape: NetworkShape, pairs: Int) {
    let count = Self.valueCount(shape, pairs: pairs)
    base = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    var arena = Arena(base: base.initializeMemory(as: Float.self, repeating: 0, count: count))
    memory = Self.layOut(shape, pairs: pairs, in: &arena)
  }

  deinit { base.deallocate() }

  private static func layOut(_ shape: NetworkShape, pairs: Int, in arena: inout Arena) -> LBFGSMemory {
    let layers = shape.connections.dropLast().reduce(0) { $0 + ($1.inputs + 1) * NetworkMemory.roundedUp($1.outputs) }
    let values = layers + NetworkMemory.roundedUp(shape.hidden[shape.hidden.count - 1] + 1)
    let count = (values + 63) / 64 * 64
    let perPair = NetworkMemory.roundedUp(pairs)
    return LBFGSMemory(
      count: count, capacity: pairs, steps: arena.take(pairs * count), changes: arena.take(pairs * count),
      reciprocals: arena.take(perPair), coefficients: arena.take(perPair), point: arena.take(count),
      gradient: arena.take(count), direction: arena.take(count), trial: arena.take(count))
  }
}
