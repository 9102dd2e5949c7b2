/// What a curve is fitted to: pairs of soil moisture and productivity without missing ones, in ascending order of soil moisture.
public struct SortedSamples: Sendable, Equatable {
  /// Soil moisture, percent.
  public var x: [Double]
  /// Productivity, percent.
  public var y: [Double]
  /// Where each sample stood before they were sorted: its member, or its month.
  public var times: [Int]

  /// Drops pairs of which either is not finite and sorts the rest; equal soil moistures keep their order.
  public init(x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>) {
    precondition(x.count == y.count, "as many soil moistures as productivities")
    times = x.indices.filter { x[$0].isFinite && y[$0].isFinite }
      .sorted { x[$0] < x[$1] || (x[$0] == x[$1] && $0 < $1) }
    self.x = times.map { x[$0] }
    self.y = times.map { y[$0] }
  }

  /// The same of arrays.
  public init(x: [Double], y: [Double]) {
    self = x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { SortedSamples(x: x, y: $0) } }
  }

  /// Samples that are sorted already.
  public init(x: [Double], y: [Double], times: [Int]) {
    precondition(x.count == y.count && x.count == times.count, "as many soil moistures as productivities and times")
    (self.x, self.y, self.times) = (x, y, times)
  }

  /// Range of soil moisture; 0 without samples.
  public var span: Double {
    guard let first = x.first, let last = x.last else { return 0 }
    return last - first
  }
}
