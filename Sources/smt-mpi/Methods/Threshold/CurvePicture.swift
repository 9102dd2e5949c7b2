import Foundation

/// The pairs of a cell, the fitted curve, its derivatives and the threshold as a picture (SVG).
///
/// Drawn after figure 3 of Yan et al. (2024).
struct CurvePicture {
  let entry: CurveCollection.Entry
  let title: String

  /// The picture.
  var svg: String {
    let pairs = zip(entry.pairX, entry.pairY).filter { $0.isFinite && $1.isFinite }
    // Room below zero for the second derivative, whose minimum marks the threshold.
    let highest = (pairs.map(\.1) + entry.f).filter(\.isFinite).max() ?? 100
    let frame = PictureFrame(
      width: 720, height: 480, x: pairs.map(\.0) + entry.x, y: pairs.map(\.1) + entry.f + [-0.5 * highest])
    let slopes = entry.smoothedSlope
    let curvatures = entry.smoothedCurvature
    let (x, y, margin) = (frame.x, frame.y, PictureFrame.margin)
    func line(_ values: [Double], _ vertical: (Double) -> Double, _ style: String) -> String {
      let points = zip(entry.x, values).map { String(format: "%.1f,%.1f", x($0), vertical($1)) }
      return points.isEmpty ? "" : "<polyline fill=\"none\" \(style) points=\"\(points.joined(separator: " "))\"/>\n"
    }
    // Both derivatives are drawn about the zero line, scaled so that neither leaves the frame.
    func scaled(_ values: [Double]) -> (Double) -> Double {
      let largest = max(values.max() ?? 1, -2 * (values.min() ?? -1), 1e-12)
      return { y($0 / largest * highest * 0.9) }
    }
    var picture = frame.axes(x: "soil moisture, % of normal", y: "response, % of normal")
    picture +=
      "<line x1=\"\(margin.left)\" x2=\"\(frame.width - margin.right)\" y1=\"\(y(0))\" y2=\"\(y(0))\" stroke=\"#bbb\"/>\n"
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
    return frame.picture(picture, title: title)
  }
}
