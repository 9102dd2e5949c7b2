import Foundation

/// Share found above, error below, along each axis of ``Power``, a curve for each noise; as a picture (SVG).
struct PowerPicture {
  let axes: [Power.Axis]
  let noises: [Double]
  let outcomes: [Power.Case: Power.Outcome]

  private let panel = (width: 260.0, height: 220.0)
  private let gap = (left: 62.0, top: 94.0, across: 30.0, down: 40.0)
  private let colours = ["#0b3c5d", "#1f7fbf", "#2a9d5c", "#e08e0b", "#d62728"]
  /// Errors are drawn from the first of these to the last, on a logarithmic scale, percent.
  private let errors = [0.03, 0.1, 0.3, 1, 3, 10, 30]

  private var otherwise: String {
    let base = Power.Case()
    return "slopes as 1 to \(label(base.ratio)), threshold at \(label(base.threshold)) %, \(base.count) pairs"
  }

  /// The picture.
  var svg: String {
    let width = gap.left + Double(axes.count) * (panel.width + gap.across)
    let height = gap.top + 2 * panel.height + gap.down + 60
    var picture = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
      font-family="sans-serif" font-size="13">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(width / 2)" y="26" text-anchor="middle" font-size="16">Thresholds found, and their error</text>
      <text x="\(width / 2)" y="48" text-anchor="middle">otherwise: \(otherwise)</text>

      """
    for (index, noise) in noises.enumerated() {
      let x = width / 2 + (Double(index) - Double(noises.count) / 2) * 110
      picture += line([(x, 70), (x + 22, 70)], colours[index % colours.count])
      picture += text("noise \(label(noise)) %", x + 28, 74, "start")
    }
    for (column, axis) in axes.enumerated() {
      let left = gap.left + Double(column) * (panel.width + gap.across)
      picture += frame(
        left, gap.top, axis, ticks: stride(from: 0, through: 100, by: 20).map { $0 }, isFirst: column == 0
      ) {
        $0 / 100
      }
      picture += curves(left, gap.top, axis) { $0.found / 100 }
      let below = gap.top + panel.height + gap.down
      picture += frame(left, below, axis, ticks: errors, isFirst: column == 0, place: place(ofError:))
      // The error of a few finds tells nothing.
      picture += curves(left, below, axis) { $0.found >= 5 ? place(ofError: $0.error) : .nan }
      picture += text(axis.name + axis.unit, left + panel.width / 2, below + panel.height + 40, "middle")
    }
    for (name, top) in [
      ("cells with a threshold, %", gap.top), ("RMSE of the threshold, %", gap.top + panel.height + gap.down),
    ] {
      picture +=
        "<text transform=\"translate(18 \(top + panel.height / 2)) rotate(-90)\" text-anchor=\"middle\">\(name)</text>\n"
    }
    return picture + "</svg>\n"
  }

  private func place(ofError error: Double) -> Double {
    let (low, high) = (log(errors[0]), log(errors[errors.count - 1]))
    return min(max((log(error) - low) / (high - low), 0), 1)
  }

  /// The values of an axis lie equally far apart.
  private func place(_ index: Int, _ axis: Power.Axis, _ left: Double) -> Double {
    left + panel.width * (Double(index) + 0.5) / Double(axis.values.count)
  }

  private func frame(
    _ left: Double, _ top: Double, _ axis: Power.Axis, ticks: [Double], isFirst: Bool, place: (Double) -> Double
  ) -> String {
    let bottom = top + panel.height
    var picture = ""
    for tick in ticks {
      let y = bottom - panel.height * place(tick)
      picture += line([(left, y), (left + panel.width, y)], "#ddd", width: 1)
      if isFirst { picture += text(label(tick), left - 6, y + 4, "end") }
    }
    for (index, value) in axis.values.enumerated() {
      picture += text(label(value), self.place(index, axis, left), bottom + 18, "middle")
    }
    return picture
      + "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(panel.width)\" height=\"\(panel.height)\" fill=\"none\" stroke=\"black\"/>\n"
  }

  private func curves(_ left: Double, _ top: Double, _ axis: Power.Axis, _ height: (Power.Outcome) -> Double) -> String
  {
    var picture = ""
    for (number, noise) in noises.enumerated() {
      let colour = colours[number % colours.count]
      let points = axis.values.enumerated().compactMap { index, value -> (Double, Double)? in
        var one = Power.Case(noise: noise)
        axis.set(&one, value)
        guard let outcome = outcomes[one], height(outcome).isFinite else { return nil }
        return (place(index, axis, left), top + panel.height * (1 - height(outcome)))
      }
      picture += line(points, colour)
      for point in points {
        picture += String(format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%@\"/>\n", point.0, point.1, colour)
      }
    }
    return picture
  }

  private func label(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }

  private func line(_ points: [(Double, Double)], _ colour: String, width: Double = 2) -> String {
    let list = points.map { String(format: "%.1f,%.1f", $0.0, $0.1) }.joined(separator: " ")
    return "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"\(width)\" points=\"\(list)\"/>\n"
  }

  private func text(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
    String(format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%@\">%@</text>\n", x, y, anchor, text)
  }
}
