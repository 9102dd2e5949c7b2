import VectorisedLayout

extension Functions {
  package static func jacobianGram(_ network: DenseNetwork, _ memory: GaussNewtonMemory) {
    forward(network)
    network.jacobianGram(memory)
  }

  // A step is Jᵀ v with (J Jᵀ + λ) v = r: there are far fewer samples than weights, so the system is one of samples. Adam's first moments
  // keep the weights before a step, in case it leads uphill.
  package static func trainGaussNewton(
    _ network: DenseNetwork, _ memory: GaussNewtonMemory, _ settings: GaussNewtonSettings
  ) -> (loss: Float, steps: Int) {
    forward(network)
    var loss = network.loss()
    var damping: Float = 0
    var steps = 0
    while steps < settings.steps, loss > settings.targetLoss {
      steps += 1
      network.jacobianGram(memory)
      let trace = memory.trace(samples: network.samples)
      if steps == 1 { damping = settings.damping * trace }
      damping = max(damping, 1e-6 * trace)
      repeat {
        network.residuals(into: memory.coefficients)
        if memory.solve(damping: damping, samples: network.samples) { break }
        damping *= 4
      } while damping < trace
      // What is left of the residuals if the network were linear: r − J Jᵀ v = λ v.
      let expected = damping * damping * memory.meanSquareOfCoefficients(samples: network.samples)
      network.direction(memory.coefficients)
      network.keepWeights()
      var length: Float = 1
      var gain: Float = 0
      while true {
        network.step(length)
        forward(network)
        let reached = network.loss()
        if length == 1 { gain = (loss - reached) / (loss - expected) }
        if reached < loss {
          loss = reached
          break
        }
        length *= 0.5
        if length < 0.05 {
          network.step(0)
          forward(network)
          break
        }
      }
      damping *= gain > 0.9 ? 0.1 : gain > 0.6 ? 0.3 : gain > 0.3 ? 0.6 : gain > 0 ? 1.5 : 4
      if damping > trace { break }
    }
    return (loss, steps)
  }
}

extension DenseNetwork {
  /// Mean squared error of the last forward pass.
  fileprivate func loss() -> Float {
    var sum: Float = 0
    for sample in 0..<samples {
      let error = prediction[sample] - target[sample]
      sum += error * error
    }
    return sum / Float(samples)
  }

  fileprivate func residuals(into residuals: UnsafeMutablePointer<Float>) {
    for sample in 0..<samples { residuals[sample] = target[sample] - prediction[sample] }
  }

  /// Jᵀ v in the layers' `gradient` and in `outputGradient`; the deltas are those of unit errors and get the factors v.
  @inline(never)
  fileprivate func direction(_ v: UnsafeMutablePointer<Float>) {
    sorted.predictionDeltas.update(from: v, count: samples)
    computeOutputGradient()
    var input = self.input
    for index in 0..<layerCount {
      let layer = layers[index]
      for sample in 0..<samples {
        let row = layer.deltas + sample * layer.activationStride
        var column = 0
        while column < layer.activationStride {
          row.store(row.vector(column, as: Block.self) * v[sample], at: column)
          column += 16
        }
      }
      layer.computeGradient(input: input, samples: samples)
      input = layer.activations
    }
  }

  fileprivate func keepWeights() {
    for index in 0..<layerCount {
      let layer = layers[index]
      layer.firstMoment.update(from: layer.weights, count: (layer.inputs + 1) * layer.weightStride)
    }
    outputFirstMoment.update(from: outputWeights, count: lastLayer.activationStride)
  }

  /// Weights that were kept, plus the direction times a length.
  fileprivate func step(_ length: Float) {
    for index in 0..<layerCount {
      let layer = layers[index]
      moved(
        layer.weights, from: layer.firstMoment, by: layer.gradient, length,
        count: (layer.inputs + 1) * layer.weightStride)
    }
    moved(outputWeights, from: outputFirstMoment, by: outputGradient, length, count: lastLayer.activationStride)
  }
}

extension GaussNewtonMemory {
  fileprivate func meanSquareOfCoefficients(samples: Int) -> Float {
    var sum: Float = 0
    for sample in 0..<samples { sum += coefficients[sample] * coefficients[sample] }
    return sum / Float(samples)
  }
}

@inline(never)
private func moved(
  _ weights: UnsafeMutablePointer<Float>, from start: UnsafeMutablePointer<Float>,
  by direction: UnsafeMutablePointer<Float>, _ length: Float, count: Int
) {
  let factor = Block(repeating: length)
  var offset = 0
  while offset < count {
    weights.store(start.vector(offset, as: Block.self).plus(factor, times: direction.vector(offset)), at: offset)
    offset += 16
  }
}
