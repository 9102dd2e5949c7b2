/// Neighbouring vectors of one row: the width of a tile.
protocol Columns {
  /// Number of vectors.
  static var count: Int { get }
  init()
  init(loading source: UnsafePointer<Float>)
  mutating func add(_ factor: Lanes, times row: Self)
  func finish(_ epilogue: some Epilogue, at offset: Int)
  /// Adds products of the elements to 16 sums, column c to sum c mod 16, so that they do not depend on the vector's length.
  func addProducts(_ other: Self, to sums: UnsafeMutablePointer<Float>, from vector: Int)
}

struct OneColumn: Columns {
  var c0 = Lanes()

  @inline(__always) static var count: Int { 1 }
  @inline(__always) init() {}
  @inline(__always) init(loading source: UnsafePointer<Float>) { c0 = source.vector(0) }
  @inline(__always) mutating func add(_ factor: Lanes, times row: Self) { c0 = c0.plus(factor, times: row.c0) }
  @inline(__always) func finish(_ epilogue: some Epilogue, at offset: Int) { epilogue.finish(c0, at: offset) }
  @inline(__always) func addProducts(_ other: Self, to sums: UnsafeMutablePointer<Float>, from vector: Int) {
    let place = vector * Lanes.scalarCount % Block.scalarCount
    sums.store(sums.vector(place, as: Lanes.self).plus(c0, times: other.c0), at: place)
  }
}

/// Two groups of vectors side by side.
struct Beside<Left: Columns, Right: Columns>: Columns {
  var left = Left()
  var right = Right()

  @inline(__always) static var count: Int { Left.count + Right.count }
  @inline(__always) init() {}
  @inline(__always) init(loading source: UnsafePointer<Float>) {
    left = Left(loading: source)
    right = Right(loading: source + Left.count * Lanes.scalarCount)
  }
  @inline(__always) mutating func add(_ factor: Lanes, times row: Self) {
    left.add(factor, times: row.left)
    right.add(factor, times: row.right)
  }
  @inline(__always) func finish(_ epilogue: some Epilogue, at offset: Int) {
    left.finish(epilogue, at: offset)
    right.finish(epilogue, at: offset + Left.count * Lanes.scalarCount)
  }
  @inline(__always) func addProducts(_ other: Self, to sums: UnsafeMutablePointer<Float>, from vector: Int) {
    left.addProducts(other.left, to: sums, from: vector)
    right.addProducts(other.right, to: sums, from: vector + Left.count)
  }
}

typealias TwoColumns = Beside<OneColumn, OneColumn>
typealias ThreeColumns = Beside<TwoColumns, OneColumn>
typealias FourColumns = Beside<TwoColumns, TwoColumns>
typealias SevenColumns = Beside<FourColumns, ThreeColumns>
