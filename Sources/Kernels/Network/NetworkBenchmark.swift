/// Parts of the network's work on their own, for measuring.
package enum NetworkBenchmark {
  /// Multiplies and adds in registers alone and returns the number of floating-point operations: the ceiling.
  package static func multiplyAdd(rounds: Int, level: InstructionLevel) -> Double {
    keep(level.functions.multiplyAddRounds(rounds))
    return Double(level.functions.multiplyAddOperationsPerRound) * Double(rounds)
  }

  /// The forward pass of one hidden layer over the samples that were loaded last.
  package static func forwardLayer(_ index: Int, of trainer: NetworkTrainer, repetitions: Int) {
    trainer.functions.forwardLayer(trainer.memory.network, index, repetitions: repetitions)
  }

  @inline(never)
  private static func keep(_ value: Float) {}
}
