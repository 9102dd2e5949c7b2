import Distributed

/// Fields of map files as pictures (PNG), one file each.
struct MapPictures {
  private let choice: MapChoice
  private let summaries: [FieldSummary]
  /// Names of the files, without folders.
  let names: [String]

  init(_ choice: MapChoice, _ summaries: [FieldSummary]) {
    (self.choice, self.summaries) = (choice, summaries)
    let hasSeveralFiles = Set(summaries.map(\.field.path)).count > 1
    var taken: Set<String> = []
    names = summaries.map { summary in
      let stem = Self.name(of: summary.field, hasSeveralFiles: hasSeveralFiles)
      var (name, number) = (stem, 1)
      while !taken.insert(name.lowercased()).inserted {
        number += 1
        name = "\(stem)-\(number)"
      }
      return name + ".png"
    }
  }

  /// The name of a field's file, as in `smt_season-wet`, of letters, digits and few signs, which all systems take.
  private static func name(of field: MapField, hasSeveralFiles: Bool) -> String {
    var file = field.path.split(separator: "/").last.map(String.init) ?? ""
    if let point = file.lastIndex(of: "."), point != file.startIndex { file = String(file[..<point]) }
    let parts = (hasSeveralFiles ? [file] : []) + [field.name] + field.place.map { "\($0.dimension)-\($0.label)" }
    let safe = parts.joined(separator: "_").map { character in
      character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character)) ? character : "_"
    }
    // No name begins with a point, which would hide it, and none is too long for a file system.
    return String((safe.first == "." ? ["_"] : []) + safe.prefix(200))
  }

  /// Draws the fields into a folder that is there.
  ///
  /// - Throws: exit code 73 where one cannot be written.
  func write(to folder: String) throws {
    var index = 0
    try choice.forEach { field in
      try picture(of: field, summaries[index]).write(to: "\(folder)/\(names[index])")
      index += 1
    }
  }

  private func picture(of field: MapField, _ summary: FieldSummary) -> MapPicture {
    var picture = MapPicture(
      title: field.title,
      units: field.units == "1" ? "" : field.units, grid: field.grid, values: field.values, scale: summary.scale)
    if field.hasClasses {
      let places = Dictionary(field.flags.enumerated().map { (Double($1.value), Double($0)) }) { first, _ in first }
      picture.values = field.values.map { places[$0] ?? .nan }
      picture.meanings = field.flags.map(\.meaning)
    } else if let status = summaries.first(where: { $0.field.isStatus(of: field) })?.field {
      let meanings = Dictionary(status.flags.map { (Double($0.value), $0.meaning) }) { first, _ in first }
      picture.absence = { cell in MapPicture.Absence(status: meanings[status.values[cell]]) }
    }
    return picture
  }
}
