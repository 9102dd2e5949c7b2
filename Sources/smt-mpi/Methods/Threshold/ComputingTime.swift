import Distributed
import Foundation
import Kernels

/// The time that the threshold method takes, predicted from a few iterations on this machine.
struct ComputingTime {
  let options: ThresholdOptions
  /// Samples of a cell.
  let samples: Int

  /// Epochs of Adam, Gauss–Newton steps or gradients of L-BFGS after which the noise of 1 % ends the training of a network
  /// (86 samples; 540 and 810 epochs, 24 and 36 steps, 118 to 194 gradients were seen with different options).
  private var iterationsToNoise: Int {
    switch options.optimizer {
    case .adam: 700
    case .gaussNewton: 36
    case .lbfgs: 120
    }
  }

  /// The time for so many cells, and what the prediction rests on, in words.
  func text(cells: Int, ranks: Int) -> String {
    let iterations = ThresholdKernel.iterationsPerCell(options: options, toNoise: iterationsToNoise)
    guard iterations > 0 else { return "\(durationText(0)) computing" }
    let name =
      switch options.optimizer {
      case .adam: "epoch"
      case .gaussNewton: "step"
      case .lbfgs: "gradient"
      }
    let seconds = secondsPerIteration
    var basis = String(format: "%.1f µs \(name == "epoch" ? "an" : "a") \(name) measured here", seconds * 1e6)
    if options.noiseStop > 0 { basis += ", \(min(options.epochs, iterationsToNoise)) \(name)s a network assumed" }
    let all = Double(iterations) * Double(cells) * seconds / Double(ranks)
    return "\(durationText(all)) computing (\(basis))"
  }

  /// Seconds that an epoch, step or gradient of the network takes on this machine, with noisy samples.
  private var secondsPerIteration: Double {
    let trainer = NetworkTrainer(
      shape: options.shape, maximumSamples: samples, optimizer: options.optimizer, pairs: options.lbfgsMemory)
    var random = RandomSequence(seed: 1, cell: 0, network: 0, replicate: 0, purpose: .weights)
    trainer.initialize(&random)
    let x = (0..<samples).map { Float($0) / Float(samples) * 3 - 1.5 }
    trainer.load(x: x, y: x.map { $0 + random.nextUnit() - 0.5 })
    func seconds(iterations: Int) -> Double {
      let start = wallSeconds()
      let done =
        switch options.optimizer {
        case .adam: trainer.train(epochs: iterations, learningRate: options.learningRate).epochs
        case .gaussNewton: trainer.trainGaussNewton(steps: iterations).steps
        case .lbfgs: trainer.trainLBFGS(gradients: iterations).gradients
        }
      return (wallSeconds() - start) / Double(max(1, done))
    }
    // As many as take a fifth of a second, or one where networks are that large.
    return seconds(iterations: Int(max(1, min(200, 0.2 / seconds(iterations: 1)))))
  }
}
