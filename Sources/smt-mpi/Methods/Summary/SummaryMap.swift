import Distributed
import Kernels

/// The maps of `summarise`: the mean of its class in every cell, and the values where a class is present.
struct SummaryMap {
  /// A field with its statistics by set and class.
  struct Field: Sendable {
    let values: [Double]
    let statistics: [[ClassStatistics]]
  }

  let input: SummaryInput
  let summary: ClassSummary
  /// Fields of all variables, in order.
  let fields: [Field]
  /// The set whose dominant class is mapped; nil for none.
  let dominantSet: Int?

  /// Writes the maps as a CF file.
  ///
  /// - Throws: exit code 73 where the file cannot be written.
  func write(to path: String, comment: String, configuration: String) throws {
    let cells = Array(0..<input.grid.cellCount)
    let results = CellResults(
      cells.map(Double.init), Partition(cells: cells, ranks: 1), .single, isSelected: cells.map { _ in true },
      rowWithoutData: [0], rowOutside: [0])
    try MapWriter.write(
      variables, of: results, on: input.grid,
      MapWriter.FileAttributes(
        title: title, source: ProgramVersion.source, references: "", commandLine: commandLine,
        comment: comment, configuration: configuration),
      to: path)
  }

  /// What is summed up, by which classes.
  private var title: String {
    let names = input.variables.map { $0.longName.isEmpty ? $0.name : $0.longName }
    return
      "Means of \(names.joined(separator: ", ")) by classes of \(summary.sets.map(\.title).joined(separator: ", "))"
  }

  private var variables: [MapWriter.MapVariable] {
    var variables: [MapWriter.MapVariable] = []
    var names = UniqueNames()
    var axes = SharedAxes()
    let classAxes = summary.sets.map { set in
      axes.shared(
        MapAxis("class", longName: "class of \(set.title)", names: set.classes.map(\.name)))
    }
    var first = 0
    for variable in input.variables {
      let own = fields[first..<first + variable.fieldCount]
      first += variable.fieldCount
      let outer = variable.axes.map { axes.shared(MapAxis($0)) }
      let units = variable.units.isEmpty ? "1" : variable.units.udunits
      let words = variable.longName.isEmpty ? variable.name : variable.longName
      for (set, classes) in summary.sets.enumerated() {
        variables.append(
          MapWriter.MapVariable(
            names.unique("\(variable.name)_class_mean"), units: units,
            longName: "\(words), mean over the cells of the cell's class of \(classes.title)", axes: outer,
            fields: own.map { field in
              let means = classMeans(set, field)
              return { means[Int($0[0])] }
            }))
        variables.append(
          MapWriter.MapVariable(
            names.unique(variable.name), units: units, longName: "\(words), where the class is present",
            axes: [classAxes[set]] + outer,
            fields: classes.classes.flatMap { one in own.map { values(of: $0, in: one) } }))
      }
    }
    if let dominantSet { variables.append(dominant(dominantSet, names.unique("dominant_class"))) }
    return variables
  }

  /// By cell: the mean of its class, of several classes weighted with their shares.
  private func classMeans(_ set: Int, _ field: Field) -> [Double] {
    var sums = [Double](repeating: 0, count: summary.cellCount)
    var weights = sums
    for (index, one) in summary.sets[set].classes.enumerated() {
      let mean = field.statistics[set][index].mean
      guard mean.isFinite else { continue }
      for (position, cell) in one.cells.enumerated() {
        sums[cell] += one.share(at: position) * mean
        weights[cell] += one.share(at: position)
      }
    }
    return zip(sums, weights).map { $1 > 0 ? $0 / $1 : .nan }
  }

  /// The values of a field that take part in a class.
  private func values(of field: Field, in one: CellClass) -> CellQuantity {
    let limit = summary.rules.limit ?? .infinity
    return { row in
      let cell = Int(row[0])
      let value = field.values[cell]
      return abs(value) <= limit && one.cells.containsSorted(cell) ? value : .nan
    }
  }

  /// The class with the greatest share of each cell; the first of several.
  private func dominant(_ set: Int, _ name: String) -> MapWriter.MapVariable {
    let classes = summary.sets[set].classes
    var shares = [Double](repeating: 0, count: summary.cellCount)
    var greatest = [Double](repeating: .nan, count: summary.cellCount)
    for (index, one) in classes.enumerated() {
      for (position, cell) in one.cells.enumerated() where one.share(at: position) > shares[cell] {
        shares[cell] = one.share(at: position)
        greatest[cell] = Double(index)
      }
    }
    let found = greatest
    return MapWriter.MapVariable(
      name, units: "1", longName: "class with the greatest fraction of the cell, of \(summary.sets[set].title)",
      flagMeanings: classes.map { MapAxis.word($0.name) }, fields: [{ found[Int($0[0])] }])
  }
}

/// Names of variables, each of which a file has once.
private struct UniqueNames {
  private var taken = Set<String>()

  /// The name, with a number where it is taken.
  mutating func unique(_ name: String) -> String {
    var (found, number) = (name, 2)
    while !taken.insert(found).inserted {
      found = "\(name)_\(number)"
      number += 1
    }
    return found
  }
}

/// Axes of the variables of a file: those that are the same are one, others of the same name get a number.
private struct SharedAxes {
  private var axes: [(given: String, axis: MapAxis)] = []

  mutating func shared(_ axis: MapAxis) -> MapAxis {
    let alike = axes.filter { $0.given == axis.name }
    for (_, known) in alike {
      var named = axis
      named.name = known.name
      if named == known { return known }
    }
    var new = axis
    if !alike.isEmpty { new.name = "\(axis.name)_\(alike.count + 1)" }
    axes.append((axis.name, new))
    return new
  }
}

extension [Int] {
  /// Whether a number is among these, which are ascending.
  fileprivate func containsSorted(_ number: Int) -> Bool {
    var (lower, upper) = (0, count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if self[middle] < number { lower = middle + 1 } else { upper = middle }
    }
    return lower < count && self[lower] == number
  }
}
