import Distributed
import Foundation

/// A map as a picture of pixels, with a colour bar or a legend, for slides and documents.
struct MapPicture {
  /// Why a cell has no value.
  enum Absence: CaseIterable {
    case missing, noResult, leftOut

    /// By the meaning of a cell's status; nil where there is none.
    init(status: String?) {
      switch status {
      case nil, "not_land": self = .missing
      case "outside_selection": self = .leftOut
      default: self = .noResult
      }
    }

    var colour: RGB {
      switch self {
      case .missing: ColourScale.missing
      case .noResult: ColourScale.noResult
      case .leftOut: ColourScale.leftOut
      }
    }

    var words: String {
      switch self {
      case .missing: "no data, or not land"
      case .noResult: "no result"
      case .leftOut: "outside the selection"
      }
    }
  }

  /// Above the map.
  var title: String
  /// Beside the colour bar, as in the file.
  var units: String
  var grid: Grid
  /// By cell, NaN where missing; of classes the index of the class.
  var values: [Double]
  var scale: ColourScale
  /// What the colours of classes mean; empty for a quantity.
  var meanings: [String] = []
  /// Why a cell has no value, asked of those alone.
  var absence: (_ cell: Int) -> Absence = { _ in .missing }

  private static let (left, top, bottom) = (100, 90, 110)
  private static let (mapWidth, mapHeight) = (1240.0, 1000.0)
  private static let ink = RGB(0x1c1c1c)
  private static let paper = RGB(0xffffff)

  /// Writes the picture as PNG.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  func write(to path: String) throws { try picture.raster.write(to: path) }

  /// The picture, and where in it the map lies.
  var picture: (raster: Raster, map: (x: Range<Int>, y: Range<Int>)) {
    let cells = CellRaster(grid)
    let (across, up) = (
      cells.longitudes.upperBound - cells.longitudes.lowerBound, cells.latitudes.upperBound - cells.latitudes.lowerBound
    )
    // A degree is as long up as across, but for narrow strips.
    let height = min(Self.mapHeight, max(280, Self.mapWidth * up / across))
    let width = min(Self.mapWidth, max(480, height * across / up))
    let (x, y) = (Self.left..<Self.left + Int(width), Self.top..<Self.top + Int(height))
    let right = meanings.isEmpty ? 230 : legendWidth
    var raster = Raster(width: x.upperBound + right, height: y.upperBound + Self.bottom, Self.paper)

    var absences: Set<Absence> = []
    let shown = cells.cells(width: x.count, height: y.count)
    for (pixel, cell) in shown.enumerated() where cell >= 0 {
      var colour = scale.colour(values[cell])
      if colour == nil {
        let absence = absence(cell)
        absences.insert(absence)
        colour = absence.colour
      }
      raster[x.lowerBound + pixel % x.count, y.lowerBound + pixel / x.count] = colour ?? Self.paper
    }
    drawGraticule(cells, x, y, &raster)
    drawTitle(&raster)
    if meanings.isEmpty { drawBar(x, y, &raster) } else { drawLegend(x, y, &raster) }
    drawAbsences(absences, x, y, &raster)
    return (raster, (x, y))
  }

  private func drawTitle(_ raster: inout Raster) {
    let room = Double(raster.width - 60)
    var height = 24.0
    // More has no room, and would be measured again for each letter that is left out.
    var text = String(title.prefix(300))
    while height > 14, StrokeFont.width(text, height: height) > room { height -= 1 }
    while StrokeFont.width(text, height: height) > room { text = text.dropLast(2) + "…" }
    raster.text(text, x: Double(raster.width) / 2, y: 56, height: height, .middle)
  }

  private func drawGraticule(_ cells: CellRaster, _ x: Range<Int>, _ y: Range<Int>, _ raster: inout Raster) {
    func lines(_ range: ClosedRange<Double>) -> [Double] {
      let span = range.upperBound - range.lowerBound
      let step = [60, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02].first { span / $0 >= 4 } ?? 0.01
      return stride(from: (range.lowerBound / step).rounded(.up), through: range.upperBound / step, by: 1).map {
        ($0 * step * 100).rounded() / 100
      }
    }
    let (left, right, top, bottom) = (
      Double(x.lowerBound), Double(x.upperBound), Double(y.lowerBound), Double(y.upperBound)
    )
    func rule(_ from: Raster.Point, _ to: Raster.Point, _ raster: inout Raster) {
      raster.stroke([[from, to]], width: 1, Self.ink, opacity: 0.16)
    }
    for longitude in lines(cells.longitudes) {
      let part = (longitude - cells.longitudes.lowerBound) / (cells.longitudes.upperBound - cells.longitudes.lowerBound)
      let place = left + part * (right - left)
      rule(Raster.Point(place, top), Raster.Point(place, bottom), &raster)
      let turned = longitude > 180 ? longitude - 360 : longitude
      raster.text(Self.degrees(turned, "E", "W"), x: place, y: bottom + 30, height: 15, .middle)
    }
    for latitude in lines(cells.latitudes) {
      let part = (cells.latitudes.upperBound - latitude) / (cells.latitudes.upperBound - cells.latitudes.lowerBound)
      let place = top + part * (bottom - top)
      rule(Raster.Point(left, place), Raster.Point(right, place), &raster)
      raster.text(Self.degrees(latitude, "N", "S"), x: left - 12, y: place + 7, height: 15, .end)
    }
    raster.stroke(
      [[.init(left, top), .init(right, top), .init(right, bottom), .init(left, bottom), .init(left, top)]], width: 1.5,
      Self.ink)
  }

