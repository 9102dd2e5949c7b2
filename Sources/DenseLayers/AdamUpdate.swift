import CVectorMath
import NetworkLayout

/// The Adam update (Kingma & Ba 2015) of some weights, with exact root and division.
struct AdamUpdate {
  var weights: UnsafeMutablePointer<Float>
  var gradient: UnsafeMutablePointer<Float>
  var firstMoment: UnsafeMutablePointer<Float>
  var secondMoment: UnsafeMutablePointer<Float>
  var step: AdamStep

  /// Updates the vector of weights that starts `offset` values on.
  @inline(__always)
  func update(at offset: Int) {
    let gradient: Lanes = gradient.vector(offset)
    let first: Lanes = firstMoment.vector(offset)
    let second: Lanes = secondMoment.vector(offset)
    let newFirst = first.plus(Lanes(repeating: step.firstGain), times: gradient - first)
    let newSecond = (second * step.secondDecay).plus(gradient * step.secondGain, times: gradient)
    let scale = Lanes(repeating: step.epsilon).plus(
      squareRoot(newSecond), times: Lanes(repeating: step.secondCorrection))
    firstMoment.store(newFirst, at: offset)
    secondMoment.store(newSecond, at: offset)
    weights.store(weights.vector(offset) - (newFirst * step.correctedRate) / scale, at: offset)
  }

  /// Updates `count` weights, rounded up to whole vectors.
  @inline(__always)
  func update(count: Int) {
    var offset = 0
    while offset < count {
      update(at: offset)
      offset += Lanes.scalarCount
    }
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
