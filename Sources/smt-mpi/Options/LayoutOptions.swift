import ArgumentParser
import Distributed

/// What files do not tell of their layout: options of commands that read ED2's.
struct LayoutOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      cf: files with times, layers and a grid, as CLM's history. ed2: ED2's HDF5 files, (time, polygon, layer), with the \
      time in the name, layers from the bottom up and zeros behind the last hour.
      """, valueName: "layout"))
  var layout = "cf"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Depths of the layers: edges in metres from the surface down, e.g. 0,0.1,0.4,1; or a variable with them or, negative, \
      with the heights of the layers' bottoms, e.g. history.h5:SLZ, whose file also tells where ED2's polygons are.
      """, valueName: "FILE:VAR"), completion: .file())
  var layers: String?

  @Option(
    help: ArgumentHelp(
      "When ED2's first hour begins, where that is not what the first file's name says; e.g. 2004-07-01.",
      valueName: "date"))
  var start: String?

  /// The layout.
  func kind() throws -> LayeredRecord.Layout {
    guard let kind = LayeredRecord.Layout(rawValue: layout) else {
      throw JobError(.usage, "--layout '\(layout)': expected cf or ed2")
    }
    return kind
  }

  /// Where the layers are; nil where that is not given.
  func layerSource() throws -> LayeredRecord.LayerSource? {
    guard let layers else { return nil }
    let parts = layers.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    if parts.count > 1 || parts.first.flatMap({ $0 }) != nil {
      let depths = parts.compactMap { $0 }.filter(\.isFinite)
      guard depths.count == parts.count else {
        throw JobError(
          .usage, "--layers '\(layers)': expected depths in metres, for example 0,0.1,0.4,1, or FILE:VARIABLE")
      }
      return .depths(depths)
    }
    let (path, name) = try GridMap.parts(of: layers)
    return .variable(path: path, name: name)
  }

  /// When the first step begins; nil where that is not given.
  func firstStep() throws -> Step? {
    try start.map { text in
      guard let time = SiteTime(text), time.resolution != .year else {
        throw JobError(.usage, "--start '\(text)': expected a date as 2004-07-01, or 2004-07-01T06:00")
      }
      return Step(year: time.date.year, month: time.date.month, day: time.date.day, minute: time.minute)
    }
  }

  /// What ED2's files do not tell; nil of other files.
  ///
  /// - Throws: exit code 64 naming the option.
  func ed2() throws -> ED2Files? {
    guard try kind() == .ed2 else {
      if let option = layers.map({ _ in "layers" }) ?? start.map({ _ in "start" }) {
        throw JobError(.usage, "--\(option) is about files of ED2; give --layout ed2, or leave it out")
      }
      return nil
    }
    guard let source = try layerSource() else {
      throw JobError(.usage, "--layers is missing: ED2's files do not hold the depths; e.g. --layers history.h5:SLZ")
    }
    return ED2Files(layers: source, start: try firstStep())
  }
}
