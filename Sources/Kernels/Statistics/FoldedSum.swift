/// Σ of the terms 0 ..< count in four interleaved partial sums, in an order that never changes.
@inline(__always)
func foldedSum(_ count: Int, _ term: (Int) -> Double) -> Double {
  var sums = SIMD4<Double>()
  var index = 0
  while index + 4 <= count {
    sums += SIMD4(term(index), term(index + 1), term(index + 2), term(index + 3))
    index += 4
  }
  var sum = (sums.x + sums.y) + (sums.z + sums.w)
  while index < count {
    sum += term(index)
    index += 1
  }
  return sum
}
