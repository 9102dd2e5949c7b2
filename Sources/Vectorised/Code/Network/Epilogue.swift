/// What happens to a finished sum on its way from the registers to memory.
protocol Epilogue {
  func finish(_ sum: Lanes, at offset: Int)
}

/// Stores the sum.
struct StoreSum: Epilogue {
  var destination: UnsafeMutablePointer<Float>

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) { destination.store(sum, at: offset) }
}

/// Stores max(sum, 0).
struct StoreRectified: Epilogue {
  var destination: UnsafeMutablePointer<Float>

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    destination.store(sum.replacing(with: Lanes(), where: sum .< Lanes()), at: offset)
  }
}

/// Stores max(sum, 0), and whether that is positive.
struct StoreRectifiedAndNote: Epilogue {
  var destination: UnsafeMutablePointer<Float>
  var active: ActiveBits

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    destination.store(sum.replacing(with: Lanes(), where: sum .< Lanes()), at: offset)
    active.note(sum, at: offset)
  }
}

/// Stores the sum where the unit was on, zero elsewhere: the derivative of ReLU.
struct StoreWhereActive: Epilogue {
  var destination: UnsafeMutablePointer<Float>
  var activations: UnsafeMutablePointer<Float>

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    let on = activations.vector(offset, as: Lanes.self) .> Lanes()
    destination.store(Lanes().replacing(with: sum, where: on), at: offset)
  }
}

/// Stores the sum times another matrix's element: the derivative of an activation function.
struct StoreTimes: Epilogue {
  var destination: UnsafeMutablePointer<Float>
  var factors: UnsafeMutablePointer<Float>

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    destination.store(sum * factors.vector(offset), at: offset)
  }
}

/// Stores the sum times a factor where the unit was on, zero elsewhere.
struct StoreScaledWhereActive: Epilogue {
  var destination: UnsafeMutablePointer<Float>
  var activations: UnsafeMutablePointer<Float>
  var scale: Lanes

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    let on = activations.vector(offset, as: Lanes.self) .> Lanes()
    destination.store(Lanes().replacing(with: sum * scale, where: on), at: offset)
  }
}
