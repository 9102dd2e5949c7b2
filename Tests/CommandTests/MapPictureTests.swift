import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

/// Maps as pictures of pixels.
@MainActor @Suite struct MapPictureTests {
  private static let scale = ColourScale(
    kind: .sequential, colours: ColourScale.sequentialColours, low: 0, high: 100)

  /// The colour of the map a little beside a place, since the lines of the graticule cross centres of cells.
  private func colour(_ longitude: Double, _ latitude: Double, in picture: MapPicture) -> RGB {
    let (longitude, latitude) = (longitude + 0.13, latitude + 0.13)
    let cells = CellRaster(picture.grid)
    let (raster, map) = picture.picture
    let across = (longitude - cells.longitudes.lowerBound) / (cells.longitudes.upperBound - cells.longitudes.lowerBound)
    let down = (cells.latitudes.upperBound - latitude) / (cells.latitudes.upperBound - cells.latitudes.lowerBound)
    return raster[
      map.x.lowerBound + Int(across * Double(map.x.count)), map.y.lowerBound + Int(down * Double(map.y.count))]
  }

  private func picture(_ grid: Grid, _ values: [Double]) -> MapPicture {
    MapPicture(title: "t", units: "percent", grid: grid, values: values, scale: Self.scale)
  }

  /// A region, a globe from Greenwich and one from the date line, rows from the south and from the north.
  @Test(arguments: [
    Grid(latitudes: [41, 43, 45], longitudes: [7, 9, 11, 13]),
    Grid(latitudes: [45, 43, 41], longitudes: [347, 349, 351, 353]),
    Grid(latitudes: [-67, 1, 67], longitudes: [20, 110, 200, 290]),
    Grid(latitudes: [67, 1, -67], longitudes: [-160, -70, 20, 110]),
    Grid(latitudes: [1, 3], longitudes: [177, 179, -179, -177]),
    Grid(latitudes: [11], longitudes: [21]),
  ]) func pixelsHaveTheColoursOfTheirCells(grid: Grid) {
    let values = (0..<grid.cellCount).map { Double(90 * $0) / Double(grid.cellCount) }
    let picture = picture(grid, values)
    let range = CellRaster(grid).longitudes
    for cell in 0..<grid.cellCount {
      var longitude = grid.longitude(ofCell: cell)
      while longitude < range.lowerBound { longitude += 360 }
      while longitude > range.upperBound { longitude -= 360 }
      let found = colour(longitude, grid.latitude(ofCell: cell), in: picture)
      #expect(found == Self.scale.colour(values[cell]), "cell \(cell): \(found.text)")
    }
  }

  @Test func cellsWithoutAValueAreGreyByTheirStatus() {
    let grid = Grid(latitudes: [1, 3], longitudes: [11, 13, 15])
    var picture = picture(grid, [50, .nan, .nan, .nan, .nan, 20])
    let statuses = ["computed", "not_land", "no_threshold", "outside_selection", "computed", "computed"]
    picture.absence = { MapPicture.Absence(status: statuses[$0]) }
    let found = (0..<6).map { colour(grid.longitude(ofCell: $0), grid.latitude(ofCell: $0), in: picture) }
    #expect(found[1] == ColourScale.missing && found[2] == ColourScale.noResult && found[3] == ColourScale.leftOut)
    #expect(found[4] == ColourScale.noResult && found[0] == Self.scale.colour(50))
  }

