import VectorisedLayout

// Vectors of all parameters in one piece, see LBFGSMemory. Sums run in four vectors of 16 at every level, so that their
// order is the same.

extension DenseNetwork {
  /// Copies the weights into a packed vector.
  @inline(never)
  func packWeights(into vector: UnsafeMutablePointer<Float>) {
    forEachRun { weights, _, count, offset in (vector + offset).update(from: weights, count: count) }
  }

  /// Copies a packed vector into the weights.
  @inline(never)
  func unpackWeights(from vector: UnsafeMutablePointer<Float>) {
    forEachRun { weights, _, count, offset in weights.update(from: vector + offset, count: count) }
  }

  /// Copies the gradient into a packed vector.
  @inline(never)
  func packGradient(into vector: UnsafeMutablePointer<Float>) {
    forEachRun { _, gradient, count, offset in (vector + offset).update(from: gradient, count: count) }
  }

  /// Sets the weights to a point, plus a direction times a length.
  @inline(never)
  func moveWeights(
    from point: UnsafeMutablePointer<Float>, along direction: UnsafeMutablePointer<Float>, _ length: Float
  ) {
    let factor = Block(repeating: length)
    forEachRun { weights, _, count, start in
      var offset = 0
      while offset < count {
        weights.store(
          point.vector(start + offset, as: Block.self).plus(factor, times: direction.vector(start + offset)),
          at: offset)
        offset += 16
      }
    }
  }

  /// Each piece of parameters that lie together, with their gradient, and its place in a packed vector.
  @inline(__always)
  private func forEachRun(
    _ body: (
      _ weights: UnsafeMutablePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ count: Int, _ offset: Int
    ) -> Void
  ) {
    var offset = 0
    for index in 0..<layerCount {
      let layer = layers[index]
      let count = (layer.inputs + 1) * layer.weightStride
      body(layer.weights, layer.gradient, count, offset)
      offset += count
    }
    body(outputWeights, outputGradient, lastLayer.activationStride, offset)
  }
}

/// Four sums side by side, so that none has to wait for the one before.
private struct FourSums {
  var a = Block()
  var b = Block()
  var c = Block()
  var d = Block()

  @inline(__always) mutating func add(
    _ vectors: (Block, Block, Block, Block), times other: UnsafeMutablePointer<Float>, at offset: Int
  ) {
    a = a.plus(vectors.0, times: other.vector(offset))
    b = b.plus(vectors.1, times: other.vector(offset + 16))
    c = c.plus(vectors.2, times: other.vector(offset + 32))
    d = d.plus(vectors.3, times: other.vector(offset + 48))
  }

  @inline(__always) var total: Float { ((a + b) + (c + d)).total }
}

@inline(__always)
private func fourVectors(_ source: UnsafeMutablePointer<Float>, _ offset: Int) -> (Block, Block, Block, Block) {
  (source.vector(offset), source.vector(offset + 16), source.vector(offset + 32), source.vector(offset + 48))
}

/// aᵀb of packed vectors.
@inline(never)
func dotProduct(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, count: Int) -> Float {
  var sums = FourSums()
  for offset in stride(from: 0, to: count, by: 64) { sums.add(fourVectors(a, offset), times: b, at: offset) }
  return sums.total
}

/// A packed vector times a number.
struct Multiple {
  var factor: Float
  var vector: UnsafeMutablePointer<Float>

  @inline(__always) init(_ factor: Float, _ vector: UnsafeMutablePointer<Float>) {
    self.factor = factor
    self.vector = vector
  }
}

/// Sets a packed vector to the sum of two multiples, and returns its product with a further one.
@inline(never)
func combine(
  into destination: UnsafeMutablePointer<Float>, _ first: Multiple, _ second: Multiple,
  dot further: UnsafeMutablePointer<Float>, count: Int
) -> Float {
  let (scales, factors) = (Block(repeating: first.factor), Block(repeating: second.factor))
  var sums = FourSums()
  for offset in stride(from: 0, to: count, by: 64) {
    let (a, b) = (fourVectors(first.vector, offset), fourVectors(second.vector, offset))
    let result = (
      (a.0 * scales).plus(factors, times: b.0), (a.1 * scales).plus(factors, times: b.1),
      (a.2 * scales).plus(factors, times: b.2), (a.3 * scales).plus(factors, times: b.3)
    )
    destination.store(result.0, at: offset)
    destination.store(result.1, at: offset + 16)
    destination.store(result.2, at: offset + 32)
    destination.store(result.3, at: offset + 48)
    sums.add(result, times: further, at: offset)
  }
  return sums.total
}

extension LBFGSMemory {
  /// Moves the point by the direction times a length and the gradient to the trial's; leaves the step s and the change y
  /// of the gradient, and returns sᵀy and yᵀy.
  @inline(never)
  func advance(
    _ length: Float, step: UnsafeMutablePointer<Float>, change: UnsafeMutablePointer<Float>
  ) -> (product: Float, squares: Float) {
    let factor = Block(repeating: length)
    var (products, squares) = (Block(), Block())
    for offset in stride(from: 0, to: count, by: 16) {
      let along: Block = direction.vector(offset)
      let now: Block = trial.vector(offset)
      let (s, y) = (along * factor, now - gradient.vector(offset))
      products = products.plus(s, times: y)
      squares = squares.plus(y, times: y)
      step.store(s, at: offset)
      change.store(y, at: offset)
      gradient.store(now, at: offset)
      point.store(point.vector(offset, as: Block.self).plus(factor, times: along), at: offset)
    }
    return (products.total, squares.total)
  }
}
