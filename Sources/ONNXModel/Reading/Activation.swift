/// What a node leaves of one window: the axes of its tensor after that of the windows, and where each number comes from.
struct Activation {
  /// Numbers of one window at the most, after any node.
  static let largestCount = 1 << 18

  /// Lengths of the axes, slowest first, without that of the windows.
  var dimensions: [Int]
  /// For each number, its place in what the last layer made: [channel][row][column]; of the input, its place there.
  var places: [Int]

  /// What a layer makes, in its order.
  ///
  /// - Throws: where one window would have more than ``largestCount`` numbers or none.
  init(_ dimensions: [Int], after title: String) throws(ONNXError) {
    var count = 1
    for length in dimensions {
      guard (1...Self.largestCount).contains(length), count * length <= Self.largestCount else {
        throw ONNXError(
          "\(title): a window would have the sizes \(dimensions.prefix(8)); expected 1 to \(Self.largestCount) numbers")
      }
      count *= length
    }
    self.dimensions = dimensions
    places = Array(0..<count)
  }

  /// Channels, rows and columns, where it has these axes in this order and has not been moved about.
  var image: (channels: Int, rows: Int, columns: Int)? {
    guard dimensions.count == 3, places.indices.allSatisfy({ places[$0] == $0 }) else { return nil }
    return (dimensions[0], dimensions[1], dimensions[2])
  }

  /// The same numbers with their axes, of which that of the windows is the first, in another order.
  ///
  /// - Throws: where the order is none of these axes, or the windows do not stay first.
  mutating func transpose(_ order: [Int], _ title: String) throws(ONNXError) {
    guard order.sorted() == Array(0...dimensions.count), order[0] == 0 else {
      throw ONNXError("\(title): the order \(order.prefix(8)) of axes; expected one that leaves the windows first")
    }
    let axes = order.dropFirst().map { $0 - 1 }
    places = transposed(dimensions, axes).map { places[$0] }
    dimensions = axes.map { dimensions[$0] }
  }

  /// The same numbers with other axes.
  ///
  /// - Parameter shape: that of the windows first: 0 (unless `keepsZero`), −1, nil or the number of windows that the file
  ///   has been made for; then lengths, of which one may be −1.
  /// - Throws: where the numbers of a window would not stay together.
  mutating func reshape(
    _ shape: [Int?], keepsZero: Bool, fileWindows: Int?, _ title: String
  ) throws(ONNXError) {
    let problem = ONNXError(
      "\(title): shape [\(shape.prefix(8).map { $0.map(String.init) ?? "n" }.joined(separator: ", "))] for windows of "
        + "\(dimensions); expected one that keeps each window's numbers together")
    guard let first = shape.first, first == nil || first == -1 || first == fileWindows || (first == 0 && !keepsZero)
    else { throw problem }
    var lengths: [Int] = []
    for (index, entry) in shape.enumerated().dropFirst() {
      // 0 copies the axis of this place.
      let isCopy = entry == 0 && !keepsZero && index <= dimensions.count
      guard let length = isCopy ? dimensions[index - 1] : entry, length == -1 || (1...places.count).contains(length)
      else { throw problem }
      lengths.append(length)
    }
    let open = lengths.indices.filter { lengths[$0] == -1 }
    guard open.count <= (first == -1 ? 0 : 1) else { throw problem }
    var product = 1
    for length in lengths where length != -1 {
      product *= length
      guard product <= places.count else { throw problem }
    }
    if let place = open.first {
      guard places.count % product == 0 else { throw problem }
      lengths[place] = places.count / product
    } else {
      guard product == places.count else { throw problem }
    }
    dimensions = lengths
  }

  /// The numbers of a constant that meet those of a window where both are added or multiplied, after ONNX's broadcasting.
  ///
  /// - Throws: where the axes do not fit.
  func broadcast(_ numbers: [Float], _ lengths: [Int], _ title: String) throws(ONNXError) -> [Float] {
    let own = [1] + dimensions
    let extra = own.count - lengths.count
    guard extra >= 0, zip(own.dropFirst(extra), lengths).allSatisfy({ $1 == 1 || $1 == $0 }) else {
      throw ONNXError("\(title): a constant of dimensions \(lengths.prefix(8)) does not fit windows of \(dimensions)")
    }
    var result: [Float] = []
    result.reserveCapacity(places.count)
    var strides = [Int](repeating: 0, count: own.count)
    var stride = 1
    for axis in lengths.indices.reversed() {
      strides[extra + axis] = lengths[axis] == 1 ? 0 : stride
      stride *= lengths[axis]
    }
    for number in places.indices {
      var (rest, place) = (number, 0)
      for axis in own.indices.reversed() {
        place += rest % own[axis] * strides[axis]
        rest /= own[axis]
      }
      result.append(numbers[place])
    }
    return result
  }
}

/// Where the numbers of a tensor come from when its axes are put in another order.
func transposed(_ dimensions: [Int], _ order: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: dimensions.count)
  for axis in dimensions.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * dimensions[axis + 1] }
  var places = [0]
  for axis in order {
    places = places.flatMap { place in (0..<dimensions[axis]).map { place + $0 * strides[axis] } }
  }
  return places
}
