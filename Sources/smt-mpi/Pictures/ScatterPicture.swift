import Foundation

/// Points with their intervals and some straight lines as a picture (SVG).
struct ScatterPicture {
  /// A point; ends of an interval that is not known are NaN.
  struct Point {
    var x: Double
    var y: Double
    var xInterval: (low: Double, high: Double) = (.nan, .nan)
    var yInterval: (low: Double, high: Double) = (.nan, .nan)
    /// Written beside the point; empty for none.
    var name = ""
    /// Of a circle in place of the series' marker, pixels; 0 for that marker.
    var radius = 0.0
  }

  /// Points of one colour and marker.
  struct Series {
    /// For the legend; empty leaves it out.
    var name: String
    /// Those that are not finite are left out.
    var points: [Point]
    /// Whether a line goes through the points, in their order.
    var isConnected = false
    /// The ends of a straight line; none where empty.
    var trend: [(x: Double, y: Double)] = []
  }

  /// A line across the picture.
  enum Line {
    /// Where both axes have the same value.
    case identity
    /// At a value of x.
    case vertical(Double, name: String)
    /// At a value of y.
    case horizontal(Double, name: String)
  }

  var title: String
  var xTitle: String
  var yTitle: String
  var series: [Series]
  var lines: [Line] = []

  private static let colours = ["#1f5fbf", "#d62728", "#2c8f3c", "#8b5a2b", "#7b3fa0", "#333333"]

  /// The picture.
  var svg: String {
    let points = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    var (xs, ys) = (points.flatMap { [$0.x, $0.xInterval.low, $0.xInterval.high] }, [Double]())
    ys = points.flatMap { [$0.y, $0.yInterval.low, $0.yInterval.high] }
    // Room for circles.
    if points.contains(where: { $0.radius > 0 }) { (xs, ys) = (Self.widened(xs, by: 0.08), Self.widened(ys, by: 0.1)) }
    var isSquare = false
    for line in lines {
      switch line {
      case .identity: isSquare = true
      case .vertical(let value, _): xs.append(value)
      case .horizontal(let value, _): ys.append(value)
      }
    }
    // The same range on both axes, so that the line of equal values is the diagonal.
    if isSquare { (xs, ys) = (xs + ys, xs + ys) }
    let height = isSquare ? 580.0 : 480
    ys += room(above: ys, height: height)
    if isSquare { xs = ys }
    let frame = PictureFrame(width: isSquare ? 620 : 720, height: height, x: xs, y: ys)
    var elements = frame.axes(x: xTitle, y: yTitle)
    if points.isEmpty {
      elements += "<text x=\"\(frame.width / 2)\" y=\"\(height / 2)\" text-anchor=\"middle\">no data</text>\n"
    }
    for line in lines { elements += self.line(line, in: frame) }
    for (number, one) in series.enumerated() {
      if one.isConnected { elements += path(one.points.map { ($0.x, $0.y) }, number, "1.5", in: frame) }
      elements += path(one.trend, number, "1\" stroke-dasharray=\"6 4", in: frame)
      for point in one.points where point.x.isFinite && point.y.isFinite {
        elements += self.point(point, number, in: frame)
      }
    }
    elements += names(in: frame)
    return frame.picture(elements + legend, title: title)
  }

