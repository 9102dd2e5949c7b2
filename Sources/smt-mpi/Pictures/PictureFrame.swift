import Foundation

/// The frame of a picture (SVG): its axes with ticks, and where values lie in it.
struct PictureFrame {
  let width: Double
  let height: Double
  let xRange: ClosedRange<Double>
  let yRange: ClosedRange<Double>
  static let margin = (left: 70.0, right: 70.0, top: 40.0, bottom: 60.0)

  /// A frame around these values, with a little room; from 0 to 100 where there are none that differ.
  init(width: Double, height: Double, x: [Double], y: [Double]) {
    (self.width, self.height) = (width, height)
    (xRange, yRange) = (Self.range(x), Self.range(y))
  }

  func x(_ value: Double) -> Double { place(value, xRange, Self.margin.left, width - Self.margin.right) }
  func y(_ value: Double) -> Double { place(value, yRange, height - Self.margin.bottom, Self.margin.top) }

  /// The picture of some elements.
  func picture(_ elements: String, title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
    font-family="sans-serif" font-size="13">
    <rect width="100%" height="100%" fill="white"/>
    <text x="\(width / 2)" y="24" text-anchor="middle" font-size="16">\(title.xml)</text>
    \(elements)</svg>

    """
  }

  /// Pictures of one size beside each other, two in a row.
  static func panels(_ pictures: [String], width: Int = 720, height: Int = 480) -> String {
    let rows = (pictures.count + 1) / 2
    let places = pictures.enumerated().map { index, picture in
      "<g transform=\"translate(\(index % 2 * width) \(index / 2 * height))\">\n\(picture)</g>\n"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(min(2, pictures.count) * width)" height="\(rows * height)">
      \(places.joined())</svg>

      """
  }

  /// Frame, ticks and titles of the axes.
  func axes(x xTitle: String, y yTitle: String) -> String {
    let margin = Self.margin
    var text =
      "<rect x=\"\(margin.left)\" y=\"\(margin.top)\" width=\"\(width - margin.left - margin.right)\" "
      + "height=\"\(height - margin.top - margin.bottom)\" fill=\"none\" stroke=\"black\"/>\n"
    for tick in Self.ticks(xRange) {
      text += String(
        format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%@</text>\n", x(tick), height - margin.bottom + 18,
        tick.shortText)
    }
    for tick in Self.ticks(yRange) {
      text += String(
        format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%@</text>\n", margin.left - 6, y(tick) + 4,
        tick.shortText)
    }
    text += "<text x=\"\(width / 2)\" y=\"\(height - 16)\" text-anchor=\"middle\">\(xTitle.xml)</text>\n"
    text +=
      "<text transform=\"translate(20 \(height / 2)) rotate(-90)\" text-anchor=\"middle\">\(yTitle.xml)</text>\n"
    return text
  }

  private func place(_ value: Double, _ range: ClosedRange<Double>, _ start: Double, _ end: Double) -> Double {
    start + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (end - start)
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low < high else { return 0...100 }
    let edge = 0.04 * (high - low)
    return low - edge...high + edge
  }

  /// Round numbers within a range, some four to eight.
  static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let span = range.upperBound - range.lowerBound
    let exponent = (log10(span / 6)).rounded(.down)
    let factor = [1, 2, 5].first { span / ($0 * pow(10, exponent)) <= 8 } ?? 10
    // Divided by a whole power of 10, which rounds to the shortest decimal number.
    func tick(_ number: Double) -> Double {
      exponent < 0 ? number * factor / pow(10, -exponent) : number * factor * pow(10, exponent)
    }
    let step = tick(1)
    return stride(from: (range.lowerBound / step).rounded(.up), through: range.upperBound / step, by: 1).map(tick)
  }
}

extension String {
  /// As the text of an element of XML; what XML has no characters for is left out.
  var xml: String {
    String(unicodeScalars.filter { $0.value >= 32 })
      .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
