/// Values of one slot by cell; read only.
///
/// Bounds are checked in debug builds and cost nothing in release builds. Valid as long as the call lasts that it is
/// handed to.
@frozen public struct FieldValues {
  @usableFromInline let pointer: UnsafePointer<Double>
  /// The number of cells.
  public let count: Int

  @inlinable init(_ pointer: UnsafePointer<Double>, count: Int) {
    self.pointer = pointer
    self.count = count
  }

  /// All positions.
  @inlinable public var indices: Range<Int> { 0..<count }

  /// The value of the cell at a position; NaN where it is missing.
  @inlinable public subscript(position: Int) -> Double {
    assert(indices.contains(position), "position \(position) of \(count) cells")
    return pointer[position]
  }
}

/// Values of one slot by cell that can be changed.
///
/// Bounds are checked in debug builds and cost nothing in release builds. Valid as long as the call lasts that it is
/// handed to.
@frozen public struct CellValues {
  @usableFromInline let pointer: UnsafeMutablePointer<Double>
  /// The number of cells.
  public let count: Int

  @inlinable init(_ pointer: UnsafeMutablePointer<Double>, count: Int) {
    self.pointer = pointer
    self.count = count
  }

  /// All positions.
  @inlinable public var indices: Range<Int> { 0..<count }

  /// The value of the cell at a position.
  @inlinable public subscript(position: Int) -> Double {
    get {
      assert(indices.contains(position), "position \(position) of \(count) cells")
      return pointer[position]
    }
    nonmutating set {
      assert(indices.contains(position), "position \(position) of \(count) cells")
      pointer[position] = newValue
    }
  }

  /// Sets all values to one.
  public func fill(_ value: Double) { pointer.update(repeating: value, count: count) }

  /// Takes over the values of another slot on the same cells.
  public func copy(_ other: CellValues) {
    assert(other.count == count, "\(other.count) cells for \(count)")
    pointer.update(from: other.pointer, count: count)
  }
}

/// Numbers by slot and cell, slot after slot in memory.
///
/// Bounds are checked in debug builds and cost nothing in release builds. Valid as long as the call lasts that it is
/// handed to.
@frozen public struct CellBlock {
  @usableFromInline let pointer: UnsafeMutablePointer<Double>
  /// The number of slots.
  public let slotCount: Int
  /// The number of cells.
  public let cellCount: Int

  @inlinable init(_ pointer: UnsafeMutablePointer<Double>, slotCount: Int, cellCount: Int) {
    self.pointer = pointer
    self.slotCount = slotCount
    self.cellCount = cellCount
  }

  /// The values of a slot.
  @inlinable public subscript(slot: Int) -> CellValues {
    assert((0..<slotCount).contains(slot), "slot \(slot) of \(slotCount)")
    return CellValues(pointer + slot * cellCount, count: cellCount)
  }

  /// Some of the slots, as a block of their own.
  @inlinable public subscript(slots: Range<Int>) -> CellBlock {
    assert(slots.lowerBound >= 0 && slots.upperBound <= slotCount, "slots \(slots) of \(slotCount)")
    return CellBlock(pointer + slots.lowerBound * cellCount, slotCount: slots.count, cellCount: cellCount)
  }

  /// Positions of the cells that have an infinite value in some slot, ascending: something there was implausible.
  public var infinitePositions: [Int] {
    var count = 0
    for index in 0..<slotCount * cellCount { count &+= pointer[index].magnitude == .infinity ? 1 : 0 }
    guard count > 0 else { return [] }
    return (0..<cellCount).filter { cell in
      (0..<slotCount).contains { pointer[$0 * cellCount + cell].isInfinite }
    }
  }

  /// Sets all values to zero.
  func clear() { pointer.update(repeating: 0, count: slotCount * cellCount) }
}
