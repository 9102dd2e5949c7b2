import Distributed
import Foundation

/// An ensemble of 86 members, all of which only the cells of one corner have: elsewhere there are too few pairs for a
/// fit, and a cell costs nothing.
struct CornerEnsemble {
  let rows: Int
  let columns: Int
  /// Rows and columns of the corner.
  let corner: (rows: Int, columns: Int)

  static let members = ["REF"] + (1...85).map { String(format: "EXP_%02d", $0) }

  /// Cells that need a fit.
  var costly: Int { corner.rows * corner.columns }

  /// Mean over maximum of the ranks' costly cells where each computes the cells that it owns.
  func balanceOfOwnCells(ranks: Int) -> Double {
    let partition = Partition(cells: Array(0..<rows * columns), ranks: ranks)
    let counts = (0..<ranks).map { rank in partition.share(of: rank).count { isCostly($0) } }
    return Double(costly) / Double(ranks) / Double(counts.max() ?? 1)
  }

  private func isCostly(_ cell: Int) -> Bool { cell / columns < corner.rows && cell % columns < corner.columns }

  /// Writes a file for each member.
  func write(to folder: String) throws {
    for (member, name) in Self.members.enumerated() {
      let writer = try NetCDFWriter("\(folder)/\(name).nc")
      let dimensions = try [("time", 1), ("lat", rows), ("lon", columns)].map { try writer.dimension($0.0, $0.1) }
      func coordinate(_ name: String, _ dimension: NetCDFWriter.Dimension, _ units: String) throws
        -> NetCDFWriter.Variable
      {
        let calendar: [(String, NetCDFWriter.Attribute)] = name == "time" ? [("calendar", .text("noleap"))] : []
        return try writer.variable(name, .double, [dimension], attributes: [("units", .text(units))] + calendar)
      }
      let time = try coordinate("time", dimensions[0], "days since 2004-01-01")
      let latitude = try coordinate("lat", dimensions[1], "degrees_north")
      let longitude = try coordinate("lon", dimensions[2], "degrees_east")
      let fill = NetCDFWriter.Attribute.numbers([-1], .double)
      let moisture = try writer.variable(
        "SM", .double, dimensions, attributes: [("units", .text("m3/m3")), ("_FillValue", fill)])
      let productivity = try writer.variable(
        "GPP", .double, dimensions, attributes: [("units", .text("gC/m^2/s")), ("_FillValue", fill)])
      try writer.endDefinitions()
      try writer.write([15.0], to: time)
      try writer.write((0..<rows).map { 80 - 160 * Double($0) / Double(rows) }, to: latitude)
      try writer.write((0..<columns).map { 360 * Double($0) / Double(columns) }, to: longitude)
      // Two slopes that meet at 60 % of normal, and some noise.
      let x = 100 - Double(member)
      let y = 100 - 0.5 * (100 - max(x, 60)) - 3 * max(60 - x, 0)
      try writer.write([Double](repeating: 0.004 * x, count: rows * columns), to: moisture)
      let responses = (0..<rows * columns).map { cell in
        isCostly(cell) || member < 5 ? 1e-6 * (y + Double((member * 7 + cell * 3) % 11) / 10) : -1
      }
      try writer.write(responses, to: productivity)
      try writer.commit()
    }
  }
}
