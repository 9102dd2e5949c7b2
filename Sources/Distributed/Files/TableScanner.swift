import CMPIShim

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One pass through the rows of a table's text (RFC 4180), in blocks: rows are found in a buffer that holds one at least.
///
/// Lines end in LF, CRLF or CR. A field that begins with a quote ends with one; within, quotes are doubled, and delimiters
/// and ends of lines are text. A quote within any other field is text. Empty lines are no rows.
final class TableScanner {
  /// Where a field of the current row lies in the buffer.
  struct Field {
    var start = 0
    var end = 0
    /// Whether it holds doubled quotes.
    var hasQuotes = false
  }

  /// Bytes that are read at once.
  private static let block = 1 << 18
  private static let (quote, lineFeed, carriageReturn) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))

  /// Fields that nobody wants which are passed over at once.
  private static let fewestPassed = 4

  let path: String
  /// What separates fields.
  var delimiter = UInt8(ascii: ",")
  /// The line on which the current row begins, from 1.
  private(set) var line = 1
  /// The fields of the current row that are wanted.
  private(set) var fields: [Field] = []
  /// The columns that are wanted, in ascending order; nil where all are.
  private var chosen: [Int]?

  private let file: UnsafeMutableRawPointer
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity = TableScanner.block
  /// The bytes in the buffer that no row had yet.
  private var (start, end) = (0, 0)
  private var isWhole = false
  private var nextLine = 1

  /// Opens a file and passes over a byte order mark, comment lines (`#`) and empty lines before the header.
  ///
  /// - Throws: exit code 66 where it is not there or cannot be read, 65 where it is no text.
  init(_ path: String) throws {
    self.path = path
    _ = try ForeignFile(anyFormat: path, expected: "a table (CSV)")
    guard let file = shim_gzip_open(path) else {
      throw JobError(.noInput, "\(path): the file cannot be read (\(String(cString: strerror(errno))))")
    }
    self.file = file
    buffer = .allocate(capacity: Self.block)
    InputFiles.countOpen(path)
    _ = try fill()
    let first = UnsafeBufferPointer(start: buffer, count: end)
    if first.starts(with: [0xef, 0xbb, 0xbf]) { start = 3 }
    if first.starts(with: [0xff, 0xfe]) || first.starts(with: [0xfe, 0xff]) {
      throw JobError(.inputData, "\(path): is UTF-16 text; save it as CSV in UTF-8")
    }
    try skipComments()
  }

  deinit {
    shim_gzip_close(file)
    buffer.deallocate()
  }

  /// Chooses the columns, in ascending order, whose fields the rows from now on tell.
  func choose(_ columns: [Int]) {
    chosen = columns
    fields = columns.map { _ in Field() }
  }

  /// The bytes of a field of the current row, without the quotes around it; doubled quotes are still doubled.
  func bytes(_ field: Field) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: buffer + field.start, count: field.end - field.start)
  }

  /// The text of a field of the current row.
  func text(_ field: Field) -> String {
    guard field.hasQuotes else { return tableText(bytes(field)) }
    var plain: [UInt8] = []
    var isSecond = false
    for byte in bytes(field) {
      isSecond = byte == Self.quote && !isSecond
      if !isSecond { plain.append(byte) }
    }
    return tableText(plain)
  }

  /// An error on the line of the current row.
  func error(_ what: String) -> JobError { JobError(.inputData, "\(path), line \(line): \(what)") }

  /// How often the delimiters that a table may have are in the next line, outside quotes, without going on to it.
  ///
  /// - Throws: as `next`.
  func delimiterCounts(_ delimiters: [UInt8]) throws -> [Int] {
    var counts = [Int](repeating: 0, count: delimiters.count)
    var (at, isQuoted) = (0, false)
    while try start + at < end || fill() {
      let byte = buffer[start + at]
      if byte == Self.quote { isQuoted.toggle() }
      if !isQuoted {
        if byte == Self.lineFeed || byte == Self.carriageReturn { break }
        if let found = delimiters.firstIndex(of: byte) { counts[found] += 1 }
      }
      at += 1
    }
    return counts
  }

  /// Goes on to the next row; returns how many fields it has, or nil at the end.
  ///
  /// - Throws: exit code 65 with file and line where a quote is not closed or followed by text, where there is a byte 0, where
  ///   the row is too long, or where the file is damaged.
  func next() throws -> Int? {
    while true {
      line = nextLine
      guard try hasMore() else { return nil }
      var count = try scan()
      while count == nil {
        _ = try fill()
        count = try scan()
      }
      if count != 0 { return count }
    }
  }

  /// Finds the fields of the row that begins at `start`: nil where the buffer ends before it, 0 of an empty line.
  private func scan() throws -> Int? {
    let (bytes, end, delimiter, chosen) = (buffer, end, delimiter, chosen)
    var (at, count, breaks) = (start, 0, 0)
    var place = 0
    if chosen == nil { fields.removeAll(keepingCapacity: true) }
    while true {
      // The place of the next field that is wanted; behind the last one fields are counted all the same.
      let next = chosen.map { place < $0.count ? $0[place] : .max } ?? count
      if next - count >= Self.fewestPassed {
        let passed = passFields(from: at, atMost: next - count)
        (at, count) = (passed.at, count + passed.count)
      }
      var field = Field(start: at, end: at)
      if at < end, bytes[at] == Self.quote {
        at += 1
        field.start = at
        while true {
          guard at < end else {
            if !isWhole { return nil }
            throw error("a quote is not closed (field \(count + 1))")
          }
          let byte = bytes[at]
          if byte == Self.quote {
            if at + 1 == end, !isWhole { return nil }
            guard at + 1 < end, bytes[at + 1] == Self.quote else { break }
            field.hasQuotes = true
            at += 1
          } else if byte == Self.lineFeed
            || byte == Self.carriageReturn && (at + 1 == end || bytes[at + 1] != Self.lineFeed)
          {
            breaks += 1
          } else if byte == 0 {
            throw noText
          }
          at += 1
        }
        field.end = at
        at += 1
      } else {
        while at < end {
          let byte = bytes[at]
          if byte == delimiter || byte <= 13 && (byte == Self.lineFeed || byte == Self.carriageReturn || byte == 0) {
            break
          }
          at += 1
        }
        field.end = at
      }
      if at == end, !isWhole { return nil }
      if chosen == nil {
        guard count < InputLimit.tableColumns else { throw error("more than \(InputLimit.tableColumns) fields") }
        fields.append(field)
      } else if count == next {
        fields[place] = field
        place += 1
      }
      count += 1
      if at < end, bytes[at] == delimiter {
        at += 1
        continue
      }
      if at < end {
        switch bytes[at] {
        case Self.lineFeed: at += 1
        case Self.carriageReturn:
          if at + 1 == end, !isWhole { return nil }
          at += at + 1 < end && bytes[at + 1] == Self.lineFeed ? 2 : 1
        case 0: throw noText
        default: throw error("text follows the quote that closes field \(count); expected a delimiter")
        }
      }
      let isEmpty = count == 1 && field.start == field.end && field.start == start
      nextLine = line + breaks + 1
      start = at
      return isEmpty ? 0 : count
    }
  }

  /// Passes over fields, eight bytes at a time, up to the first eight with a quote or an end of line.
  ///
  /// - Parameters:
  ///   - start: where a field begins.
  /// - Returns: where another field begins, and how many lie between.
  private func passFields(from start: Int, atMost limit: Int) -> (at: Int, count: Int) {
    let bytes = buffer
    let (delimiters, quotes) = (Self.repeated(delimiter), Self.repeated(Self.quote))
    let isTab = delimiter == UInt8(ascii: "\t")
    var (at, count) = (start, 0)
    while at + 8 <= end {
      let word = UInt64(littleEndian: UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self))
      // Bytes below 14, ends of lines among them; a tab may be the delimiter.
      let controls = (word &- Self.repeated(14)) & ~word & Self.repeated(0x80)
      if controls | Self.zeros(word ^ quotes) != 0, !isTab || Self.hasEnd(word) { break }
      var found = Self.zeros(word ^ delimiters)
      let more = Int(((found >> 7) &* Self.repeated(1)) >> 56)
      guard count + more < limit else {
        for _ in count + 1..<limit { found &= found &- 1 }
        return (at + found.trailingZeroBitCount / 8 + 1, limit)
      }
      count += more
      at += 8
    }
    while at > start, bytes[at - 1] != delimiter { at -= 1 }
    return (at, count)
  }

  /// Whether a byte is a quote, an end of a line or 0.
  private static func hasEnd(_ word: UInt64) -> Bool {
    zeros(word ^ repeated(quote)) | zeros(word ^ repeated(lineFeed)) | zeros(word ^ repeated(carriageReturn))
      | zeros(word) != 0
  }

  /// The highest bit of each byte that is 0.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    let low = repeated(0x7f)
    return ~(((word & low) &+ low) | word | low)
  }

  @inline(__always)
  private static func repeated(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

  private var noText: JobError { error("a byte is 0: this is no text; expected a table (CSV in UTF-8)") }

  private func skipComments() throws {
    while try hasMore() {
      switch buffer[start] {
      case UInt8(ascii: "#"):
        while try hasMore(), buffer[start] != Self.lineFeed, buffer[start] != Self.carriageReturn {
          start += 1
        }
      case Self.lineFeed:
        start += 1
        nextLine += 1
      case Self.carriageReturn:
        start += 1
        if try hasMore(), buffer[start] == Self.lineFeed { start += 1 }
        nextLine += 1
      default: return
      }
    }
  }

  private func hasMore() throws -> Bool { try start < end || fill() }

  /// Reads on, behind what no row had yet; false at the end of the file.
  private func fill() throws -> Bool {
    guard !isWhole else { return false }
    try Interruption.check("while tables were read")
    buffer.update(from: buffer + start, count: end - start)
    (start, end) = (0, end - start)
    if end == capacity {
      guard capacity < InputLimit.tableRowBytes else {
        throw error("a row of more than \(InputLimit.tableRowBytes >> 20) MiB; is a quote missing?")
      }
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity)
      larger.update(from: buffer, count: end)
      buffer.deallocate()
      (buffer, capacity) = (larger, 2 * capacity)
    }
    let found = shim_gzip_read(file, buffer + end, UInt32(capacity - end))
    guard found >= 0 else {
      let reason = cString(capacity: 256) { shim_gzip_error_text(file, $0, $1) }
      throw JobError(.inputData, "\(path): the file cannot be read, is truncated or damaged: \(reason)")
    }
    end += Int(found)
    isWhole = found == 0
    return !isWhole
  }
}
