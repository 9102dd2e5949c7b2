import Foundation

/// Speed-ups against ranks as a picture (SVG), both axes in powers of two.
struct SpeedUpPicture {
  let title: String
  let curves: [ScalingTables.Curve]

  private let width = 560.0
  private let height = 480.0
  private let margin = (left: 64.0, right: 24.0, top: 44.0, bottom: 56.0)
  private let colours = ["#d62728", "#1f5fbf", "#8b5a2b"]

  /// The picture.
  var svg: String {
    let points = curves.flatMap(\.points).filter { $0.speedUp > 0 && $0.speedUp.isFinite }
    let ranks = points.map { Double($0.ranks) }
    let low = log2(ranks.min() ?? 1)
    let high = max(low + 1, log2(max(ranks.max() ?? 2, points.map(\.speedUp).max() ?? 2)).rounded(.up))
    let bottom = min(low, (log2(points.map(\.speedUp).min() ?? 1)).rounded(.down))
    let x = { (value: Double) in
      margin.left + (log2(value) - low) / (high - low) * (width - margin.left - margin.right)
    }
    let y = { (value: Double) in
      height - margin.bottom - (log2(value) - bottom) / (high - bottom) * (height - margin.top - margin.bottom)
    }
    let left = margin.left
    let right = width - margin.right
    var picture = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
      font-family="sans-serif" font-size="13">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(width / 2)" y="26" text-anchor="middle" font-size="16">\(title)</text>
      <rect x="\(left)" y="\(margin.top)" width="\(right - left)" \
      height="\(height - margin.top - margin.bottom)" fill="none" stroke="black"/>
      <text x="\(width / 2)" y="\(height - 14)" text-anchor="middle">ranks</text>
      <text transform="translate(20 \(height / 2)) rotate(-90)" text-anchor="middle">speed-up</text>

      """
    for power in stride(from: bottom, through: high, by: 1) {
      let value = exp2(power)
      let label = value < 1 ? "1/\(Int(1 / value))" : "\(Int(value))"
      if power >= low { picture += text(label, x(value), height - margin.bottom + 18, "middle") }
      picture += text(label, left - 6, y(value) + 4, "end")
      picture += line([(left, y(value)), (right, y(value))], "stroke=\"#ddd\"")
    }
    let ideal = [exp2(low), exp2(high)]
    picture += line(ideal.map { (x($0), y($0)) }, "stroke=\"#888\" stroke-dasharray=\"6 4\"")
    picture += text("ideal", left + 38, margin.top + 18, "start")
    picture += line(
      [(left + 10, margin.top + 14), (left + 32, margin.top + 14)], "stroke=\"#888\" stroke-dasharray=\"6 4\"")
    for (index, curve) in curves.enumerated() {
      let colour = colours[index % colours.count]
      let places = curve.points.filter { $0.speedUp > 0 && $0.speedUp.isFinite }.map {
        (x(Double($0.ranks)), y($0.speedUp))
      }
      picture += line(places, "stroke=\"\(colour)\" stroke-width=\"2\"")
      for place in places {
        picture += String(format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%@\"/>\n", place.0, place.1, colour)
      }
      let top = margin.top + 32 + 18 * Double(index)
      picture += line([(left + 10, top), (left + 32, top)], "stroke=\"\(colour)\" stroke-width=\"2\"")
      picture += text(curve.name, left + 38, top + 4, "start")
    }
    return picture + "</svg>\n"
  }

  private func line(_ points: [(Double, Double)], _ style: String) -> String {
    let list = points.map { String(format: "%.1f,%.1f", $0.0, $0.1) }.joined(separator: " ")
    return "<polyline fill=\"none\" \(style) points=\"\(list)\"/>\n"
  }

  private func text(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
    String(format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%@\">%@</text>\n", x, y, anchor, text)
  }
}
