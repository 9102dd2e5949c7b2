/// Selects order statistics of numbers in memory, which it reorders; NaN is not allowed.
///
/// Hoare's quickselect with the median of three, handing over to sorting where the partitions are bad. Ranks may be asked
/// for in increasing order only, so that later ones search what is left.
struct Selection {
  private let values: UnsafeMutablePointer<Double>
  private let count: Int
  private var start = 0

  init(_ values: UnsafeMutablePointer<Double>, count: Int) {
    self.values = values
    self.count = count
  }

  /// The value that would be at a 0-based rank after sorting.
  mutating func value(rank: Int) -> Double {
    precondition(rank >= start && rank < count, "ranks in increasing order")
    var (low, high) = (start, count - 1)
    var patience = 2 * (Int.bitWidth - (high - low + 1).leadingZeroBitCount)
    while high > low {
      if high - low < 16 || patience == 0 {
        var rest = UnsafeMutableBufferPointer(start: values + low, count: high - low + 1)
        rest.sort()
        break
      }
      patience -= 1
      let (left, right) = partition(low, high)
      if rank <= right {
        high = right
      } else if rank >= left {
        low = left
      } else {
        break
      }
    }
    start = rank
    return values[rank]
  }

  /// Afterwards everything up to `right` is at most the pivot and everything from `left` at least.
  private func partition(_ low: Int, _ high: Int) -> (left: Int, right: Int) {
    let (a, b, c) = (values[low], values[(low + high) / 2], values[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    var (left, right) = (low, high)
    while left <= right {
      while values[left] < pivot { left += 1 }
      while values[right] > pivot { right -= 1 }
      if left <= right {
        (values[left], values[right]) = (values[right], values[left])
        left += 1
        right -= 1
      }
    }
    return (left, right)
  }
}
