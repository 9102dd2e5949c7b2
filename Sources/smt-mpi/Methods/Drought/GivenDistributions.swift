import Distributed
import Kernels

/// The distributions of a rank's cells as a file has them.
struct GivenDistributions {
  /// By scale, month and cell.
  private let fits: [[[DroughtFit]]]

  /// Reads them.
  ///
  /// - Parameter cells: grid indices of the rank's cells.
  /// - Throws: exit code 65 or 66 naming the file where it has not what is needed.
  init(_ path: String, _ settings: DroughtSettings, on grid: Grid, cells: ArraySlice<Int>) throws {
    let file = try NetCDFFile(path)
    func places(_ name: String, _ wanted: [Int]) throws -> (places: [Int], count: Int) {
      let values = try file.values(try file.requiredVariable(name))
      return (
        try wanted.map { number in
          guard let place = values.firstIndex(of: Double(number)) else {
            throw JobError(
              .inputData,
              "\(path): there is no \(name) \(number); expected distributions for all that are asked for, found "
                + values.map(\.shortText).joined(separator: ", "))
          }
          return place
        }, values.count
      )
    }
    let (scales, _) = try places("scale", settings.scales)
    let (months, monthCount) = try places("month", settings.months.map { $0 + 1 })
    let slices = try (settings.index.parameterNames + ["n"]).map { name in
      guard file.variable(name) != nil else {
        throw JobError(
          .inputData,
          "\(path): there is no variable '\(name)'; expected a file that 'smt-mpi spei --index \(settings.index.rawValue) "
            + "--save-parameters' wrote")
      }
      let slices = try MapSlices(name, from: path)
      if let difference = slices.grid.difference(from: grid) {
        throw JobError(
          .inputData, "\(path) is on another grid than the balance (\(difference)); expected distributions of its cells"
        )
      }
      return slices
    }
    var fits: [[[DroughtFit]]] = []
    for scale in scales {
      var ofScale: [[DroughtFit]] = []
      for month in months {
        let fields = try slices.map { slices in
          let values = try slices.field(scale * monthCount + month).values
          return cells.map { values[$0] }
        }
        ofScale.append(
          cells.indices.map { cell in
            let numbers = fields.map { $0[cell - cells.startIndex] }
            guard numbers.prefix(3).allSatisfy(\.isFinite) else { return DroughtFit(.noParameters) }
            return DroughtFit(
              DroughtDistribution(settings.index, Array(numbers.prefix(3))),
              count: Int(numbers[3].isNaN ? 0 : numbers[3]))
          })
      }
      fits.append(ofScale)
    }
    self.fits = fits
  }

  /// Bytes that so many cells' distributions take.
  static func bytes(_ settings: DroughtSettings, cells: Int) -> Int {
    MemoryLayout<DroughtFit>.stride * cells * settings.scales.count * settings.months.count
  }

  /// The distributions of neighbouring cells, by calendar month and series, as the kernel takes them.
  func fits(scale: Int, cells: Range<Int>, months: [Int]) -> [DroughtFit] {
    var given = [DroughtFit](repeating: DroughtFit(.noParameters), count: 12 * DroughtKernel.width)
    for (place, month) in months.enumerated() {
      for (lane, cell) in cells.enumerated() { given[month * DroughtKernel.width + lane] = fits[scale][place][cell] }
    }
    return given
  }
}
