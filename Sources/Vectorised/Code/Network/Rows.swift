/// Neighbouring rows of the result: a tile, held in registers while the sum runs.
///
/// Tiles are built from types, one inside the other, so that the compiler sees every accumulator as a value of its
/// own and keeps it in a register; an array or a tuple walked by index would go through memory.
protocol Rows {
  associatedtype Width: Columns
  /// Number of rows.
  static var count: Int { get }
  init()
  mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times row: Width)
  func finish(_ epilogue: some Epilogue, at offset: Int, stride: Int)
}

struct OneRow<Width: Columns>: Rows {
  var sum = Width()

  @inline(__always) static var count: Int { 1 }
  @inline(__always) init() {}
  @inline(__always) mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times row: Width) {
    sum.add(Lanes(repeating: factors.pointee), times: row)
  }
  @inline(__always) func finish(_ epilogue: some Epilogue, at offset: Int, stride: Int) {
    sum.finish(epilogue, at: offset)
  }
}

/// Two groups of rows, one above the other.
struct Above<Upper: Rows, Lower: Rows>: Rows where Upper.Width == Lower.Width {
  var upper = Upper()
  var lower = Lower()

  @inline(__always) static var count: Int { Upper.count + Lower.count }
  @inline(__always) init() {}
  @inline(__always) mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times row: Upper.Width) {
    upper.add(factors, stride: stride, times: row)
    lower.add(factors + Upper.count * stride, stride: stride, times: row)
  }
  @inline(__always) func finish(_ epilogue: some Epilogue, at offset: Int, stride: Int) {
    upper.finish(epilogue, at: offset, stride: stride)
    lower.finish(epilogue, at: offset + Upper.count * stride, stride: stride)
  }
}

typealias TwoRows<W: Columns> = Above<OneRow<W>, OneRow<W>>
typealias ThreeRows<W: Columns> = Above<TwoRows<W>, OneRow<W>>
typealias FourRows<W: Columns> = Above<TwoRows<W>, TwoRows<W>>
typealias FiveRows<W: Columns> = Above<FourRows<W>, OneRow<W>>
typealias SixRows<W: Columns> = Above<FourRows<W>, TwoRows<W>>
typealias SevenRows<W: Columns> = Above<FourRows<W>, ThreeRows<W>>
typealias EightRows<W: Columns> = Above<FourRows<W>, FourRows<W>>
