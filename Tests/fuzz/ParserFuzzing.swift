import ArgumentParser
import Foundation
import ONNXModel

@testable import Distributed
@testable import smt_mpi

/// The parsers of texts and bytes that come from outside, by the name that `scripts/fuzz.sh` gives in `SMT_MPI_PARSER`.
///
/// Each takes any bytes and may throw; what it must not do is end the process, hang or take memory without bounds.
private let parsers: [String: @Sendable ([UInt8]) throws -> Void] = [
  "header": { _ = ClassicHeader.expectedLength($0) },
  "time": parseTimes,
  "configuration": parseConfiguration,
  "source": parseSource,
  "members": { bytes in
    // A list in a file is read as any other text.
    guard bytes.first != UInt8(ascii: "@") else { return }
    _ = try MemberNames.expand(text(bytes))
  },
  "options": parseOption,
  "checkpoint": parseCheckpoint,
  "series": parseSeriesLog,
  "array": parseArray,
  "geotiff": parseGeoTIFF,
  "table": parseTable,
  "model": parseModel,
  "lock": { _ = try JSONDecoder().decode(OutputLock.Holder.self, from: Data($0)) },
]

private let parser: @Sendable ([UInt8]) throws -> Void = {
  let name = ProcessInfo.processInfo.environment["SMT_MPI_PARSER"] ?? ""
  guard let parser = parsers[name] else {
    fatalError("SMT_MPI_PARSER is '\(name)'; expected one of \(parsers.keys.sorted().joined(separator: ", "))")
  }
  return parser
}()

/// What libFuzzer calls with its inputs.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  do { try parser(bytes) } catch let error as JobError { precondition(!error.message.isEmpty) } catch {}
  return 0
}

private func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// A calendar, a number of eight bytes and units.
@Sendable private func parseTimes(_ bytes: [UInt8]) {
  guard bytes.count > 9 else { return }
  let calendars = ModelCalendar.allCases
  let calendar = calendars[Int(bytes[0]) % calendars.count]
  let instant = bytes[1..<9].withUnsafeBytes { $0.loadUnaligned(as: Double.self) }
  let units = text(bytes[9...])
  _ = ModelCalendar(attribute: units)
  _ = Month(units)
  guard let time = TimeUnits(units, calendar) else { return }
  for value in [instant, 0, -instant] {
    guard let second = time.second(of: value) else { continue }
    let step = calendar.step(at: second)
    precondition(calendar.second(of: step) == second || calendar == .standard, "a step is where it was")
    _ = step.description
    for seconds in [60, 3600, 86400, 30 * 86400, 400 * 86400] {
      let cadence = Cadence(typicalSeconds: seconds)
      _ = cadence.text(of: cadence.step(from: second, to: second + seconds, calendar))
    }
  }
}

/// A command and a file of `--config`, up to the job that it describes.
@Sendable private func parseConfiguration(_ bytes: [UInt8]) throws {
  let commands: [any JobCommand.Type] = [Threshold.self, Attribute.self, Trend.self, Correlate.self]
  guard let first = bytes.first else { return }
  let command = commands[Int(first) % commands.count]
  let arguments = try ConfigurationFile.options(text(bytes.dropFirst()), "c.yaml", of: command, given: [])
  let parsed = try command.parse(arguments)
  try parsed.checkNumbers()
  _ = try parsed.makeJob()
}

