import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Tables that are read and written.
@MainActor @Suite struct TableTests {
  /// The numbers of some columns of a table of these bytes, by row.
  private func numbers(_ bytes: [UInt8], _ columns: [String], name: String = "t.csv") throws -> [[Double]] {
    try withTemporaryFolder { folder in
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      let reader = try TableReader("\(folder)/\(name)")
      var rows: [[Double]] = []
      try reader.read(try columns.map(reader.column)) { row in
        rows.append(try columns.indices.map { try row.number($0) })
      }
      return rows
    }
  }

  private func numbers(_ text: String, _ columns: [String]) throws -> [[Double]] {
    try numbers(Array(text.utf8), columns)
  }

  /// The texts of all columns, the header first.
  private func texts(_ bytes: [UInt8]) throws -> [[String]] {
    try withTemporaryFolder { folder in
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/t.csv"))
      let reader = try TableReader("\(folder)/t.csv")
      var rows = [reader.columns]
      try reader.read(Array(reader.columns.indices)) { row in rows.append(reader.columns.indices.map(row.text)) }
      return rows
    }
  }

  /// What is wrong with a table, without the path.
  private func message(_ text: String, _ columns: [String] = ["a"]) -> String { message(Array(text.utf8), columns) }

  private func message(_ bytes: [UInt8], _ columns: [String] = ["a"], name: String = "t.csv") -> String {
    do {
      return "none: \(try numbers(bytes, columns, name: name))"
    } catch let error as JobError {
      #expect(error.exitCode == .inputData)
      return error.message.replacing(/^.*t\.csv(\.gz)?/, with: "")
    } catch {
      return "\(error)"
    }
  }

