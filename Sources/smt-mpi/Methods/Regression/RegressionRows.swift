import Distributed
import Kernels

/// The rows that take part in a regression, with the names of their classes.
struct RegressionRows {
  private(set) var data: RegressionData
  /// By category.
  private(set) var classes: [[String]]
  /// By row; empty for none.
  private(set) var clusters: [Int32]
  /// What should be known of how rows were chosen.
  private(set) var notes: [String] = []
  /// What may be wrong with the values.
  private(set) var concerns: [String] = []

  /// Rows as they were read: NaN, and −1 for a class or cluster, where something is missing.
  ///
  /// - Throws: exit code 65 where no row is complete or the response does not vary, 64 where a base is no class.
  init(
    response: [Double], numbers: [[Double]], codes: [[Int32]], classes: [[String]], clusters: [Int32],
    _ settings: RegressionSettings
  ) throws {
    data = RegressionData(
      response: response, numbers: numbers,
      categories: codes.indices.map { .init(codes: codes[$0], classCount: classes[$0].count, base: 0) })
    (self.classes, self.clusters) = (classes, clusters)
    concerns += Self.leaveOutImplausible(&data.response, of: settings.response.name, settings)
    for (index, source) in settings.numbers.enumerated() {
      concerns += Self.leaveOutImplausible(&data.numbers[index], of: source.name, settings)
    }
    try takeComplete(settings)
    for category in classes.indices { try takeClasses(of: category, settings) }
    guard let first = data.response.first(where: { $0 != data.response[0] }) ?? data.response.first, count > 1 else {
      throw JobError(.inputData, "\(settings.response.text): one value is too few for a regression")
    }
    guard first != data.response[0] else {
      throw JobError(
        .inputData,
        "\(settings.response.text): the response is \(first.shortText) in all of \(settings.rowsText(count)); expected one "
          + "that varies")
    }
  }

  var count: Int { data.count }

  /// Bytes that errors by clusters take: for each cluster a number for each term, twice while they are found.
  var clusterBytes: Int { (Int(clusters.max() ?? -1) + 1) * (data.columns.count + 1) * 8 }

  /// Takes values for missing that can only be fill values which no attribute names; returns what to say of them.
  private static func leaveOutImplausible(
    _ values: inout [Double], of name: String, _ settings: RegressionSettings
  ) -> [String] {
    let places = values.indices.filter { abs(values[$0]) >= StoredValues.implausible || values[$0] == -9999 }
    guard let first = places.first.map({ values[$0] }) else { return [] }
    for place in places { values[place] = .nan }
    return [
      "'\(name)': \(settings.rowsText(places.count)) with values that cannot be right are left out, the first with "
        + "\(first.shortText): a fill value that no attribute names?"
    ]
  }

  /// Keeps the rows in which nothing is missing.
  private mutating func takeComplete(_ settings: RegressionSettings) throws {
    let all = count
    var isComplete = [Bool](repeating: true, count: all)
    var missing: [(name: String, count: Int)] = []
    func look(_ name: String, _ isThere: (Int) -> Bool) {
      var count = 0
      for row in 0..<all where !isThere(row) {
        count += 1
        isComplete[row] = false
      }
      missing.append((name, count))
    }
    look(settings.response.name) { data.response[$0].isFinite }
    for (index, source) in settings.numbers.enumerated() { look(source.name) { data.numbers[index][$0].isFinite } }
    for (index, source) in settings.categories.enumerated() {
      look(source.name) { data.categories[index].codes[$0] >= 0 }
    }
    if !clusters.isEmpty { look(settings.clusterSource?.name ?? "latitude or longitude") { clusters[$0] >= 0 } }
    let gaps = missing.filter { $0.count > 0 }.map { "'\($0.name)' in \($0.count)" }.joined(separator: ", ")
    let kept = isComplete.count { $0 }
    guard kept > 0 else {
      throw JobError(
        .inputData,
        "\(settings.response.text): none of \(settings.rowsText(all)) with a response has all that explains it"
          + (gaps.isEmpty ? "" : "; missing are \(gaps)"))
    }
    guard kept < all else { return }
    notes.append("\(settings.rowsText(all - kept)) of \(all) with a response are left out; missing are \(gaps)")
    keep { isComplete[$0] }
  }

