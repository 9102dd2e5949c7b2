import Kernels

/// Pairs of soil moisture and response, percent of normal, as members or months follow each other.
package struct Pairs {
  /// Soil moisture.
  package var x: [Double]
  /// Response.
  package var y: [Double]

  /// Pairs of as many moistures as responses.
  package init(x: [Double], y: [Double]) {
    self.x = x
    self.y = y
  }

  /// Moistures as an ensemble prescribes them: equally spaced from 15 % to the reference.
  package static func regular(_ count: Int) -> [Double] {
    (0..<count).map { 15 + 85 * Double($0) / Double(count - 1) }
  }

  /// A curve of members with normal noise of so many percent; the reference, x = 100, is 100 % by definition.
  package static func ensemble(
    _ count: Int, noise: Double, _ random: inout KeyedGenerator, _ curve: (Double) -> Double
  ) -> Pairs {
    let x = regular(count)
    return Pairs(x: x, y: x.map { curve($0) + ($0 < 100 ? noise * random.normal() : 0) })
  }
}

extension ThresholdKernel {
  /// The threshold of a cell and the curve it was read from.
  package func compute(_ pairs: Pairs, cell: Int) -> (result: ThresholdResult, curve: ThresholdCurve?) {
    var curve: ThresholdCurve?
    let result = pairs.x.withUnsafeBufferPointer { x in
      pairs.y.withUnsafeBufferPointer { y in compute(x: x, y: y, cell: cell, curve: &curve) }
    }
    return (result, curve)
  }
}