  @Test func classesHaveALegend() {
    let grid = Grid(latitudes: [1, 3], longitudes: [11, 13])
    let meanings = ["rain_forest", "savanna", "desert", "ice"]
    let scale = ColourScale.classes(meanings)
    let picture = MapPicture(
      title: "t", units: "", grid: grid, values: [0, 1, 2, .nan], scale: scale, meanings: meanings)
    for cell in 0..<3 {
      #expect(
        colour(grid.longitude(ofCell: cell), grid.latitude(ofCell: cell), in: picture) == scale.colours[cell])
    }
    let (raster, map) = picture.picture
    let right = (map.x.upperBound + 5..<raster.width).flatMap { x in map.y.map { raster[x, $0] } }
    #expect(Set(scale.colours[..<3]).isSubset(of: Set(right)), "a class is not in the legend")
    #expect(!right.contains(scale.colours[3]), "a class without cells is in the legend")
  }

  /// Points near to each other and one at the other side of the date line; what lies far from all is paper.
  @Test func pointsAreDrawnAroundTheirPlaces() {
    let places = [(10.2, 176.3), (10.2, 177.1), (11.1, 176.3), (11.1, 177.1), (10.6, -177.7)]
    let grid = Grid(
      kind: .unstructured, dimensionNames: ["ncol"], shape: [places.count], latitudeName: "lat", longitudeName: "lon",
      latitudes: places.map(\.0), longitudes: places.map(\.1))
    let picture = picture(grid, [10, 30, 50, 70, 90])
    for (cell, (latitude, longitude)) in places.enumerated() {
      #expect(
        colour(longitude < 0 ? longitude + 360 : longitude, latitude, in: picture)
          == Self.scale.colour(picture.values[cell]))
    }
    #expect(colour(180.4, 10.6, in: picture) == RGB(0xffffff))
  }

  @Test(arguments: [.nan, 9.96921e36, 1e20, -999] as [Double]) func gridsWithTwoCoordinatesAreFilled(nowhere: Double) {
    let (rows, columns) = (20, 30)
    var cells: [(latitude: Double, longitude: Double)] = []
    for row in (0..<rows).map(Double.init) {
      for column in (0..<columns).map(Double.init) { cells.append((30 + row + 0.2 * column, 5.3 + column - 0.3 * row)) }
    }
    let grid = Grid(
      kind: .curvilinear, dimensionNames: ["y", "x"], shape: [rows, columns], latitudeName: "lat",
      longitudeName: "lon",
      // Cells without a place do no harm.
      latitudes: cells.dropLast().map { $0.latitude } + [nowhere],
      longitudes: cells.dropLast().map { $0.longitude } + [nowhere])
    let picture = picture(grid, cells.indices.map { Double($0 % 7) * 10 })
    #expect(CellRaster(grid).latitudes.lowerBound > 28 && CellRaster(grid).latitudes.upperBound < 58)
    for cell in stride(from: 31, to: 500, by: 13) {
      let found = colour(cells[cell].longitude, cells[cell].latitude, in: picture)
      #expect(found == Self.scale.colour(picture.values[cell]), "cell \(cell)")
    }
  }

  /// The bounds of one cell may lie on both sides of Greenwich, or of the date line.
  @Test(arguments: [
    (1.25, (0..<288).map { 1.25 * Double($0) }, 0..<360.0), (1, (0..<360).map { Double($0) - 179 }, -180..<180.0),
  ]) func boundsAcrossTheJumpLeaveNoGap(width: Double, longitudes: [Double], turn: Range<Double>) {
    var grid = Grid(latitudes: [-45, 45], longitudes: longitudes)
    grid.longitudeBounds = longitudes.flatMap { longitude in
      [longitude - width / 2, longitude + width / 2].map {
        $0 < turn.lowerBound ? $0 + 360 : $0 >= turn.upperBound ? $0 - 360 : $0
      }
    }
    let raster = CellRaster(grid)
    #expect(raster.longitudes == -180...180)
    let cells = raster.cells(width: 720, height: 2)
    #expect(Set(cells.prefix(720)).count == longitudes.count && !cells.contains(-1))
  }

  /// Places of a list that are a mesh of latitudes and longitudes, which draw near to each other at the poles.
  @Test func meshesHaveNoHoles() {
    let cellCount = 18 * 36
    let grid = Grid(
      kind: .unstructured, dimensionNames: ["ncol"], shape: [cellCount], latitudeName: "lat", longitudeName: "lon",
      latitudes: (0..<cellCount).map { Double($0 / 36 * 10 - 85) },
      longitudes: (0..<cellCount).map { Double($0 % 36 * 10 - 175) })
    let cells = CellRaster(grid).cells(width: 720, height: 360)
    #expect(!cells.contains(-1), "\(cells.count { $0 < 0 }) of \(cells.count) pixels")
    #expect(Set(cells).count == cellCount)
  }

  @Test func filesHoldThePicture() throws {
    let picture = picture(Grid(latitudes: [1, 3], longitudes: [11, 13]), [0, 30, 60, .nan])
    try withTemporaryFolder { folder in
      try picture.write(to: "\(folder)/map.png")
      #expect(contents(of: folder) == ["map.png"])
      let read = try #require(TestPNG("\(folder)/map.png"))
      let raster = picture.picture.raster
      #expect(read.width == raster.width && read.height == raster.height && read.pixels == raster.pixels)
      do {
        try picture.write(to: "\(folder)/none/map.png")
        Issue.record("written without a folder")
      } catch let error as JobError { #expect(error.exitCode == .cannotWrite) }
    }
  }

  @Test func everySignHasALetter() {
    let unknown = StrokeFont.lines("?", height: 14)
    for code in UInt8(33)...126 where code != 63 {
      let lines = StrokeFont.lines(String(UnicodeScalar(code)), height: 14)
      #expect(!lines.isEmpty && lines != unknown, "\(UnicodeScalar(code))")
    }
    for sign in "−²⁻¹°·–é" { #expect(StrokeFont.lines(String(sign), height: 14) != unknown, "\(sign)") }
    #expect(StrokeFont.lines("\u{1F30D}", height: 14) == unknown)
    #expect(StrokeFont.lines("é", height: 14) == StrokeFont.lines("e", height: 14))
    #expect(StrokeFont.width("ab", height: 28) == 2 * StrokeFont.width("ab", height: 14))
  }

  /// A title that is far too long leaves the edges of the picture alone.
  @Test func titlesStayInThePicture() {
    var picture = picture(Grid(latitudes: [1, 3], longitudes: [11, 13]), [0, 30, 60, 90])
    picture.title = String(repeating: "a very long title ", count: 40)
    let raster = picture.picture.raster
    for y in 0..<80 {
      #expect(raster[0, y] == RGB(0xffffff) && raster[raster.width - 1, y] == RGB(0xffffff))
    }
  }

  @Test func unitsAreWrittenWithPowers() {
    #expect(
      "kg m-2 year-1".asWritten == "kg m⁻² year⁻¹" && "m^2".asWritten == "m²" && "gC/m^2/s".asWritten == "gC/m²/s")
    #expect("umolCO2 m-2 s-1".asWritten == "umolCO2 m⁻² s⁻¹" && "nmol CH4 m-2".asWritten == "nmol CH4 m⁻²")
    #expect("percent".asWritten == "%" && "1".asWritten == "" && "degC".asWritten == "degC")
  }
}
