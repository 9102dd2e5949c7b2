import CVectorised

/// Copies a matrix with rows and columns exchanged, in square blocks held in registers.
///
/// Both sides are padded to whole blocks: rows and columns up to the next multiple of 16 must be there.
@inline(never)
func copyTransposed(
  _ source: UnsafePointer<Float>, stride sourceStride: Int, rows: Int, columns: Int,
  to destination: UnsafeMutablePointer<Float>, stride destinationStride: Int
) {
  for row in stride(from: 0, to: rows, by: Lanes.scalarCount) {
    for column in stride(from: 0, to: columns, by: Lanes.scalarCount) {
      copyTransposedBlock(
        source + row * sourceStride + column, stride: sourceStride,
        to: destination + column * destinationStride + row, stride: destinationStride)
    }
  }
}

/// Copies one square block, as many rows as a vector has elements, with rows and columns exchanged.
@inline(__always)
func copyTransposedBlock(
  _ source: UnsafePointer<Float>, stride sourceStride: Int, to destination: UnsafeMutablePointer<Float>,
  stride destinationStride: Int
) {
  Square(loading: source, stride: sourceStride).transposed.store(to: destination, stride: destinationStride)
}

/// Some vectors, one below the other.
private protocol Lines {
  static var count: Int { get }
  init(loading source: UnsafePointer<Float>, stride: Int)
  func store(to destination: UnsafeMutablePointer<Float>, stride: Int)
  /// The elements of each vector of `a` alternating with those of the vector at the same place in `b`.
  static func interleaved(_ a: Self, _ b: Self) -> Halves<Self>
}

private struct Line: Lines {
  var vector: Lanes

  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(_ vector: Lanes) { self.vector = vector }
  @inline(__always) init(loading source: UnsafePointer<Float>, stride: Int) { vector = source.vector(0) }
  @inline(__always) func store(to destination: UnsafeMutablePointer<Float>, stride: Int) {
    destination.store(vector, at: 0)
  }
  @inline(__always) static func interleaved(_ a: Self, _ b: Self) -> Halves<Self> {
    var pair = Halves(upper: a, lower: b)
    interleave(&pair.upper.vector, &pair.lower.vector)
    return pair
  }
}

/// Puts the elements of two vectors in alternation: the first halves in `a`, the second halves in `b`.
@inline(__always)
private func interleave(_ a: inout Lanes, _ b: inout Lanes) {
  withUnsafeMutablePointer(to: &a) { a in
    withUnsafeMutablePointer(to: &b) { b in
      let (a, b) = (UnsafeMutableRawPointer(a), UnsafeMutableRawPointer(b))
      #if VECTOR_16
        vector_interleave_16(a.assumingMemoryBound(to: Float.self), b.assumingMemoryBound(to: Float.self))
      #elseif VECTOR_8
        vector_interleave_8(a.assumingMemoryBound(to: Float.self), b.assumingMemoryBound(to: Float.self))
      #else
        vector_interleave_4(a.assumingMemoryBound(to: Float.self), b.assumingMemoryBound(to: Float.self))
      #endif
    }
  }
}

private struct Halves<Half: Lines>: Lines {
  var upper: Half
  var lower: Half

  @inline(__always) static var count: Int { 2 * Half.count }
  @inline(__always) init(upper: Half, lower: Half) {
    self.upper = upper
    self.lower = lower
  }
  @inline(__always) init(loading source: UnsafePointer<Float>, stride: Int) {
    upper = Half(loading: source, stride: stride)
    lower = Half(loading: source + Half.count * stride, stride: stride)
  }
  @inline(__always) func store(to destination: UnsafeMutablePointer<Float>, stride: Int) {
    upper.store(to: destination, stride: stride)
    lower.store(to: destination + Half.count * stride, stride: stride)
  }
  @inline(__always) static func interleaved(_ a: Self, _ b: Self) -> Halves<Self> {
    Halves<Self>(upper: Half.interleaved(a.upper, b.upper), lower: Half.interleaved(a.lower, b.lower))
  }
  /// Each vector of the upper half alternating with its counterpart in the lower half: one step of a transposition.
  @inline(__always) var shuffled: Self { Half.interleaved(upper, lower) }
}

private typealias FourLines = Halves<Halves<Line>>
#if VECTOR_16
  private typealias Square = Halves<Halves<FourLines>>
  extension Square {
    @inline(__always) fileprivate var transposed: Self { shuffled.shuffled.shuffled.shuffled }
  }
#elseif VECTOR_8
  private typealias Square = Halves<FourLines>
  extension Square {
    @inline(__always) fileprivate var transposed: Self { shuffled.shuffled.shuffled }
  }
#else
  private typealias Square = FourLines
  extension Square {
    @inline(__always) fileprivate var transposed: Self { shuffled.shuffled }
  }
#endif
