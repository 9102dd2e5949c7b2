/// Cells of a grid that are summed up together, and what each counts for.
public struct WeightedCells: Sendable {
  /// Grid indices, ascending.
  public let cells: [Int]
  /// As many weights, above 0.
  public let weights: [Double]

  /// Those of the cells, grid indices in ascending order, that count for something.
  public init(_ cells: [Int], weight: (_ position: Int) -> Double) {
    let weighted = cells.indices.map { (cell: cells[$0], weight: weight($0)) }.filter { $0.weight > 0 }
    self.cells = weighted.map(\.cell)
    weights = weighted.map(\.weight)
  }
}

/// Weighted sums of every field of a job over classes of cells, and of the weights of the cells that have a value.
public struct FieldSums: Sendable {
  private let layout: Layout
  /// By `layout`: sums, and sums of weights.
  private var sums: [Double]
  private var weights: [Double]

  /// What there is a sum for.
  struct Layout {
    let classes: Int
    let members: Int
    let steps: Int
    let fields: Int

    var count: Int { classes * members * steps * fields }

    /// Where the series of a class begins, step after step.
    func start(class number: Int, member: Int, field: Int) -> Int {
      ((number * members + member) * fields + field) * steps
    }
  }

  init(_ layout: Layout) {
    self.layout = layout
    sums = [Double](repeating: .nan, count: layout.count)
    weights = [Double](repeating: 0, count: layout.count)
  }

  /// The mean of a field over a class at each step; NaN where no cell has a value, infinite where one is implausible.
  public func means(class number: Int, member: Int, field: Int) -> [Double] {
    let start = layout.start(class: number, member: member, field: field)
    return (start..<start + layout.steps).map { weights[$0] > 0 ? sums[$0] / weights[$0] : .nan }
  }

  /// The weight of the cells of a class that have a value at each step.
  public func weights(class number: Int, member: Int, field: Int) -> [Double] {
    let start = layout.start(class: number, member: member, field: field)
    return Array(weights[start..<start + layout.steps])
  }

  /// Takes the numbers of a task: by step, field and class the sum and the weight.
  mutating func take(_ numbers: [Double], member: Int, steps: Range<Int>) {
    var next = 0
    for step in steps {
      for field in 0..<layout.fields {
        for number in 0..<layout.classes {
          let place = layout.start(class: number, member: member, field: field) + step
          (sums[place], weights[place]) = (numbers[next], numbers[next + 1])
          next += 2
        }
      }
    }
  }
}

/// Reading of all fields of a job's sources that leaves sums over classes of cells, and no field.
///
/// Each rank reads whole fields of its own members and years and adds them up in the order of cells: nothing but the sums
/// travels, and no bit of them depends on the number of ranks.
public struct FieldReduction {
  private let catalogue: Catalogue
  private let communicator: Communicator
  private let classes: [Class]
  /// The cells of all classes, grid indices, ascending.
  private let cells: [Int]
  /// The plans of the records of all sources, in order.
  public let plans: [SourceReadPlan]

  private struct Class {
    /// Positions in `cells`.
    let positions: [Int32]
    let weights: [Double]
  }

  /// A reduction to sums over these classes.
  ///
  /// - Parameters:
  ///   - ranks: those that it is planned for.
  ///   - budget: bytes of blocks in flight that it aims at.
  public init(
    _ catalogue: Catalogue, _ classes: [WeightedCells], ranks: Int, budget: Int, _ communicator: Communicator
  ) {
    self.catalogue = catalogue
    self.communicator = communicator
    var places = [Int32](repeating: -1, count: catalogue.grid.cellCount)
    for cell in classes.lazy.flatMap(\.cells) { places[cell] = 0 }
    cells = places.indices.filter { places[$0] == 0 }
    for (place, cell) in cells.enumerated() { places[cell] = Int32(place) }
    self.classes = classes.map { one in Class(positions: one.cells.map { places[$0] }, weights: one.weights) }
    // Months are dealt out as they are where they are exchanged, though here nothing is.
    plans = SourceReadPlan.chooseAll(
      catalogue, Partition(cells: [], ranks: ranks),
      MonthsOfFields(fields: StepFields.Layout(catalogue).fieldCount), forced: .field, budget: budget)
  }

