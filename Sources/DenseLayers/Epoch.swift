import NetworkLayout

// The entry points, the same at every level of the instruction set.

/// Computes `prediction` from `input` for all samples.
public func forward(_ network: DenseNetwork) {
  var input = network.input
  for index in 0..<network.layerCount {
    network.layers[index].forward(input: input, samples: network.samples, network.activation)
    input = network.layers[index].activations
  }
  network.predict()
}

/// Computes the loss and leaves its gradient in the layers' `gradient` and in `outputGradient`.
public func gradient(_ network: DenseNetwork) -> Float {
  forward(network)
  let loss = network.lossAndOutputGradient()
  for index in (0..<network.layerCount).reversed() {
    var input = network.input
    if index > 0 {
      let before = network.layers[index - 1]
      network.layers[index].backward(to: before, samples: network.samples, network.activation)
      input = before.activations
    }
    network.layers[index].computeGradient(input: input, samples: network.samples)
  }
  return loss
}

/// Trains for some epochs of full-batch Adam, with moments starting at zero, and returns the last epoch's loss.
///
/// The loss is the mean squared error before that epoch's update.
public func train(_ network: DenseNetwork, epochs: Int, _ settings: AdamSettings) -> Float {
  var loss = Float.nan
  var firstPower = 1.0
  var secondPower = 1.0
  for _ in 0..<epochs {
    firstPower *= settings.firstDecay
    secondPower *= settings.secondDecay
    let step = AdamStep(settings, firstPower: firstPower, secondPower: secondPower)
    loss = gradient(network)
    for index in 0..<network.layerCount { network.layers[index].update(step) }
    network.updateOutput(step)
  }
  return loss
}
