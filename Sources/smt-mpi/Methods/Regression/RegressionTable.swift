import Distributed
import Kernels

/// Reads the rows of a regression from a table.
struct RegressionTable {
  private let settings: RegressionSettings
  private let reader: TableReader
  /// Columns of the table: response, numbers, categories, then what makes clusters.
  private let positions: [Int]
  private let clusterColumns: [String]

  /// More classes are an oversight: a column of numbers.
  private static let mostClasses = 1000

  /// Reads the header.
  ///
  /// - Throws: exit code 65 or 66 naming file and column.
  init(_ settings: RegressionSettings) throws {
    self.settings = settings
    let reader = try TableReader(settings.response.path)
    self.reader = reader
    clusterColumns =
      switch settings.clusters {
      case nil: []
      case .source(let source): [source.variable]
      case .blocks(_, let latitude, let longitude): [latitude, longitude]
      }
    do {
      positions =
        try ([settings.response] + settings.numbers + settings.categories).map {
          try reader.column($0.variable)
        } + clusterColumns.map(reader.column)
    } catch let error as JobError
      where clusterColumns.count == 2 && clusterColumns.contains(where: { reader.position($0) == nil })
    {
      throw JobError(error.exitCode, error.message + "; --coordinates names those of latitude and longitude")
    }
  }

  /// Names of columns.
  var columns: [String] { positions.map { reader.columns[$0] } }

  /// Reads the table once without keeping it.
  ///
  /// - Returns: the number of its rows.
  func rowCount() throws -> Int {
    var count = 0
    try reader.read([]) { _ in count += 1 }
    return count
  }

  /// Bytes that so many rows take.
  func bytes(rows: Int) -> Int {
    // Arrays grow by doubling, and are copied where rows are chosen.
    3 * rows * (8 * (settings.numbers.count + 1) + 4 * (settings.categories.count + 1))
  }

  /// The rows with a response.
  ///
  /// - Throws: exit code 65 with file, line and column.
  func rows() throws -> RegressionRows {
    var response: [Double] = []
    var numbers = settings.numbers.map { _ in [Double]() }
    var codes = settings.categories.map { _ in [Int32]() }
    var books = settings.categories.map { _ in CodeBook<String>() }
    var clusters: [Int32] = []
    var clusterBook = CodeBook<String>()
    var blocks: DegreeBlocks?
    if case .blocks(let degrees, _, _) = settings.clusters { blocks = DegreeBlocks(degrees: degrees) }
    let (firstCategory, firstCluster) = (1 + numbers.count, 1 + numbers.count + codes.count)
    try reader.read(positions) { row in
      let value = try row.number(0)
      guard value.isFinite, abs(value) <= settings.limit else { return }
      response.append(value)
      for index in numbers.indices { numbers[index].append(try row.number(1 + index)) }
      for index in codes.indices {
        let place = firstCategory + index
        codes[index].append(row.isMissing(place) ? -1 : books[index].code(row.text(place)))
        guard books[index].keys.count <= Self.mostClasses else {
          throw row.error(
            place, "more than \(Self.mostClasses) different texts; expected a category, numbers go behind --on")
        }
      }
      if blocks != nil {
        let (latitude, longitude) = (try row.number(firstCluster), try row.number(firstCluster + 1))
        clusters.append(blocks?.code(latitude: latitude, longitude: longitude) ?? -1)
      } else if settings.clusters != nil {
        clusters.append(row.isMissing(firstCluster) ? -1 : clusterBook.code(row.text(firstCluster)))
      }
      if response.count & (response.count - 1) == 0 {
        try Interruption.check("while a table was read")
        try MemoryLimit.check(
          bytes(rows: 2 * response.count), for: "\(reader.path): more than \(counted(response.count, "row"))")
      }
    }
    guard !response.isEmpty else {
      throw JobError(.inputData, "\(settings.response.text): no row has a response")
    }
    var classes: [[String]] = []
    for index in codes.indices {
      let order = Self.order(books[index].keys)
      var place = [Int32](repeating: 0, count: order.count)
      for (new, old) in order.enumerated() { place[old] = Int32(new) }
      codes[index] = codes[index].map { $0 < 0 ? -1 : place[Int($0)] }
      classes.append(order.map { books[index].keys[$0] })
    }
    return try RegressionRows(
      response: response, numbers: numbers, codes: codes, classes: classes, clusters: clusters, settings)
  }

  /// Numbers in their order, other texts in that of their characters.
  private static func order(_ names: [String]) -> [Int] {
    let numbers = names.compactMap { Double($0) }
    return names.indices.sorted {
      numbers.count == names.count ? numbers[$0] < numbers[$1] : names[$0] < names[$1]
    }
  }
}
