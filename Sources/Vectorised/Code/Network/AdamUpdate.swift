import CVectorised
import VectorisedLayout

/// The Adam update (Kingma & Ba 2015) of some weights, with exact root and division.
///
/// As an epilogue it updates weights by their gradient as soon as that is complete.
struct AdamUpdate: Epilogue {
  var weights: UnsafeMutablePointer<Float>
  var firstMoment: UnsafeMutablePointer<Float>
  var secondMoment: UnsafeMutablePointer<Float>
  var step: AdamStep

  /// Updates the vector of weights that starts `offset` values on.
  @inline(__always)
  func finish(_ gradient: Lanes, at offset: Int) { finish(gradient, at: offset, quotient) }

  /// The same with a division of one's choice.
  @inline(__always)
  func finish(_ gradient: Lanes, at offset: Int, _ divide: (Lanes, Lanes) -> Lanes) {
    let first: Lanes = firstMoment.vector(offset)
    let second: Lanes = secondMoment.vector(offset)
    let newFirst = first.plus(Lanes(repeating: step.firstGain), times: gradient - first)
    let newSecond = (second * step.secondDecay).plus(gradient * step.secondGain, times: gradient)
    let scale = Lanes(repeating: step.epsilon).plus(
      squareRoot(newSecond), times: Lanes(repeating: step.secondCorrection))
    firstMoment.store(newFirst, at: offset)
    secondMoment.store(newSecond, at: offset)
    weights.store(weights.vector(offset) - divide(newFirst * step.correctedRate, scale), at: offset)
  }

  /// Updates `count` weights, rounded up to whole vectors.
  @inline(__always)
  func update(count: Int, by gradient: UnsafePointer<Float>) {
    for offset in stride(from: 0, to: count, by: Lanes.scalarCount) { finish(gradient.vector(offset), at: offset) }
  }
}

@inline(__always)
private func squareRoot(_ x: Lanes) -> Lanes {
  var root = x
  withUnsafeMutablePointer(to: &root) { root in
    root.withMemoryRebound(to: Float.self, capacity: Lanes.scalarCount) { values in
      #if VECTOR_16
        vector_square_root_16(values)
      #elseif VECTOR_8
        vector_square_root_8(values)
      #else
        vector_square_root_4(values)
      #endif
    }
  }
  return root
}

/// Quotients, rounded as by division; the processor's divider is busy with the roots.
@inline(__always)
private func quotient(_ dividend: Lanes, _ divisor: Lanes) -> Lanes {
  #if VECTOR_16
    return vector_quotient_16(dividend, divisor)
  #elseif VECTOR_8
    return vector_quotient_8(dividend, divisor)
  #else
    return dividend / divisor
  #endif
}
