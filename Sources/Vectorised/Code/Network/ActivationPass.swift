import VectorisedLayout

extension DenseLayer {
  /// Replaces weighted sums in `activations` by their activation, and leaves its derivative in `slopes`.
  @inline(never)
  func activate(samples: Int, _ function: Activation) {
    for sample in 0..<samples {
      for vector in 0..<vectors {
        let offset = sample * activationStride + vector * Lanes.scalarCount
        let sum: Lanes = activations.vector(offset)
        let result: (value: Lanes, slope: Lanes)
        switch function {
        case .relu: result = (sum, sum)
        case .tanh: result = hyperbolicTangent(sum)
        case .softplus: result = softplus(sum)
        case .gelu: result = gaussianErrorLinear(sum)
        }
        activations.store(result.value, at: offset)
        slopes.store(result.slope, at: offset)
      }
    }
  }
}

/// eˣ to about 1e-7 relative: 2ⁿ times the Taylor polynomial of the remainder, |remainder| ≤ ln(2)/2.
@inline(__always)
func exponential(_ x: Lanes) -> Lanes {
  let clipped = x.replacing(with: Lanes(repeating: -87), where: x .< Lanes(repeating: -87))
    .replacing(with: Lanes(repeating: 88), where: x .> Lanes(repeating: 88))
  // Adding 1.5 · 2²³ rounds to an integer, which is then in the low bits.
  let magic = Lanes(repeating: 12_582_912)
  let shifted = magic.plus(clipped, times: Lanes(repeating: 1.442_695_04))
  let n = shifted - magic
  let r = clipped.plus(n, times: Lanes(repeating: -0.693_359_375)).plus(n, times: Lanes(repeating: 2.121_944_4e-4))
  var p = Lanes(repeating: 1.0 / 5040)
  p = Lanes(repeating: 1.0 / 720).plus(p, times: r)
  p = Lanes(repeating: 1.0 / 120).plus(p, times: r)
  p = Lanes(repeating: 1.0 / 24).plus(p, times: r)
  p = Lanes(repeating: 1.0 / 6).plus(p, times: r)
  p = Lanes(repeating: 0.5).plus(p, times: r)
  p = Lanes(repeating: 1).plus(p, times: r)
  p = Lanes(repeating: 1).plus(p, times: r)
  let bits = (unsafeBitCast(shifted, to: Lanes.MaskStorage.self) &+ 127) &<< 23
  return p * unsafeBitCast(bits, to: Lanes.self)
}

/// tanh z = (1 − e^(−2|z|)) / (1 + e^(−2|z|)) with the sign of z; derivative 1 − tanh².
@inline(__always)
private func hyperbolicTangent(_ z: Lanes) -> (value: Lanes, slope: Lanes) {
  let one = Lanes(repeating: 1)
  let negative = z .< Lanes()
  let magnitude = z.replacing(with: -z, where: negative)
  let e = exponential(magnitude * -2)
  let t = (one - e) / (one + e)
  return (t.replacing(with: -t, where: negative), one - t * t)
}

/// ln(1 + eᶻ) = max(z, 0) + ln(1 + u), u = e^(−|z|), by 2 artanh(u / (2 + u)); derivative 1 / (1 + e^(−z)).
@inline(__always)
private func softplus(_ z: Lanes) -> (value: Lanes, slope: Lanes) {
  let one = Lanes(repeating: 1)
  let negative = z .< Lanes()
  let u = exponential(z.replacing(with: -z, where: .!negative))
  let s = u / (u + 2)
  let q = s * s
  var p = Lanes(repeating: 1.0 / 15)
  p = Lanes(repeating: 1.0 / 13).plus(p, times: q)
  p = Lanes(repeating: 1.0 / 11).plus(p, times: q)
  p = Lanes(repeating: 1.0 / 9).plus(p, times: q)
  p = Lanes(repeating: 1.0 / 7).plus(p, times: q)
  p = Lanes(repeating: 1.0 / 5).plus(p, times: q)
  p = Lanes(repeating: 1.0 / 3).plus(p, times: q)
  p = one.plus(p, times: q)
  let value = z.replacing(with: Lanes(), where: negative).plus(s * 2, times: p)
  let slope = one.replacing(with: u, where: negative) / (one + u)
  return (value, slope)
}

/// z Φ(z); derivative Φ(z) + z φ(z).
///
/// Φ from the error function by Abramowitz & Stegun 7.1.26 (1.5e-7).
@inline(__always)
private func gaussianErrorLinear(_ z: Lanes) -> (value: Lanes, slope: Lanes) {
  let one = Lanes(repeating: 1)
  let negative = z .< Lanes()
  let magnitude = z.replacing(with: -z, where: negative) * 0.707_106_781
  let t = one / one.plus(magnitude, times: Lanes(repeating: 0.327_591_1))
  var p = Lanes(repeating: 1.061_405_429)
  p = Lanes(repeating: -1.453_152_027).plus(p, times: t)
  p = Lanes(repeating: 1.421_413_741).plus(p, times: t)
  p = Lanes(repeating: -0.284_496_736).plus(p, times: t)
  p = Lanes(repeating: 0.254_829_592).plus(p, times: t)
  let gauss = exponential(magnitude * -magnitude)
  let tail = p * t * gauss * 0.5
  let cumulative = (one - tail).replacing(with: tail, where: negative)
  return (z * cumulative, cumulative.plus(z * gauss, times: Lanes(repeating: 0.398_942_28)))
}
