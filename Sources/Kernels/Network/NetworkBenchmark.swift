import DenseLayers
import DenseLayersV3
import DenseLayersV4

/// Parts of the network's work on their own, for measuring.
public enum NetworkBenchmark {
  /// Multiplies and adds in registers alone and returns the number of floating-point operations: the ceiling.
  public static func multiplyAdd(rounds: Int, level: InstructionLevel) -> Double {
    let operations: Int
    switch level {
    case .baseline:
      operations = DenseLayers.multiplyAddOperationsPerRound
      keep(DenseLayers.multiplyAddRounds(rounds))
    case .v3:
      operations = DenseLayersV3.multiplyAddOperationsPerRound
      keep(DenseLayersV3.multiplyAddRounds(rounds))
    case .v4:
      operations = DenseLayersV4.multiplyAddOperationsPerRound
      keep(DenseLayersV4.multiplyAddRounds(rounds))
    }
    return Double(operations) * Double(rounds)
  }

  /// The forward pass of one hidden layer over the samples that were loaded last.
  public static func forwardLayer(_ index: Int, of trainer: NetworkTrainer, repetitions: Int) {
    let network = trainer.memory.network
    switch trainer.level {
    case .baseline: DenseLayers.forwardLayer(network, index, repetitions: repetitions)
    case .v3: DenseLayersV3.forwardLayer(network, index, repetitions: repetitions)
    case .v4: DenseLayersV4.forwardLayer(network, index, repetitions: repetitions)
    }
  }

  @inline(never)
  private static func keep(_ value: Float) {}
}