  /// Keeps the classes of a category that have enough rows, and finds its base.
  private mutating func takeClasses(of category: Int, _ settings: RegressionSettings) throws {
    let (source, names, counts) = (settings.categories[category], classes[category], data.categories[category].counts)
    let kept = names.indices.filter { counts[$0] >= settings.minimumRows }
    let few = names.indices.filter { counts[$0] > 0 && counts[$0] < settings.minimumRows }
    if !few.isEmpty {
      notes.append(
        "\(source.text): classes of fewer than \(settings.rowsText(settings.minimumRows)) are left out (--minimum-rows): "
          + few.prefix(20).map { "\(names[$0]) (\(counts[$0]))" }.joined(separator: ", ")
          + (few.count > 20 ? ", …" : ""))
    }
    guard !kept.isEmpty else {
      throw JobError(
        .inputData, "\(source.text): no class has \(settings.rowsText(settings.minimumRows)) or more (--minimum-rows)")
    }
    var base = 0
    if let name = settings.bases[category] {
      guard let place = kept.firstIndex(where: { names[$0] == name }) else {
        let isKnown = names.contains(name)
        throw JobError(
          isKnown ? .inputData : .usage,
          "--base '\(name)': \(source.text) has no such class\(isKnown ? " among \(settings.rowsText(count))" : ""); "
            + "expected one of " + kept.prefix(30).map { names[$0] }.joined(separator: ", ")
            + (kept.count > 30 ? ", …" : ""))
      }
      base = place
    }
    var place = [Int32](repeating: -1, count: names.count)
    for (new, old) in kept.enumerated() { place[old] = Int32(new) }
    classes[category] = kept.map { names[$0] }
    data.categories[category] = .init(
      codes: data.categories[category].codes.map { place[Int($0)] }, classCount: kept.count, base: base)
    if !few.isEmpty {
      let codes = data.categories[category].codes
      keep { codes[$0] >= 0 }
    }
  }

  /// Keeps some rows, and numbers their clusters anew.
  private mutating func keep(_ isKept: (Int) -> Bool) {
    let rows = (0..<count).filter(isKept)
    data.response = rows.map { data.response[$0] }
    for index in data.numbers.indices {
      data.numbers[index] = rows.map { [column = data.numbers[index]] in column[$0] }
    }
    for index in data.categories.indices {
      data.categories[index].codes = rows.map { [codes = data.categories[index].codes] in codes[$0] }
    }
    guard !clusters.isEmpty else { return }
    var numbers: [Int32: Int32] = [:]
    clusters = rows.map { row in
      let number = numbers[clusters[row]] ?? Int32(numbers.count)
      numbers[clusters[row]] = number
      return number
    }
  }
}

/// Numbers for texts or values, in the order in which they come.
struct CodeBook<Key: Hashable> {
  private(set) var keys: [Key] = []
  private var codes: [Key: Int32] = [:]

  mutating func code(_ key: Key) -> Int32 {
    if let code = codes[key] { return code }
    let code = Int32(keys.count)
    codes[key] = code
    keys.append(key)
    return code
  }
}

/// Blocks of so many degrees on the globe.
struct DegreeBlocks {
  let degrees: Double
  private var book = CodeBook<SIMD2<Int32>>()

  init(degrees: Double) { self.degrees = degrees }

  /// The number of a place's block, from 0 in the order of calls; −1 of no place.
  mutating func code(latitude: Double, longitude: Double) -> Int32 {
    guard abs(latitude) <= 90.001, abs(longitude) <= 720 else { return -1 }
    let turned = longitude - 360 * (longitude / 360).rounded(.down)
    // The pole belongs to the last row.
    let rows = (180 / degrees).rounded(.up)
    let row = min(max(0, ((latitude + 90) / degrees).rounded(.down)), rows - 1)
    return book.code(SIMD2(Int32(row), Int32((turned / degrees).rounded(.down))))
  }
}
