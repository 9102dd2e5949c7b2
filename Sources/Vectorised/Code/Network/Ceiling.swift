import VectorisedLayout

// For measuring.
extension Functions {
  package static var multiplyAddOperationsPerRound: Int { 2 * 12 * Lanes.scalarCount }

  // Twelve independent chains of vectors.
  package static func multiplyAddRounds(_ rounds: Int) -> Float {
    let factor = Lanes(repeating: 0.999)
    let term = Lanes(repeating: 1e-3)
    var a = Lanes(repeating: 0), b = Lanes(repeating: 1), c = Lanes(repeating: 2), d = Lanes(repeating: 3)
    var e = Lanes(repeating: 4), f = Lanes(repeating: 5), g = Lanes(repeating: 6), h = Lanes(repeating: 7)
    var i = Lanes(repeating: 8), j = Lanes(repeating: 9), k = Lanes(repeating: 10), l = Lanes(repeating: 11)
    for _ in 0..<rounds {
      a = term.plus(a, times: factor)
      b = term.plus(b, times: factor)
      c = term.plus(c, times: factor)
      d = term.plus(d, times: factor)
      e = term.plus(e, times: factor)
      f = term.plus(f, times: factor)
      g = term.plus(g, times: factor)
      h = term.plus(h, times: factor)
      i = term.plus(i, times: factor)
      j = term.plus(j, times: factor)
      k = term.plus(k, times: factor)
      l = term.plus(l, times: factor)
    }
    let sum = ((a + b) + (c + d)) + ((e + f) + (g + h)) + ((i + j) + (k + l))
    return sum[0] + sum[1]
  }

  package static func forwardLayer(_ network: DenseNetwork, _ index: Int, repetitions: Int) {
    let input = index > 0 ? network.layers[index - 1].activations : network.input
    for _ in 0..<repetitions {
      network.layers[index].forward(input: input, samples: network.samples, network.activation)
    }
  }
}
