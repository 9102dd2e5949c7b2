/// Work that is done in small pieces while a matrix product runs.
///
/// Division and square root keep one execution port busy for long and leave the others idle; put between
/// multiplications they cost next to nothing.
protocol SideWork {
  /// Pieces that are waiting.
  var pieces: Int { get }
  /// Does one piece, if one is waiting.
  mutating func advance()
  /// Learns that a tile of the product, of some rows and vectors, has been stored.
  mutating func tileDone(at offset: Int, rows: Int, columns: Int)
}

struct NoSideWork: SideWork {
  @inline(__always) var pieces: Int { 0 }
  @inline(__always) mutating func advance() {}
  @inline(__always) mutating func tileDone(at offset: Int, rows: Int, columns: Int) {}
}

/// Updates the weights of the tile before, whose gradient is complete, while the next tile is summed.
struct UpdateBehind: SideWork {
  var update: AdamUpdate
  var gradient: UnsafePointer<Float>
  /// Distance in values between rows of weights.
  var stride: Int
  private(set) var pieces = 0
  private var offset = 0
  private var column = 0
  private var columns = 0

  init(_ update: AdamUpdate, by gradient: UnsafePointer<Float>, stride: Int) {
    self.update = update
    self.gradient = gradient
    self.stride = stride
  }

  @inline(__always)
  mutating func advance() {
    guard pieces > 0 else { return }
    let place = offset + column * Lanes.scalarCount
    // The divider is idle beside a product, the multipliers are not.
    update.finish(gradient.vector(place), at: place, /)
    pieces -= 1
    column += 1
    if column == columns {
      column = 0
      offset += stride
    }
  }

  @inline(__always)
  mutating func tileDone(at offset: Int, rows: Int, columns: Int) {
    self.offset = offset
    self.columns = columns
    column = 0
    pieces = rows * columns
  }
}