  /// Bytes as gzip makes a member of them, stored without compression.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    var member: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    let blocks = stride(from: 0, through: bytes.count, by: 60_000).map {
      Array(bytes[$0..<min($0 + 60_000, bytes.count)])
    }
    for (index, block) in blocks.enumerated() {
      member += [index == blocks.count - 1 ? 1 : 0] + little(UInt16(block.count)) + little(~UInt16(block.count)) + block
    }
    return member + little(~crc) + little(UInt32(bytes.count))
  }

  @Test func fieldsAsInRFC4180() throws {
    let text = "a,\"b \"\"x\"\"\",c\r\n1,\"two\r\nlines, a comma\",3\r\n,\"\",5\" pipe\r\n\"\"\"\",\"q\"\"\",\"x\"\r\n"
    #expect(
      try texts(Array(text.utf8)) == [
        ["a", "b \"x\"", "c"], ["1", "two\r\nlines, a comma", "3"], ["", "", "5\" pipe"], ["\"", "q\"", "x"],
      ])
  }

  @Test func endsOfLines() throws {
    for end in ["\n", "\r\n", "\r"] {
      for last in ["", end, end + end] {
        let text = ["", "# a comment", "a,b", "1,2", "", "3,4"].joined(separator: end) + last
        #expect(try numbers(text, ["b", "a"]) == [[2, 1], [4, 3]], "\(end.debugDescription)")
      }
    }
    // The line of an error counts those within quotes.
    #expect(message("a,b\r\n1,\"x\ny\r\nz\"\r\nzwei,3") == ", line 5, column 'a': expected a number, found 'zwei'")
  }

  @Test func delimitersAndDecimalCommas() throws {
    #expect(try numbers("a;b, c\n1,5;2\n-1,5e3;.5\n1.25;\n", ["a"]) == [[1.5], [-1500], [1.25]])
    #expect(try numbers("a\tb\n1\t2\n", ["a", "b"]) == [[1, 2]])
    #expect(message("a\tb\n1,5\t2\n") == ", line 2, column 'a': expected a number, found '1,5'")
    #expect(message("a;b\n1.234,5;2\n") == ", line 2, column 'a': expected a number, found '1.234,5'")
  }

  @Test func missingValues() throws {
    let words = [
      "", " ", "NA", "NaN", "nan", "N/A", "null", "-9999", "-9999.0", "-9999.00", "\"NA\"", "\"-9999\"", "(null)",
    ]
    for word in words {
      let found = try numbers("a,b\n\(word),1\n2,1\n", ["a", "b"])
      #expect(found.count == 2 && found[0][0].isNaN && found[0][1] == 1 && found[1] == [2, 1], "\(word)")
    }
  }

  /// Against `Double.init`, which rounds correctly, on numbers of every length.
  @Test func numbersAreRoundedCorrectly() throws {
    var generator = SplitMix(state: 3)
    var texts = ["0", "-0", "+1", "5.", ".5", "1e5", "1E-5", "9007199254740993", "0.3763255319148937", "1e22", "1e23"]
    texts += [
      "1e-400", "123456789012345678901234567890", "0.000000000000000000000000000001234567890123456789", "1.7e308",
    ]
    for _ in 0..<3000 {
      texts.append(
        "\(Double(bitPattern: generator.next() & ~(0x7ff << 52) | UInt64.random(in: 900...1150, using: &generator) << 52))"
      )
      let digits = Int.random(in: 0...20, using: &generator)
      texts.append(String(format: "%.\(digits)f", Double.random(in: -1000...1000, using: &generator)))
    }
    // Some of them lie so close to the middle between two doubles that 64 bits do not tell.
    for _ in 0..<30_000 {
      let digits = UInt64.random(in: 90_071_992_547_409_920...9_999_999_999_999_999_999, using: &generator)
      texts.append("-\(digits)e-\(Int.random(in: 1...22, using: &generator))")
    }
    texts += ["9007199254740993.0", "9007199254740995.0", "-4503599627370496.5", "4503599627370497.5", "0.5e-19"]
    for text in texts {
      let found = Array(text.utf8).withUnsafeBufferPointer { DecimalNumber.read($0, comma: false) }
      #expect(found == .number(try #require(Double(text))), "\(text)")
    }
    for text in [
      "-", "+", ".", "e5", "1e", "1e+", "1x", "0x10", "1_000", "1 2", "inf", "-Inf", "1e400", "--1", "1.2.3",
    ] {
      let found = Array(text.utf8).withUnsafeBufferPointer { DecimalNumber.read($0, comma: false) }
      #expect(found == .text, "\(text)")
    }
  }

  @Test func encodings() throws {
    let latin: [UInt8] = Array("name,a\nH".utf8) + [0xf6] + Array("llengebirge,1\n".utf8) + [0x80] + Array("5,2\n".utf8)
    #expect(try texts(latin) == [["name", "a"], ["Höllengebirge", "1"], ["€5", "2"]])
    #expect(try texts([0xef, 0xbb, 0xbf] + Array("a,ö\n1,2\n".utf8)) == [["a", "ö"], ["1", "2"]])
    #expect(message([0xff, 0xfe] + Array("a".utf8)) == ": is UTF-16 text; save it as CSV in UTF-8")
    #expect(
      message(Array("a,b\n1,2\n3,\0\n".utf8))
        == ", line 3: a byte is 0: this is no text; expected a table (CSV in UTF-8)")
  }

  @Test func raggedRows() throws {
    #expect(message("a,b\n1,2\n\n3\n") == ", line 4: expected 2 fields as in the header, found 1")
    #expect(message("a,b\n1,2\n3,4,5\n") == ", line 3: expected 2 fields as in the header, found 3")
    // Rows that end with a delimiter are of the width of a header that does not.
    #expect(try numbers("a,b\n1,2,\n3,4,\n5,6\n", ["b", "a"]) == [[2, 1], [4, 3], [6, 5]])
    #expect(message("a,b\n1,2,\n3,4,,\n") == ", line 3: expected 2 fields as in the header, found 4")
    #expect(message("a,b\n1,2,\n3,4, x\n") == ", line 3: expected 2 fields as in the header, found 3")
  }

  @Test func columnsByName() {
    #expect(
      message("LE,H,TA\n1,2,3\n", ["le"]) == ": there is no column 'le'; expected one of the table's 3: LE, H, TA")
    #expect(
      message("a,b,a\n1,2,3\n")
        == ": there are several columns 'a' (1, 3); expected one: rename or remove the others")
    #expect(message("a,b,a\n1,2,3\n", ["b"]) == "none: [[2.0]]")
  }

  @Test func damagedText() {
    #expect(message("a,b\n1,\"2\n3,4\n") == ", line 2: a quote is not closed (field 2)")
    #expect(
      message("a,b\n\"1\"x,2\n") == ", line 2: text follows the quote that closes field 1; expected a delimiter")
    #expect(message("") == ": the file is empty")
    #expect(message("\n# only this\n") == ": the table has no header line")
    #expect(message("a,b\n") == "none: []")
    #expect(message("a,b\nabc,2\n3,4\n") == ", line 2, column 'a': expected a number, found 'abc'")
    let long = Array("a,b\n1,2\n\"".utf8) + [UInt8](repeating: 0x78, count: InputLimit.tableRowBytes)
    #expect(message(long) == ", line 3: a row of more than 16 MiB; is a quote missing?")
    let wide = [UInt8](repeating: 0x2c, count: InputLimit.tableColumns)
    #expect(message(wide) == ", line 1: more than 100000 fields")
  }

  @Test func aLineOfUnits() throws {
    #expect(try numbers("site,LE,H\n,W m-2,W m-2\nFR-Tou,1,2\n", ["LE", "H"]) == [[1, 2]])
    #expect(try numbers("TIMESTAMP,LE\nyyyymmdd,W m-2\n20180101,1\n20180102,2\n", ["LE"]) == [[1], [2]])
    // No unit has the text of a row, and no row of missing values is one of units.
    #expect(message("site,a\nFR-Tou,abc\nFR-Tou,1\n") == ", line 2, column 'a': expected a number, found 'abc'")
    #expect(try numbers("site,a\nFR-Tou,NA\nFR-Tou,1\n", ["a"]).count == 2)
    #expect(try texts(Array("site,class\nFR-Tou,GRA\nFR-Lam,CRO\n".utf8)).count == 3)
  }

  @Test func compressedTables() throws {
    let text = "a,b\n" + (0..<40_000).map { "\($0),\($0 % 7)\n" }.joined()
    let (first, second) = (Array(text.utf8.prefix(100_001)), Array(text.utf8.dropFirst(100_001)))
    let members = Self.gzip(first) + Self.gzip(second)
    // Found by its bytes, whatever its name.
    for name in ["t.csv.gz", "t.csv"] {
      let found = try numbers(members, ["a"], name: name)
      #expect(found.count == 40_000 && found.last == [39_999])
    }
    let damage = "the file cannot be read, is truncated or damaged"
    for cut in [5, 2_000, 100_040, members.count - 3] {
      #expect(message(Array(members.prefix(cut)), name: "t.csv.gz").contains(damage), "cut at \(cut)")
    }
    var wrong = members
    wrong[50_000] ^= 1
    #expect(message(wrong, name: "t.csv.gz").contains(damage))
  }

  /// Rows that end at every place of a block, and rows longer than one.
  @Test func rowsAcrossBlocks() throws {
    let wide = String(repeating: "x", count: 700_000)
    for length in [262_140, 262_141, 262_142, 262_143, 262_144, 262_145] {
      let filler = String(repeating: "y", count: length - 14)
      let text = "a,b\r\n1,\"\(filler)\"\r\n2,\"q\"\"\r\n\"\r\n3,\(wide)\r\n4,\r\n"
      #expect(try numbers(text, ["a"]) == [[1], [2], [3], [4]], "\(length)")
      #expect(try texts(Array(text.utf8)).map(\.[1].utf8.count) == [1, filler.utf8.count, 4, wide.utf8.count, 0])
    }
  }

  /// What is written is read again: the text and the numbers to their last digit, with and without units.
  @Test func writtenTablesAreReadAgain() throws {
    var table = Table(columns: ["site", "theta, %", "n"], units: ["", "%", "1"])
    let numbers = [0.1, 1.0 / 3, 1e-300, 12345678.9, -0.0]
    for number in numbers { table.add([.text("a \"b\"\n, c"), .number(number), .count(3)]) }
    table.add(["x", .number(.nan), 0])
    #expect(table.text.hasPrefix("site,\"theta, %\",n\r\n\"a"))
    #expect(table.text(unitsRow: true).hasPrefix("site,\"theta, %\",n\r\n,%,-\r\n\"a"))
    for text in [table.text, table.text(unitsRow: true)] {
      let found = try self.numbers(text, ["theta, %", "n"])
      #expect(found.map(\.[0]).dropLast() == numbers[...] && found.count == 6 && found[5][0].isNaN && found[5][1] == 0)
      #expect(try texts(Array(text.utf8))[1][0] == "a \"b\"\n, c")
    }
    #expect(Table(columns: ["a"]).text(unitsRow: true) == "a\r\n")
  }

  /// A small table with all that tables have, damaged in many ways: every end is rows or an error that says what is wrong.
  @Test func damagedTablesEndInRowsOrErrors() throws {
    let plain = Array("\u{feff}# c\na,\"b \"\"x\"\"\",c\r\n,W m-2,-\n1,\"2,5\",x\r\n-9999,NA,\"y\r\nz\"\n3e2,,ö\r".utf8)
    let sources = [
      plain, plain, plain, Self.gzip(plain), Self.gzip(Array(plain.prefix(40))) + Self.gzip(Array(plain.dropFirst(40))),
    ]
    let special = Array("\",;\t\r\n\0#-.e9".utf8) + [0xff, 0x80, 0x1f, 0x8b]
    var random = SplitMix(state: 1)
    var (rows, errors, headers) = (0, 0, 0)
    try withTemporaryFolder { folder in
      let path = "\(folder)/t.csv"
      // One file, never emptied: file systems write what replaces another file to the disk at once.
      let file = open(path, O_RDWR | O_CREAT, 0o600)
      defer { close(file) }
      for number in 0..<100_000 {
        var bytes = sources[number % sources.count]
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          let byte =
            Bool.random(using: &random)
            ? special.randomElement(using: &random) ?? 0 : .random(in: 0...255, using: &random)
          switch Int.random(in: 0..<6, using: &random) {
          case 0, 1: bytes[place] = byte
          case 2: bytes.insert(byte, at: place)
          case 3: bytes.remove(at: place)
          case 4: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0..<30, using: &random)))
          default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
          }
        }
        try #require(pwrite(file, bytes, bytes.count, 0) == bytes.count && ftruncate(file, off_t(bytes.count)) == 0)
        do {
          let reader = try TableReader(path)
          headers += 1
          if let name = reader.columns.first { _ = try? reader.column(name) }
          try reader.read(Array(reader.columns.indices)) { row in
            rows += 1
            for column in reader.columns.indices {
              _ = row.text(column)
              if let value = try? row.number(column) { try #require(value.isFinite || value.isNaN) }
            }
          }
        } catch let error as JobError {
          errors += 1
          try #require(error.exitCode == .inputData && error.message.hasPrefix(path), "\(bytes) \(error)")
        }
      }
    }
    #expect(rows > 50_000 && errors > 10_000 && headers > 40_000, "\(rows) \(errors) \(headers)")
  }

  /// Any choice of the columns of a wide table: what lies between them is passed over.
  @Test func anyChoiceOfColumns() throws {
    var random = SplitMix(state: 2)
    let plain = Array("0123456789.-e abcö\u{1}\u{8}\u{b}\u{7f}".unicodeScalars)
    for (number, delimiter) in [",", ";", "\t", ",", ";", "\t"].enumerated() {
      let width = [7, 40, 40, 65, 9, 200][number]
      let end = ["\n", "\r\n", "\r"][number % 3]
      var expected: [[String]] = []
      var text = (0..<width).map { "c\($0)" }.joined(separator: delimiter) + end
      for _ in 0..<60 {
        var row: [String] = []
        let stored = (0..<width).map { column in
          var field = "f"
          for _ in 0..<Int.random(in: 0...14, using: &random) {
            field.unicodeScalars.append(plain.randomElement(using: &random) ?? "x")
          }
          field += "f"
          if column == 0 || Int.random(in: 0..<9, using: &random) > 0 {
            row.append(Int.random(in: 0..<5, using: &random) == 0 ? "" : field)
            return row[column]
          }
          let special = ["\"", end, delimiter, "\"\"", "\(delimiter)\""].randomElement(using: &random) ?? ""
          row.append(field + special + "f")
          return "\"" + row[column].replacing("\"", with: "\"\"") + "\""
        }
        text += stored.joined(separator: delimiter) + end
        expected.append(row)
      }
      try withTemporaryFolder { folder in
        try writeText(text, to: "\(folder)/t.csv")
        let reader = try TableReader("\(folder)/t.csv")
        for _ in 0..<40 {
          let columns = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 0..<width, using: &random)
          }
          var found: [[String]] = []
          try reader.read(columns) { row in found.append(columns.indices.map(row.text)) }
          try #require(found == expected.map { row in columns.map { row[$0] } }, "\(delimiter) \(columns)")
        }
        // A field more or less is found behind the columns that are read, too.
        let wrong = text + String(repeating: "1\(delimiter)", count: width) + "1" + end
        try writeText(wrong, to: "\(folder)/t.csv")
        let line = text.replacing("\r\n", with: "\n").utf8.count { $0 == 10 || $0 == 13 } + 1
        #expect {
          try TableReader("\(folder)/t.csv").read([1]) { _ in }
        } throws: {
          "\($0)".hasSuffix("line \(line): expected \(width) fields as in the header, found \(width + 1)")
        }
      }
    }
  }

  @Test func pathsThatAreNoTables() throws {
    for name in ["a.csv", "a.CSV", "a.csv.gz", "a.tsv", "a.txt", "b/a.txt.gz"] { #expect(TableReader.isTable(name)) }
    for name in ["a.nc", "a.gz", "csv", "a.csv.nc"] { #expect(!TableReader.isTable(name)) }
    try withTemporaryFolder { folder in
      #expect { try TableReader("\(folder)/none.csv") } throws: { ($0 as? JobError)?.exitCode == .noInput }
      #expect { try TableReader(folder) } throws: {
        ($0 as? JobError)?.message == "\(folder): is a folder, not a file; expected a table (CSV)"
      }
    }
  }
}

/// Pseudo-random numbers, the same at every run (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