  /// A value that makes the range of others so much larger that the legend lies above them.
  private func room(above values: [Double], height: Double) -> [Double] {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return [] }
    let part = min(
      0.5,
      (18 * Double(series.count { !$0.name.isEmpty }) + 8)
        / (height - PictureFrame.margin.top - PictureFrame.margin.bottom))
    return [high + (high - low) * part / (1 - part)]
  }

  private func line(_ line: Line, in frame: PictureFrame) -> String {
    func segment(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>, _ name: String) -> String {
      String(
        format: "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#777\" stroke-dasharray=\"6 4\"/>\n",
        frame.x(x.lowerBound), frame.y(y.lowerBound), frame.x(x.upperBound), frame.y(y.upperBound))
        + (name.isEmpty
          ? ""
          : String(
            format: "<text x=\"%.1f\" y=\"%.1f\" fill=\"#555\">%@</text>\n", frame.x(x.upperBound) + 4,
            frame.y(y.upperBound) + 14, name.xml))
    }
    switch line {
    case .identity: return segment(frame.xRange, frame.xRange, "")
    case .vertical(let value, let name): return segment(value...value, frame.yRange, name)
    case .horizontal(let value, let name): return segment(frame.xRange, value...value, name)
    }
  }

  /// A line through the points that are finite, in the colour of a series.
  private func path(_ points: [(x: Double, y: Double)], _ number: Int, _ width: String, in frame: PictureFrame)
    -> String
  {
    let places = points.filter { $0.x.isFinite && $0.y.isFinite }.map {
      String(format: "%.1f,%.1f", frame.x($0.x), frame.y($0.y))
    }
    guard places.count > 1 else { return "" }
    return "<polyline fill=\"none\" stroke=\"\(Self.colours[number % Self.colours.count])\" stroke-width=\"\(width)\" "
      + "points=\"\(places.joined(separator: " "))\"/>\n"
  }

  private func point(_ point: Point, _ number: Int, in frame: PictureFrame) -> String {
    let colour = Self.colours[number % Self.colours.count]
    let (x, y) = (frame.x(point.x), frame.y(point.y))
    var text = ""
    func bar(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
      guard [x1, y1, x2, y2].allSatisfy(\.isFinite) else { return }
      text += String(
        format: "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%@\" stroke-opacity=\"0.5\"/>\n", x1,
        y1,
        x2, y2, colour)
    }
    bar(frame.x(point.xInterval.low), y, frame.x(point.xInterval.high), y)
    bar(x, frame.y(point.yInterval.low), x, frame.y(point.yInterval.high))
    text +=
      point.radius > 0
      ? String(
        format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%@\" fill-opacity=\"0.5\"/>\n", x, y, point.radius,
        colour) : marker(number, x, y)
    return text
  }

  /// The names of all points, those farther up first.
  private func names(in frame: PictureFrame) -> String {
    let points = series.enumerated().flatMap { number, one in
      one.points.filter { $0.x.isFinite && $0.y.isFinite && !$0.name.isEmpty }.map { (number, $0) }
    }
    var placement = LabelPlacement(
      width: frame.width, height: frame.height, circles: points.map { (frame.x($1.x), frame.y($1.y), $1.radius) })
    return points.enumerated().sorted { ($1.element.1.y, $0.offset) < ($0.element.1.y, $1.offset) }.map { entry in
      let (number, point) = entry.element
      return placement.text(
        point.name, x: frame.x(point.x), y: frame.y(point.y), distance: max(6, 0.75 * point.radius + 2),
        colour: Self.colours[number % Self.colours.count])
    }.joined()
  }

  /// A circle, a square or a diamond in the colour of a series.
  private func marker(_ number: Int, _ x: Double, _ y: Double) -> String {
    let colour = Self.colours[number % Self.colours.count]
    switch number % 3 {
    case 0: return String(format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%@\"/>\n", x, y, colour)
    case 1:
      return String(
        format: "<rect x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"7\" fill=\"%@\"/>\n", x - 3.5, y - 3.5, colour)
    default:
      return String(
        format: "<path d=\"M%.1f %.1f l5 5 l-5 5 l-5 -5 z\" fill=\"%@\"/>\n", x, y - 5, colour)
    }
  }

  /// Values with others below and above them, by a part of their range.
  private static func widened(_ values: [Double], by part: Double) -> [Double] {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return values }
    return values + [low - part * (high - low), high + part * (high - low)]
  }

  private var legend: String {
    var text = ""
    for (number, one) in series.enumerated() where !one.name.isEmpty {
      let (x, y) = (PictureFrame.margin.left + 18, PictureFrame.margin.top + 16 + 18 * Double(number))
      text += marker(number, x, y - 4) + "<text x=\"\(x + 12)\" y=\"\(y)\">\(one.name.xml)</text>\n"
    }
    return text
  }
}
