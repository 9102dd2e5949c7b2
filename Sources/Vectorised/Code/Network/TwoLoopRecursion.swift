import VectorisedLayout

/// The inverse Hessian of L-BFGS: pairs of steps s and changes y of the gradient, the latest of them (Nocedal 1980).
struct TwoLoopRecursion {
  private let memory: LBFGSMemory
  /// Number of pairs remembered, and place of the next.
  private var pairs = 0
  private var next = 0
  /// sᵀy / yᵀy of the latest pair: the curvature where no pair says otherwise.
  private var scale: Float = 1

  init(_ memory: LBFGSMemory) { self.memory = memory }

  var isEmpty: Bool { pairs == 0 }

  mutating func forget() { pairs = 0 }

  /// Writes −H g for the gradient g into the direction, and returns the slope along it, the product of both.
  ///
  /// The two loops over the pairs (Nocedal & Wright 2006, algorithm 7.4); each pass also takes the product that the next
  /// one begins with, and the sign and H's scale go in between the loops.
  func findDirection() -> Float {
    let (gradient, direction, count) = (memory.gradient, memory.direction, memory.count)
    guard pairs > 0 else {
      return combine(into: direction, Multiple(-1, gradient), Multiple(0, gradient), dot: gradient, count: count)
    }
    var product = dotProduct(step(0), gradient, count: count)
    for age in 0..<pairs {
      let place = place(age)
      let coefficient = memory.reciprocals[place] * product
      memory.coefficients[place] = coefficient
      product = combine(
        into: direction, Multiple(1, age == 0 ? gradient : direction), Multiple(-coefficient, change(age)),
        dot: age + 1 < pairs ? step(age + 1) : change(age), count: count)
    }
    product *= -scale
    for age in (0..<pairs).reversed() {
      let place = place(age)
      let coefficient = -(memory.coefficients[place] + memory.reciprocals[place] * product)
      product = combine(
        into: direction, Multiple(age + 1 == pairs ? -scale : 1, direction), Multiple(coefficient, step(age)),
        dot: age > 0 ? change(age - 1) : gradient, count: count)
    }
    return product
  }

  /// Moves the point by the direction times a length and the gradient to the trial's, and remembers the pair if asked.
  mutating func advance(_ length: Float, isRemembered: Bool) {
    // The oldest pair makes room.
    pairs = min(pairs, memory.capacity - 1)
    let (product, squares) = memory.advance(
      length, step: memory.steps + next * memory.count, change: memory.changes + next * memory.count)
    guard isRemembered, product > 0 else { return }
    memory.reciprocals[next] = 1 / product
    scale = product / squares
    next = (next + 1) % memory.capacity
    pairs += 1
  }

  /// Place of the pair that is so many older than the latest.
  private func place(_ age: Int) -> Int { (next - 1 - age + memory.capacity) % memory.capacity }
  private func step(_ age: Int) -> UnsafeMutablePointer<Float> { memory.steps + place(age) * memory.count }
  private func change(_ age: Int) -> UnsafeMutablePointer<Float> { memory.changes + place(age) * memory.count }
}
