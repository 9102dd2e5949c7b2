import Kernels
import Testing

private let shape = WindowNetworkShape(channels: 3, filters: [5, 7, 4])

@Suite struct WindowTrainingTests {
  private func training(_ count: Int, level: InstructionLevel = .preferred, scale: Float = 1) -> WindowTraining {
    let (windows, targets) = windowSamples(shape, count)
    let training = WindowTraining(
      shape, windows: windows, targets: targets.map { scale * $0 }, settings: AdamSettings(learningRate: 1e-2),
      level: level)
    training.start(seed: 1, training: 3, restart: 0, outputBias: 1.5 * scale)
    return training
  }

  /// Ranks that share a training, one after the other: what each has before and after the sums.
  private func shared(_ chosen: [Int], over size: Int, iterations: Int) -> (
    steps: [WindowTraining.Step], state: [Float]
  ) {
    let ranks = (0..<size).map { _ in training(101) }
    var steps: [WindowTraining.Step] = []
    for _ in 0..<iterations {
      var sums: [Int64] = []
      // Thrown out of: a step whose sums never come changes nothing.
      struct Waiting: Error {}
      for (rank, training) in ranks.enumerated() {
        #expect(throws: Waiting.self) {
          try training.step(chosen: chosen, rank: rank, size: size) { own in
            sums = sums.isEmpty ? own : zip(sums, own).map { $0 + $1 }
            throw Waiting()
          }
        }
      }
      let found = ranks.enumerated().map { rank, training in
        training.step(chosen: chosen, rank: rank, size: size) { $0 = sums }
      }
      #expect(found.allSatisfy { $0 == found[0] })
      steps.append(found[0])
    }
    for training in ranks { #expect(training.state == ranks[0].state) }
    return (steps, ranks[0].state)
  }

  @Test func anyNumberOfRanksGivesTheSameBits() {
    // 81 samples in an order of their own: three blocks, the last one short.
    let chosen = (0..<81).map { 100 - $0 }
    let one = shared(chosen, over: 1, iterations: 4)
    #expect(one.steps[3].loss < one.steps[0].loss)
    for size in [2, 3, 5] {
      let several = shared(chosen, over: size, iterations: 4)
      #expect(several.steps == one.steps, "\(size) ranks")
      #expect(several.state == one.state, "\(size) ranks")
    }
  }

  @Test(.enabled(if: InstructionLevel.available.contains(.v4), "this processor has no AVX-512"))
  func levelsWithFusedMultiplyAddGiveTheSameBits() {
    for window in [1, 3, 5] {
      for filters in [[4], [33, 18], [8, 16, 20]] {
        let shape = WindowNetworkShape(channels: 13, window: window, filters: filters)
        let (windows, targets) = windowSamples(shape, 45)
        let trainings = [InstructionLevel.v3, .v4].map {
          WindowTraining(shape, windows: windows, targets: targets, settings: AdamSettings(), level: $0)
        }
        for training in trainings {
          training.start(seed: 1, training: 0, restart: 0, outputBias: 1.5)
          for _ in 0..<2 { _ = training.step(chosen: Array(0..<45)) }
        }
        #expect(trainings[0].state == trainings[1].state, "window \(window), \(filters)")
        #expect(trainings[0].predict(Array(0..<45)) == trainings[1].predict(Array(0..<45)))
      }
    }
  }

  @Test func restoredTrainingGoesOnWithTheSameBits() {
    let chosen = Array(0..<40)
    let whole = training(40)
    for _ in 0..<4 { _ = whole.step(chosen: chosen) }
    let (state, iteration) = (whole.state, whole.iteration)
    #expect(iteration == 4)
    let steps = (0..<3).map { _ in whole.step(chosen: chosen) }
    let other = training(40)
    other.restore(state: state, iteration: iteration)
    #expect((0..<3).map { _ in other.step(chosen: chosen) } == steps)
    #expect(other.state == whole.state && other.iteration == whole.iteration)
    // Without the number of the iteration it would be another step.
    other.restore(state: state, iteration: 0)
    _ = other.step(chosen: chosen)
    #expect(other.parameters != whole.parameters)
  }

