import Distributed
import Foundation

/// Where a cell has a value that cannot be one.
struct ImplausibleCell: Codable {
  /// Grid index.
  var cell: Int
  /// Positions in the catalogue's sources, members and steps where the value is to be looked for.
  var sources: Range<Int>
  var member: Int
  var steps: Range<Int>
}

/// A collector that notes which cells get an infinity, which is what reading makes of an implausible value.
struct ImplausibleValues<Collected: Collector>: Collector {
  private(set) var collected: Collected
  private let catalogue: Catalogue
  /// Grid indices of the rank's cells.
  private let cells: ArraySlice<Int>
  /// By position within the share: the first member and year that has one.
  private var found: [Int: (member: Int, year: Int)] = [:]

  init(_ collected: Collected, _ catalogue: Catalogue, cells: ArraySlice<Int>) {
    self.collected = collected
    self.catalogue = catalogue
    self.cells = cells
  }

  mutating func take(member: Int, year: Int, values: CellBlock) {
    for position in values.infinitePositions where found[position].map({ (member, year) < $0 }) ?? true {
      found[position] = (member, year)
    }
    collected.take(member: member, year: year, values: values)
  }

  /// The cells of this rank that got one.
  var places: [ImplausibleCell] {
    let years = catalogue.years
    return found.map { position, place in
      ImplausibleCell(
        cell: cells[cells.startIndex + position], sources: catalogue.sources.indices, member: place.member,
        steps: years[place.year].steps)
    }
  }

  /// What is wrong with these cells of each rank, naming file, variable and value of the first; nil where there are none.
  ///
  /// Collective; all ranks get the same.
  static func concern(
    about own: [ImplausibleCell], _ catalogue: Catalogue, _ communicator: Communicator
  ) throws -> String? {
    // Of a cell that was found twice, the first place counts; each cell is on one rank.
    let first = own.min { ($0.cell, $0.sources.count) < ($1.cell, $1.sources.count) }
    let count = try communicator.allReduce([Set(own.map(\.cell)).count], .sum)[0]
    guard count > 0 else { return nil }
    let all = try communicator.gatherBytes([UInt8](try JSONEncoder().encode(first)))
    return try communicator.onRoot {
      let firsts = try all.compactMap { try JSONDecoder().decode(ImplausibleCell?.self, from: Data($0)) }
      guard let place = firsts.min(by: { $0.cell < $1.cell }) else { return "" }
      let grid = catalogue.grid
      let found = catalogue.largestValue(
        cell: place.cell, sources: place.sources, member: place.member, steps: place.steps)
      let member = catalogue.members[place.member]
      return "\(counted(count, "cell", ("has", "have"))) values that cannot be right"
        + (found.map { ": '\($0.variable)' is \($0.text) in \($0.path), \($0.step)" } ?? "")
        + (found == nil && !member.isEmpty ? ", of member '\(member)'" : "")
        + ", at latitude \(grid.latitude(ofCell: place.cell)), longitude \(grid.longitude(ofCell: place.cell)); "
        + "the status there is implausible_range; is it a fill value that _FillValue does not name?"
    }
  }
}