  private static func degrees(_ value: Double, _ positive: String, _ negative: String) -> String {
    value == 0 || abs(value) == 180
      ? "\(abs(value).shortText)°" : "\(abs(value).shortText)° \(value > 0 ? positive : negative)"
  }

  private func drawBar(_ x: Range<Int>, _ y: Range<Int>, _ raster: inout Raster) {
    let (left, right) = (x.upperBound + 40, x.upperBound + 70)
    let (top, bottom) = (y.lowerBound + 26, y.upperBound - 26)
    for row in top..<bottom {
      let part = 1 - (Double(row - top) + 0.5) / Double(bottom - top)
      raster.fill(
        x: left..<right, y: row..<row + 1, scale.colour(scale.low + part * (scale.high - scale.low)) ?? Self.paper)
    }
    // Points where values lie beyond the ends.
    let finite = values.lazy.filter(\.isFinite)
    for (isBeyond, base, tip, colour) in [
      (finite.contains { $0 > scale.high }, top, -1, scale.colours.last),
      (finite.contains { $0 < scale.low }, bottom - 1, 1, scale.colours.first),
    ] where isBeyond {
      for step in 1...20 {
        let inset = step * (right - left) / 42
        raster.fill(
          x: left + inset..<right - inset, y: base + tip * step..<base + tip * step + 1, colour ?? Self.paper)
      }
    }
    var widest = 0.0
    for tick in PictureFrame.ticks(scale.low...scale.high) {
      let part = (tick - scale.low) / (scale.high - scale.low)
      let place = Double(bottom) - part * Double(bottom - top)
      raster.stroke([[.init(Double(right), place), .init(Double(right) + 7, place)]], width: 1.5, Self.ink)
      let text = tick.shortText.replacing("-", with: "−")
      widest = max(widest, StrokeFont.width(text, height: 15))
      raster.text(text, x: Double(right) + 14, y: place + 7, height: 15)
    }
    raster.text(
      units.asWritten, x: min(Double(right) + 14 + widest + 34, Double(raster.width) - 12), y: Double(top + bottom) / 2,
      height: 16, .middle, isUpright: units.asWritten.count > 1)
  }

  /// Of the classes that occur.
  private var legendRows: [(colour: RGB, text: String)] {
    let there = Set(values)
    return meanings.indices.filter { there.contains(Double($0)) }.map {
      (scale.colours[$0], meanings[$0].replacing("_", with: " "))
    }
  }

  private var legendWidth: Int {
    80 + Int(min(360, legendRows.map { StrokeFont.width($0.text, height: 14) }.max() ?? 0)) + 30
  }

  private func drawLegend(_ x: Range<Int>, _ y: Range<Int>, _ raster: inout Raster) {
    // Closer where there are many.
    let rows = legendRows
    let step = min(34, Double(y.count + 60) / Double(max(1, rows.count)))
    let height = min(14, 0.55 * step)
    for (index, (colour, text)) in rows.enumerated() {
      let place = Double(y.lowerBound) + (Double(index) + 0.5) * step
      drawBox(colour, x: x.upperBound + 36, y: Int(place), side: Int(min(22, 0.8 * step)), &raster)
      raster.text(text, x: Double(x.upperBound + 70), y: place + height / 2, height: height)
    }
  }

  private func drawAbsences(_ absences: Set<Absence>, _ x: Range<Int>, _ y: Range<Int>, _ raster: inout Raster) {
    var start = Double(x.lowerBound)
    for absence in Absence.allCases where absences.contains(absence) {
      drawBox(absence.colour, x: Int(start), y: y.upperBound + 72, side: 20, &raster)
      raster.text(absence.words, x: start + 30, y: Double(y.upperBound) + 79, height: 14)
      start += 30 + StrokeFont.width(absence.words, height: 14) + 40
    }
  }

  /// A square about a height, with a thin edge.
  private func drawBox(_ colour: RGB, x: Int, y: Int, side: Int, _ raster: inout Raster) {
    let top = y - side / 2
    raster.fill(x: x..<x + side, y: top..<top + side, colour)
    let (left, upper) = (Double(x), Double(top))
    let (right, lower) = (left + Double(side), upper + Double(side))
    raster.stroke(
      [[.init(left, upper), .init(right, upper), .init(right, lower), .init(left, lower), .init(left, upper)]],
      width: 1, Self.ink, opacity: 0.5)
  }
}

extension String {
  /// Units as one writes them: `kg m⁻²` for `kg m-2`; empty where there are none.
  var asWritten: String {
    if isEmpty || self == "1" { return "" }
    if self == "percent" { return "%" }
    let raised: [Character: String] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
    return replacing(/([A-Za-zµ]+)\^?(-?[0-9]+)(?![0-9.A-Za-z])/) { match in
      let (word, power) = (match.output.1, match.output.2)
      // The 2 of CO2 and the 4 of CH4 are no powers.
      if word.hasSuffix("O") || word.hasSuffix("H"), !power.hasPrefix("-") { return String(match.output.0) }
      return word + power.compactMap { raised[$0] }.joined()
    }
  }
}
