/// Finds the numbers that would stand at given places if an array were sorted, without sorting all of it.
///
/// Hoare's quickselect with the median of three, handing over to sorting where the partitions are bad. It moves the numbers
/// about in their memory: afterwards none before the place asked for is larger than the one there, and none behind it
/// smaller. So places have to be asked for in increasing order, and each search begins where the last one ended. NaN is not
/// allowed. The memory remains the caller's.
struct Selection {
  private let values: UnsafeMutablePointer<Double>
  private let count: Int
  private var start = 0

  init(_ values: UnsafeMutablePointer<Double>, count: Int) {
    self.values = values
    self.count = count
  }

  /// The number that would be at a 0-based place after sorting; no place before the last one that was asked for.
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
