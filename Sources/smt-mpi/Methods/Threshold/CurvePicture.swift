import Foundation

/// The pairs of a cell, the fitted curve, its derivatives and the threshold as a picture (SVG).
///
/// Drawn after figure 3 of Yan et al. (2024).
struct CurvePicture {
  let entry: CurveCollection.Entry
  let title: String

  private let width = 720.0
  private let height = 480.0
  private let margin = (left: 70.0, right: 70.0, top: 40.0, bottom: 60.0)

  /// The picture.
  var svg: String {
    let pairs = zip(entry.pairX, entry.pairY).filter { $0.isFinite && $1.isFinite }
    let xRange = range(pairs.map(\.0) + entry.x)
    // Room below zero for the second derivative, whose minimum marks the threshold.
    let highest = (pairs.map(\.1) + entry.f).filter(\.isFinite).max() ?? 100
    let yRange = range(pairs.map(\.1) + entry.f + [-0.5 * highest])
    let slopes = entry.smoothedSlope
    let curvatures = entry.smoothedCurvature
    func x(_ value: Double) -> Double { position(value, xRange, margin.left, width - margin.right) }
    func y(_ value: Double) -> Double { position(value, yRange, height - margin.bottom, margin.top) }
    func line(_ values: [Double], _ vertical: (Double) -> Double, _ style: String) -> String {
      let points = zip(entry.x, values).map { String(format: "%.1f,%.1f", x($0), vertical($1)) }
      return points.isEmpty ? "" : "<polyline fill=\"none\" \(style) points=\"\(points.joined(separator: " "))\"/>\n"
    }
    // Both derivatives are drawn about the zero line, scaled so that neither leaves the frame.
    func scaled(_ values: [Double]) -> (Double) -> Double {
      let largest = max(values.max() ?? 1, -2 * (values.min() ?? -1), 1e-12)
      return { y($0 / largest * highest * 0.9) }
    }
    var picture = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
      font-family="sans-serif" font-size="13">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(width / 2)" y="24" text-anchor="middle" font-size="16">\(title)</text>

      """
    picture += axes(xRange, yRange, x, y)
    for (moisture, response) in pairs {
      picture += String(
        format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"black\"/>\n", x(moisture), y(response))
    }
    picture += line(slopes, scaled(slopes), "stroke=\"#1f5fbf\" stroke-dasharray=\"8 3 2 3\"")
    picture += line(curvatures, scaled(curvatures), "stroke=\"#8b5a2b\" stroke-dasharray=\"8 3 2 3\"")
    picture += line(entry.f, y, "stroke=\"#d62728\" stroke-width=\"2\"")
    if entry.smt.isFinite,
      let point = entry.x.indices.min(by: { abs(entry.x[$0] - entry.smt) < abs(entry.x[$1] - entry.smt) })
    {
      picture += String(
        format:
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" fill=\"#d62728\"/>\n<text x=\"%.1f\" y=\"%.1f\">SMT %.2f %%</text>\n",
        x(entry.smt), y(entry.f[point]), x(entry.smt) + 10, y(entry.f[point]) + 18, entry.smt)
    }
    let legend = [
      ("black", "pairs"), ("#d62728", "fitted curve f"), ("#1f5fbf", "f′ (scaled)"), ("#8b5a2b", "f″ (scaled)"),
    ]
    for (index, (colour, text)) in legend.enumerated() {
      let top = margin.top + 14 + 18 * Double(index)
      picture += "<rect x=\"\(margin.left + 12)\" y=\"\(top - 6)\" width=\"18\" height=\"4\" fill=\"\(colour)\"/>"
      picture += "<text x=\"\(margin.left + 38)\" y=\"\(top)\">\(text)</text>\n"
    }
    return picture + "</svg>\n"
  }

  private func axes(
    _ xRange: ClosedRange<Double>, _ yRange: ClosedRange<Double>, _ x: (Double) -> Double, _ y: (Double) -> Double
  ) -> String {
    var text =
      "<rect x=\"\(margin.left)\" y=\"\(margin.top)\" width=\"\(width - margin.left - margin.right)\" "
      + "height=\"\(height - margin.top - margin.bottom)\" fill=\"none\" stroke=\"black\"/>\n"
    text +=
      "<line x1=\"\(margin.left)\" x2=\"\(width - margin.right)\" y1=\"\(y(0))\" y2=\"\(y(0))\" stroke=\"#bbb\"/>\n"
    for tick in ticks(xRange) {
      text += String(
        format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%@</text>\n", x(tick), height - margin.bottom + 18,
        tick.shortText)
    }
    for tick in ticks(yRange) {
      text += String(
        format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%@</text>\n", margin.left - 6, y(tick) + 4,
        tick.shortText)
    }
    text += "<text x=\"\(width / 2)\" y=\"\(height - 16)\" text-anchor=\"middle\">soil moisture, % of normal</text>\n"
    text +=
      "<text transform=\"translate(20 \(height / 2)) rotate(-90)\" text-anchor=\"middle\">response, % of normal</text>\n"
    return text
  }

  private func position(_ value: Double, _ range: ClosedRange<Double>, _ start: Double, _ end: Double) -> Double {
    start + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (end - start)
  }

  private func range(_ values: [Double]) -> ClosedRange<Double> {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low < high else { return 0...100 }
    let edge = 0.04 * (high - low)
    return low - edge...high + edge
  }

  private func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let span = range.upperBound - range.lowerBound
    let power = pow(10, (log10(span / 6)).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= 8 } ?? power * 10
    let first = (range.lowerBound / step).rounded(.up) * step
    return Array(stride(from: first, through: range.upperBound, by: step)).map { ($0 / step).rounded() * step }
  }
}
