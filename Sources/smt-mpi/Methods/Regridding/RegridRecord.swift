import Distributed
import Foundation

/// A map or a record of the command line, as the headers of its files tell.
struct RegridRecord: Codable {
  /// The variable of the result.
  var name: String
  /// Of each file, in the order of their times.
  var headers: [RecordHeader]
  /// Dimensions of the result besides those of the grid, slowest first.
  var axes: [RecordAxis]
  /// Where in `axes` files follow each other; nil where there is one file.
  private var joint: Int?

  /// A field of the result.
  struct Field {
    var file: Int
    /// Its number in the file.
    var field: Int
    /// Its indices along the axes.
    var indices: [Int]
  }

  /// Reads the headers of the files of `PATTERN:VARIABLE`.
  ///
  /// - Throws: exit code 64 where the text has no such form, 66 where no file matches, 65 where one cannot be read or they do
  ///   not fit together.
  init(_ source: String, scale: Double?, fill: [Double]) throws {
    let (pattern, variable) = try Self.parts(of: source)
    let files = paths(matching: pattern)
    guard !files.isEmpty else { throw JobError(.noInput, "'\(pattern)': no file matches") }
    let first = try RecordHeader.read(variable, from: files[0])
    headers = [first]
    for path in files.dropFirst() {
      var header = try RecordHeader.read(variable, from: path)
      if let difference = header.grid.difference(from: first.grid) {
        throw JobError(.inputData, "\(path): the grid of '\(variable)' differs from that of \(files[0]): \(difference)")
      }
      guard header.units == first.units else {
        throw JobError(
          .inputData,
          "\(path): '\(variable)' has units '\(header.units)', expected '\(first.units)' as in \(files[0])")
      }
      // Files of one grid have it once.
      header.grid = first.grid
      headers.append(header)
    }
    name = Int(variable) == nil ? first.name : "band\(variable)"
    axes = first.axes
    if files.count > 1 {
      if first.axes.isEmpty {
        if let other = headers.first(where: { !$0.axes.isEmpty }) { throw Self.unlike(other, first) }
        (axes, joint) = ([try FileNameTime.axis(of: files)], 0)
      } else {
        try join(files)
      }
    }
    for index in headers.indices { try headers[index].take(scale: scale, fill: fill) }
  }

  private mutating func join(_ files: [String]) throws {
    let first = headers[0]
    guard let place = axes.firstIndex(where: \.isTime) else {
      // Fields with other dimensions, one step a file.
      if let other = headers.first(where: { $0.axes != first.axes }) { throw Self.unlike(other, first) }
      axes.insert(try FileNameTime.axis(of: files), at: 0)
      joint = 0
      return
    }
    for header in headers {
      var others = header.axes
      guard others.count == axes.count, others[place].isTime else { throw Self.unlike(header, first) }
      others[place] = first.axes[place]
      guard others == first.axes else { throw Self.unlike(header, first) }
    }
    axes[place] = try RecordAxis.joined(headers.map { $0.axes[place] }, of: files)
    joint = place
  }

  private static func unlike(_ header: RecordHeader, _ first: RecordHeader) -> JobError {
    func text(_ header: RecordHeader) -> String {
      header.axes.isEmpty ? "none" : header.axes.map { "\($0.name) (\($0.length))" }.joined(separator: ", ")
    }
    return JobError(
      .inputData,
      "\(header.path): the dimensions of '\(header.name)' besides those of the grid are \(text(header)); expected those of "
        + "\(first.path), \(text(first)), with the same coordinates, but for the times")
  }

  /// What the variable is: its long name, or its name.
  var words: String { headers[0].attributes.first { $0.name == "long_name" }?.text ?? name }

  /// All fields, in the order of files.
  var fields: [Field] {
    var fields: [Field] = []
    var offset = 0
    for (file, header) in headers.enumerated() {
      let lengths = header.axes.map(\.length)
      for field in 0..<header.fieldCount {
        var rest = field
        var indices = lengths.reversed().map { length in
          defer { rest /= length }
          return rest % length
        }
        indices.reverse()
        if let joint {
          if header.axes.count == axes.count { indices[joint] += offset } else { indices.insert(file, at: joint) }
        }
        fields.append(Field(file: file, field: field, indices: indices))
      }
      if let joint, header.axes.count == axes.count { offset += header.axes[joint].length }
    }
    return fields
  }

  private static func parts(of source: String) throws -> (pattern: String, variable: String) {
    if let colon = source.lastIndexOutsideBrackets(of: ":"), colon != source.startIndex, source.last != ":",
      !source[colon...].contains("/")
    {
      return (String(source[..<colon]), String(source[source.index(after: colon)...]))
    }
    guard [".tif", ".tiff"].contains(where: { source.lowercased().hasSuffix($0) }) else {
      throw JobError(.usage, "'\(source)' is no map; expected FILE:VARIABLE, for example koppen.nc:ids")
    }
    return (source, "1")
  }
}

extension RecordHeader {
  /// Takes over what the command line says of stored numbers.
  fileprivate mutating func take(scale: Double?, fill: [Double]) throws {
    if let scale {
      guard stored.scale == 1 else {
        throw JobError(
          .usage, "--scale \(scale.shortText): \(path) has a factor for '\(name)' of its own, \(stored.scale.shortText)"
        )
      }
      stored.scale = scale
    }
    stored.missing += stored.type == .float ? fill.map { Double(Float($0)) } : fill
  }

  /// Whether values are whole numbers because they are stored as such.
  var isWhole: Bool { ![.float, .double].contains(stored.type) && stored.scale == 1 && stored.offset == 0 }

  /// The classes that the file names, with their meanings, after others became of some: what became one class has the
  /// meanings of all that it was made of.
  func flags(_ recoding: Recoding) -> [(value: Double, meaning: String)] {
    let values = attributes.first { $0.name == "flag_values" }?.numbers ?? []
    let meanings = (attributes.first { $0.name == "flag_meanings" }?.text ?? "").split(separator: " ").map(String.init)
    guard !values.isEmpty, values.count == meanings.count else { return [] }
    var flags: [(value: Double, meaning: String)] = []
    for (value, meaning) in zip(values, meanings) {
      let value = recoding(value)
      if let place = flags.firstIndex(where: { $0.value == value }) {
        flags[place].meaning += "_or_" + meaning
      } else if !value.isNaN {
        flags.append((value, meaning))
      }
    }
    return flags.sorted { $0.value < $1.value }
  }
}
