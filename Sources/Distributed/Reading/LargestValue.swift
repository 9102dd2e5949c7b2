/// A value of a file with its place.
public struct PlacedValue: Codable, Sendable {
  /// The file.
  public var path: String
  /// The variable.
  public var variable: String
  /// The step of the job in words.
  public var step: String
  /// The value, unpacked.
  public var value: Double
  /// The value in words: in single precision where it is stored so, as 1e+20 and not 1.00000002e+20.
  public var text: String
}

extension Catalogue {
  /// The largest value by magnitude that files have in a cell: what a message can name where something there is wrong.
  ///
  /// Reads that cell again, alone.
  ///
  /// - Parameters:
  ///   - cell: grid index.
  ///   - sources: positions in `sources`.
  ///   - member: position in `members`.
  ///   - range: positions in `steps`.
  /// - Returns: nil where there is no value, or where a file cannot be read.
  public func largestValue(cell: Int, sources range: Range<Int>, member: Int, steps: Range<Int>) -> PlacedValue? {
    var largest: PlacedValue?
    var open: NetCDFFile?
    for source in sources[range].flatMap(\.records) where source.ownGrid == nil {
      for step in steps {
        for position in source.positions(ofStep: step, member: member) {
          let place = source.stepPlaces[member][position]
          guard !place.isGap else { continue }
          let path = source.files[place.file].path
          if open?.path != path { open = try? NetCDFFile(path) }
          guard let file = open else { return nil }
          for (number, levels) in source.levelsByVariable {
            let description = source.description(of: place).variables[number]
            guard
              let values = values(of: description, levels, in: file, cell, source.memberIndices[member], place.index)
            else { return nil }
            for value in values where !value.isNaN && value.magnitude > largest?.value.magnitude ?? -1 {
              largest = PlacedValue(
                path: path, variable: description.name, step: cadence.text(of: self.steps[step]), value: value,
                text: description.stored.type == .float ? Float(value).description : value.description)
            }
          }
        }
      }
    }
    return largest
  }

  private func values(
    of description: FileDescription.Variable, _ levels: Range<Int>, in file: NetCDFFile, _ cell: Int, _ member: Int,
    _ step: Int
  ) -> [Double]? {
    let row = cell / grid.rowLength
    let slab = Hyperslab(
      description, levels: levels, grid, rows: row..<row + 1, member: member, step: step, count: 1)
    var block = [Double](repeating: .nan, count: slab.elementCount)
    guard let variable = file.variable(description.name),
      (try? file.read(variable, start: slab.start, count: slab.count, into: &block)) != nil
    else { return nil }
    return slab.values(ofCell: cell % grid.rowLength, in: block)
  }
}