  private var layout: FieldSums.Layout {
    FieldSums.Layout(
      classes: classes.count, members: catalogue.members.count, steps: catalogue.steps.count,
      fields: StepFields.Layout(catalogue).fieldCount)
  }

  /// Bytes that the rank that needs most holds, which is rank 0 with all sums.
  public var bytes: Int {
    let months = plans[0].monthsPerTask
    return StepReader.bytes(catalogue, plans, rows: catalogue.grid.rowCount, cells: cells.count) + 8 * cells.count
      + 4 * catalogue.grid.cellCount + classes.reduce(0) { $0 + 12 * $1.positions.count } + 16 * layout.count
      + 48 * layout.count / max(1, layout.members * layout.steps) * months
  }

  /// Reads everything.
  ///
  /// Collective. In each round every rank reads a task, so that a failure is soon known to all.
  ///
  /// - Parameter progress: called with the share of the work that is done, on every rank.
  /// - Returns: the sums on rank 0, nil elsewhere; and what reading did on this rank.
  public func run(progress: (Double) -> Void) throws -> (sums: FieldSums?, account: Ingest.Account) {
    let reader = try communicator.together {
      try StepReader(
        catalogue, plans, ReadRegion(cells, ofAll: catalogue.grid), together: nil, inflatesChunks: true)
    }
    let tasks = Ingest.tasks(catalogue, plans[0])
    var sums = communicator.isRoot ? FieldSums(layout) : nil
    for first in stride(from: 0, to: tasks.count, by: communicator.size) {
      let own = first + communicator.rank
      let bytes = try communicator.together { own < tasks.count ? try reduce(tasks[own], reader) : [] }
        .withUnsafeBytes { [UInt8]($0) }
      try communicator.forEachBytes(bytes) { rank, bytes in
        guard first + rank < tasks.count else { return }
        let task = tasks[first + rank]
        let numbers = bytes.withUnsafeBytes { bytes in
          (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
        }
        sums?.take(numbers, member: task.member, steps: task.steps)
      }
      progress(min(1, Double(first + communicator.size) / Double(tasks.count)))
    }
    var account = Ingest.Account()
    (account.bytesRead, account.filesOpened) = (reader.bytesRead, reader.filesOpened)
    return (sums, account)
  }

  /// By step, field and class the sum and the weight.
  private func reduce(_ task: Ingest.Task, _ reader: StepReader) throws -> [Double] {
    try Ingest.checkInterruption()
    var numbers: [Double] = []
    numbers.reserveCapacity(2 * task.steps.count * layout.fields * layout.classes)
    try reader.read(member: task.member, steps: task.steps) { _, step in
      for field in step.allFields {
        for one in classes {
          let (sum, weight) = Self.sum(field, one)
          numbers.append(sum)
          numbers.append(weight)
        }
      }
    }
    return numbers
  }

  private static func sum(_ field: UnsafePointer<Double>, _ one: Class) -> (sum: Double, weight: Double) {
    var (sum, total) = (0.0, 0.0)
    one.positions.withUnsafeBufferPointer { positions in
      one.weights.withUnsafeBufferPointer { weights in
        for index in positions.indices {
          let value = field[Int(positions[index])]
          guard !value.isNaN else { continue }
          sum += weights[index] * value
          total += weights[index]
        }
      }
    }
    return (sum, total)
  }
}

/// What a year would leave where its fields were kept: for the division into tasks alone.
private struct MonthsOfFields: Reduction {
  let fields: Int
  var width: Int { 12 * fields }
  func add(_ step: StepFields, to values: CellBlock) {}
}