  /// Trainings do not see what was trained before in the same memory, and their numbers make other weights.
  @Test func startForgetsAndIsKeyed() {
    let one = training(40)
    let fresh = one.state
    _ = one.step(chosen: Array(0..<40))
    #expect(one.state != fresh)
    one.start(seed: 1, training: 3, restart: 0, outputBias: 1.5)
    #expect(one.state == fresh && one.iteration == 0)
    for (seed, training, restart) in [(2, 3, 0), (1, 4, 0), (1, 3, 1)] as [(UInt64, Int, Int)] {
      one.start(seed: seed, training: training, restart: restart, outputBias: 1.5)
      #expect(zip(one.parameters, fresh).filter { $0 == $1 }.count < 40)
    }
    let bounds: [Float] = [(6 / Float(72)).squareRoot(), 0]
    #expect(fresh[..<135].allSatisfy { abs($0) <= bounds[0] } && fresh[..<135].contains { abs($0) > 0.9 * bounds[0] })
    #expect(fresh[135..<140].allSatisfy { $0 == 0 } && fresh[shape.parameterCount - 1] == 1.5)
  }

  /// Weights that no cell of the window can meet stay as they are, and are part of the parameters all the same.
  @Test func weightsBeyondTheWindowStay() {
    let training = training(40)
    let start = training.parameters
    for _ in 0..<2 { _ = training.step(chosen: Array(0..<40)) }
    let third = 9 * 3 * 5 + 5 + 9 * 5 * 7 + 7
    for weight in 0..<(9 * 7 * 4) where weight % 9 != 4 {
      #expect(training.parameters[third + weight] == start[third + weight])
    }
    #expect(training.parameters[..<135] != start[..<135])
  }

  @Test(arguments: InstructionLevel.available) func deadAndDivergedTrainingsAreTold(level: InstructionLevel) {
    let training = training(40, level: level)
    let chosen = Array(0..<40)
    let alive = training.step(chosen: chosen)
    #expect(!alive.isDead && !alive.isDiverged && alive.loss.isFinite)

    training.start(seed: 1, training: 3, restart: 0, outputBias: -1000)
    let dead = training.step(chosen: chosen)
    #expect(dead.isDead && !dead.isDiverged)
    #expect(training.predict(chosen).allSatisfy { $0 == 0 })

    for parameter in [Float.nan, .infinity, 1e30, 1e7] {
      var parameters = training.parameters
      parameters[parameters.count - 1] = parameter
      training.start(parameters: parameters)
      let diverged = training.step(chosen: chosen)
      #expect(diverged.isDiverged && diverged.loss.isNaN && !diverged.isDead, "bias \(parameter)")
      #expect(training.iteration == 0 && training.state.prefix(10) == parameters.prefix(10), "bias \(parameter)")
    }
    // A weight that is not a number, of one filter of the first convolution.
    var parameters = training.parameters
    parameters[parameters.count - 1] = 1
    parameters[3] = .nan
    training.start(parameters: parameters)
    #expect(training.step(chosen: chosen).isDiverged)
  }

  /// Targets in grams instead of kilograms, a thousand times as large, fit the integers as well.
  @Test func largeTargetsFit() {
    let training = training(40, scale: 4096)
    let small = self.training(40)
    let (large, reference) = (training.step(chosen: Array(0..<40)), small.step(chosen: Array(0..<40)))
    #expect(!large.isDiverged && large.loss > 0x1p20 * reference.loss)
  }

  @Test func numbersOutOfBoundsAreRefused() throws {
    #expect(WindowNetworkShape.refusal(channels: 13, window: 3, filters: [32, 64, 128]) == nil)
    #expect(WindowNetworkShape(channels: 13).parameterCount == 3776 + 18496 + 73856 + 129)
    #expect(WindowNetworkShape(channels: 13).windowLength == 117)
    #expect(WindowNetworkShape(channels: 2, window: 7, filters: [4]).parameterCount == 76 + 4 * 16 + 1)
    for (channels, window, filters, word) in [
      (0, 3, [1], "0 channels"), (.max, 3, [1], "channels"), (1, 2, [1], "window of 2"), (1, .max, [1], "window"),
      (1, 3, [], "0 convolutions"), (1, 3, [0], "0 filters"), (1, 3, [4096, 4096], "weights"),
      (1, 3, [.min], "filters"),
    ] as [(Int, Int, [Int], String)] {
      let refusal = try #require(
        WindowNetworkShape.refusal(channels: channels, window: window, filters: filters), "\(word)")
      #expect(refusal.contains(word), "\(refusal)")
    }
  }
}