/// A log as it is, and as a log whose checksums are right: an input with the right ones is not found by chance.
@Sendable private func parseCheckpoint(_ bytes: [UInt8]) {
  for rowLength in [1, 2, 17] {
    let format = CheckpointLog(fingerprint: 7, rowLength: rowLength, cellCount: 100)
    _ = format.read(Data(bytes))
    var log = format.header
    let words = stride(from: 0, to: bytes.count - 7, by: 8).map { start in
      bytes[start..<start + 8].withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
    for start in stride(from: 0, to: words.count - rowLength, by: rowLength + 1) {
      let row = words[(start + 1)...(start + rowLength)].map(Double.init(bitPattern:))
      log += format.record(cell: Int(truncatingIfNeeded: words[start]), row: row)
    }
    let content = format.read(Data(log))
    precondition(content?.rows.keys.allSatisfy { (0..<100).contains($0) } ?? false, "cells on the grid")
  }
}

/// A log of blocks of a record as it is, and its words as headers whose checksums are right.
@Sendable private func parseSeriesLog(_ bytes: [UInt8]) throws {
  let output = FileManager.default.temporaryDirectory.appendingPathComponent(
    "fuzz-\(ProcessInfo.processInfo.processIdentifier).nc"
  ).path
  let folder = output + ".checkpoint"
  let log = "\(folder)/series-0-00000000.log"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let layout = SeriesLayout(variables: [
    SeriesLayout.Variable(outer: 2, hasTime: true, valueBytes: 4),
    SeriesLayout.Variable(outer: 1, hasTime: false, valueBytes: 8),
  ])
  let whole = SeriesBlock(cells: 0..<9, times: 0..<3)
  var header = Array(bytes.prefix(56))
  let magic = [UInt8](repeating: 0, count: 1).withUnsafeBytes {
    SeriesBlockHeader(whole, $0, fingerprint: 7).bytes.prefix(16)
  }
  header = magic + header.dropFirst(16) + [UInt8](repeating: 0, count: max(0, 64 - max(16, header.count)))
  let sum = header.withUnsafeBytes { Checksum.of($0) }
  header += withUnsafeBytes(of: sum.littleEndian) { [UInt8]($0) }
  for content in [bytes, header + bytes.dropFirst(56)] {
    try Data(content).write(to: URL(fileURLWithPath: log))
    let store = SeriesStore(
      CheckpointFolder(output: output, discardOption: "--restart"), layout, of: whole, fingerprint: 7, rank: 0)
    guard (try? store.resume(discard: false, .single)) != nil else { continue }
    precondition(store.blocks.allSatisfy { $0.isPart(of: whole) }, "blocks are of the record")
  }
}

/// The header of an array, and the texts that name a grid and the metadata of bands.
@Sendable private func parseArray(_ bytes: [UInt8]) throws {
  let text = text(bytes)
  let metadata = GDALMetadata(text)
  _ = (metadata.text("scale", band: 1), metadata.text("unittype", band: 2))
  _ = try? TargetGrid(named: text)
  _ = try? ClassCondition(text, option: "mask")
  let header = try NumpyHeader(bytes, fileBytes: bytes.count, "a.npy")
  precondition(header.count * header.type.byteCount <= bytes.count, "numbers lie in the file")
}

/// A network that is read can be written, and is the same then.
@Sendable private func parseModel(_ bytes: [UInt8]) throws {
  let model = try ONNXFile.read(bytes)
  precondition(try ONNXFile.read(ONNXFile.write(model)) == model, "the same network")
  _ = try ModelDescription(model.metadata, channels: model.channels, path: "m.onnx")
}

/// All bands of a file; a crash of the library ends the process here, too.
@Sendable private func parseGeoTIFF(_ bytes: [UInt8]) throws {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent(
    "fuzz-\(ProcessInfo.processInfo.processIdentifier).tif"
  ).path
  try Data(bytes).write(to: URL(fileURLWithPath: path))
  defer { try? FileManager.default.removeItem(atPath: path) }
  MemoryLimit.set(256 << 20, name: "the limit of the fuzzer")
  let file = try GeoTIFFFile(path)
  for band in 1...min(3, file.bandCount) {
    let values = try GridMap.read("\(band)", from: path).values
    precondition(values.count == file.rowCount * file.columnCount, "a value for each cell")
  }
}

/// A table, as such, as a station's file and as a list of stations.
@Sendable private func parseTable(_ bytes: [UInt8]) throws {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent(
    "fuzz-\(ProcessInfo.processInfo.processIdentifier).csv"
  ).path
  try Data(bytes).write(to: URL(fileURLWithPath: path))
  defer { try? FileManager.default.removeItem(atPath: path) }
  _ = try? StationList(path)
  if let file = try? SiteFile(path) {
    let record = try? file.record(of: ["SWC", "NEE", file.columns[0]].map { SiteQuantity($0) })
    precondition(record?.series.allSatisfy { $0.values.count == record?.dates.count } ?? true, "a value for each day")
  }
  let reader = try TableReader(path)
  try reader.read(Array(reader.columns.indices)) { row in
    for column in reader.columns.indices {
      precondition(!((try? row.number(column)) ?? 0).isInfinite, "no infinity is read")
      _ = row.text(column)
    }
  }
}

@Sendable private func parseSource(_ bytes: [UInt8]) throws {
  let text = text(bytes)
  _ = UnitSpelling.areSame(text, "kg m-2")
  _ = SoilLayers.edges(variableNames: text.split(separator: ",").map(String.init))
  if let source = try? SourceSpecification(text) {
    precondition(!source.variables.isEmpty)
    _ = (source.text, source.expanded(member: text))
  }
  let expression = try SourceExpression(option: text)
  let records = expression.records
  precondition(!records.isEmpty)
  // What is written of an expression is read as the same.
  let again = try SourceExpression(option: expression.text)
  precondition(again.records == records && again.text == expression.text)
  _ = try JoinedFields(expression, units: records.map { _ in "K" }).values(records.map { _ in [1, .nan] })
}

/// The text of an option that has a form of its own.
@Sendable private func parseOption(_ bytes: [UInt8]) throws {
  guard let first = bytes.first else { return }
  let text = text(bytes.dropFirst())
  switch first % 12 {
  case 0:
    var options = try SharedRunOptions.parse([])
    options.memoryLimit = text
    let limit = try options.memoryLimitBytes()
    precondition(limit.map { $0 > 0 } ?? false)
  case 1:
    var options = try SelectionOptions.parse([])
    options.time = text
    _ = try options.period()
  case 2: _ = try OptionText.years(text)
  case 3: _ = try OptionText.yearMonths(text)
  case 4: _ = try OptionText.depths(text)
  case 5: _ = try OptionText.edges(text)
  case 6: _ = try OptionText.point(text)
  case 7: _ = try OptionText.numbers(text, option: "maximum")
  case 8: _ = try OptionText.counts(text, option: "group-layers", example: "1,2")
  case 9: _ = BoundingBox(text)
  case 10: _ = Tolerance(argument: text)
  default: _ = ChunkShape(argument: text)
  }
}
