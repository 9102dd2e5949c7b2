import Testing

@testable import smt_mpi

/// Pictures of points: what is written at the axes, and where the legend lies.
@Suite struct PictureTests {
  private func picture(_ points: [(x: Double, y: Double)]) -> String {
    ScatterPicture(
      title: "t", xTitle: "x", yTitle: "y",
      series: ["one", "two", "three"].map { name in
        ScatterPicture.Series(name: name, points: points.map { ScatterPicture.Point(x: $0.x, y: $0.y) })
      }
    ).svg
  }

  @Test(arguments: [0.3, 0.07, 7, 1234, 3e-7, 1e9]) func ticksAreShortNumbers(span: Double) {
    let svg = picture([(0, 0), (span, span)])
    let labels = svg.matches(of: />(-?[0-9.e+-]+)</).map { String($0.output.1) }
    #expect(labels.count >= 6)
    for label in labels { #expect(label.count <= 10, "\(label)") }
  }

  @Test func theLegendLiesAboveThePoints() throws {
    let svg = picture([(0, 0), (1, 1)])
    let legend = try #require(svg.firstMatch(of: /y="([0-9.]+)">three</)).output.1
    // Points are the circles that are no markers of the legend.
    let circles = svg.matches(of: /<circle cx="[0-9.]+" cy="([0-9.]+)"/).compactMap { Double($0.output.1) }
    let highest = try #require(circles.filter { $0 > 70 }.min())
    #expect(highest > (Double(legend) ?? .infinity))
  }

  @Test func nothingIsToldToBeNothing() {
    #expect(picture([(.nan, 1)]).contains(">no data<"))
    #expect(!picture([(1, 1), (2, 2)]).contains("no data"))
  }

  /// Names of points that lie close together, and their circles.
  @Test func namesDoNotLieOnEachOther() {
    let names = (0..<20).map { "class_with_a_long_name_\($0)" }
    let points = names.enumerated().map { index, name in
      ScatterPicture.Point(x: 50 + Double(index * index % 7), y: 50 - Double(index % 7), name: name, radius: 20)
    }
    let series = ScatterPicture.Series(name: "", points: points + [ScatterPicture.Point(x: 0, y: 100)])
    let svg = ScatterPicture(title: "t", xTitle: "x", yTitle: "y", series: [series]).svg
    let places = svg.matches(of: /x="([0-9.-]+)" y="([0-9.-]+)" font-size="10" fill="[^"]*">class/).compactMap {
      match in Double(match.output.1).flatMap { x in Double(match.output.2).map { (x: x, y: $0) } }
    }
    #expect(places.count == names.count)
    for (index, place) in places.enumerated() {
      #expect(place.x >= 0 && place.x + 140 <= 720 && place.y > 0 && place.y < 480)
      for other in places[..<index] {
        #expect(abs(place.y - other.y) >= 10 || abs(place.x - other.x) >= 120, "\(place), \(other)")
      }
    }
  }

  @Test func unitsKeepTheirNames() {
    #expect("degC".udunits == "degC" && "gC/m^2/s".udunits == "g/m2/s" && "gC m-2 d-1".udunits == "g m-2 d-1")
  }
}
