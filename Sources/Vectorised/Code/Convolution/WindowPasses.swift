import VectorisedLayout

extension Functions {
  package static func windowOutputs(_ memory: ConvolutionMemory) {
    let missing = memory.standardiseRows()
    var input = memory.input
    for index in 0..<memory.layerCount {
      memory.layers[index].forward(input, memory)
      input = memory.layers[index].pooled
    }
    memory.denseOutput()
    for vector in 0..<blockVectors {
      let place = vector * Lanes.scalarCount
      let gap: Lanes = missing.vector(place)
      let output: Lanes = memory.outputs.vector(place)
      memory.outputs.store(output.replacing(with: gap, where: gap .!= gap), at: place)
    }
  }

  package static func addWindowGradient(_ memory: ConvolutionMemory) {
    memory.denseBackward()
    for index in (0..<memory.layerCount).reversed() {
      let before = index > 0 ? memory.layers[index - 1] : nil
      memory.layers[index].backward(before?.pooled ?? memory.input, before?.pooledDeltas, memory)
    }
  }

  package static func updateWindowNetwork(_ memory: ConvolutionMemory, _ step: AdamStep, scale: Double) {
    for place in 0..<memory.parameterCount { memory.gradient[place] = Float(Double(memory.sums[place]) * scale) }
    let update = AdamUpdate(
      weights: memory.parameters, firstMoment: memory.firstMoments, secondMoment: memory.secondMoments, step: step)
    update.update(count: memory.parameterCount, by: memory.gradient)
  }
}
